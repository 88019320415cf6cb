package io.sentryexporter.config;

import io.sentryexporter.sentry.Instance.Credentials;
import io.sentryexporter.text.Secret;
import io.sentryexporter.yaml.Location;
import io.sentryexporter.yaml.Problems;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The environment in which a configuration is read: variables and a folder.
///
/// @param folder that its paths are relative to
/// @param environment variables of the process; one without a value counts as absent
record ConfigEnvironment(Path folder, Map<String, String> environment) {
  static final String TOKEN = "SENTRY_AUTH_TOKEN";
  static final String TOKEN_FILE = "SENTRY_AUTH_TOKEN_FILE";
  static final String URL = "SENTRY_URL";
  static final String ORGANIZATIONS = "SENTRY_ORGANIZATIONS";

  /// Variables of other programs, each with what it is called here.
  private static final List<Foreign> FOREIGN =
      List.of(
          new Foreign("SENTRY_TOKEN", TOKEN, TOKEN),
          new Foreign("SENTRY_API_TOKEN", TOKEN, TOKEN),
          new Foreign("SENTRY_EXPORTER_TOKEN", TOKEN, TOKEN),
          new Foreign("SENTRY_HOST", URL, URL + ", with https:// before the host"),
          new Foreign("SENTRY_ORG", ORGANIZATIONS, ORGANIZATIONS),
          new Foreign("SENTRY_ORGANIZATION", ORGANIZATIONS, ORGANIZATIONS),
          new Foreign("SENTRY_EXPORTER_ORG", ORGANIZATIONS, ORGANIZATIONS),
          new Foreign("SENTRY_EXPORTER_ORG_SLUG", ORGANIZATIONS, ORGANIZATIONS),
          new Foreign("SENTRY_EXPORTER_ORGANISATION_NAME", ORGANIZATIONS, ORGANIZATIONS));

  /// Variables of other exporters for the server: without it their token would go to sentry.io.
  private static final List<String> FOREIGN_URLS =
      List.of("SENTRY_BASE_URL", "SENTRY_API_BASE_URL", "SENTRY_EXPORTER_API_URL");

  /// @param own the variable that is read
  /// @param instead what to write
  private record Foreign(String name, String own, String instead) {}

  ConfigEnvironment {
    environment = Map.copyOf(environment);
  }

  boolean haveToken() {
    return have(TOKEN) || have(TOKEN_FILE);
  }

  boolean have(String name) {
    return !variable(name).isEmpty();
  }

  /// Those that are set, of the variables that are read.
  List<String> variables() {
    return Stream.of(TOKEN, TOKEN_FILE, URL, ORGANIZATIONS).filter(this::have).toList();
  }

  /// The environment's token; null if it has none, and after an error.
  @Nullable Credentials credentials(Problems problems) {
    String token = variable(TOKEN);
    String file = variable(TOKEN_FILE);
    if (!token.isEmpty() && !file.isEmpty()) {
      problems.at(TOKEN_FILE).error("set together with " + TOKEN + "; unset one of them");
      return null;
    }
    if (!file.isEmpty()) {
      return InstanceKeys.tokenFile(Path.of(file), problems.at(TOKEN_FILE));
    }
    Secret secret = token.isEmpty() ? null : SecretReader.token(token, problems.at(TOKEN));
    return secret == null ? null : new Credentials.Token(secret);
  }

  /// The default URL of Sentry, if the file does not set it.
  URI url(Problems problems) {
    reportForeign(URL, problems);
    String url = variable(URL);
    URI read = url.isEmpty() ? null : SentryUrl.server(url, problems.at(URL));
    return read == null ? SentryUrl.SENTRY_IO : read;
  }

  /// The default list of organizations that may be probed, if the file does not set it; empty for
  /// all that the token sees.
  Set<String> organizations(Problems problems) {
    reportForeign(ORGANIZATIONS, problems);
    String slugs = variable(ORGANIZATIONS);
    if (slugs.isEmpty()) {
      return Set.of();
    }
    Location location = problems.at(ORGANIZATIONS);
    return Arrays.stream(slugs.split(",", -1))
        .map(slug -> InstanceKeys.organization(slug.strip(), location))
        .filter(Objects::nonNull)
        .collect(Collectors.toUnmodifiableSet());
  }

  /// Reports variables of other programs that are set where the exporter's own is not.
  void reportForeign(String own, Problems problems) {
    if (have(own)) {
      return;
    }
    for (Foreign foreign : FOREIGN) {
      if (foreign.own().equals(own) && have(foreign.name())) {
        problems
            .at(foreign.name())
            .warn("not read, a variable of other programs; write " + foreign.instead());
      }
    }
    for (String name : FOREIGN_URLS) {
      if (own.equals(URL) && have(name)) {
        problems
            .at(name)
            .error("a variable of another exporter, and " + URL + " is not set; write " + URL);
      }
    }
  }

  private String variable(String name) {
    return environment.getOrDefault(name, "").strip();
  }

  /// Without the variables' values.
  @Override
  public String toString() {
    return "ConfigEnvironment[" + folder + "]";
  }
}
