package io.sentryexporter.config;

import io.sentryexporter.sentry.Instance;
import io.sentryexporter.sentry.Instance.Credentials;
import io.sentryexporter.sentry.Target;
import io.sentryexporter.sentry.TokenReader;
import io.sentryexporter.text.Quoted;
import io.sentryexporter.text.Secret;
import io.sentryexporter.yaml.Key;
import io.sentryexporter.yaml.Location;
import io.sentryexporter.yaml.Problems;
import io.sentryexporter.yaml.YamlMap;
import io.sentryexporter.yaml.YamlMap.Entry;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The keys of an instance of Sentry, and how they are read.
final class InstanceKeys {
  /// The instance of modules that name none, and the one that the environment can describe.
  static final String DEFAULT_NAME = "default";

  private static final Secret NO_TOKEN = new Secret("");
  private static final Path NO_FILE = Path.of("");
  private static final int CONCURRENT = 4;

  /// Collectors can wait: the rest is for browsers and other programs.
  private static final double HALF = 0.5;

  static final Key<URI> URL =
      Key.text(
          "url",
          "<server>",
          "Where Sentry is: scheme and host, with a path prefix if it has one, without"
              + " `/api/0`. Absent in `default`: the variable `SENTRY_URL`, if it is set.",
          SentryUrl.SENTRY_IO,
          SentryUrl::server);
  static final Key<Secret> AUTH_TOKEN =
      Key.text(
          "auth_token",
          "<secret>",
          "Token for Sentry's API. Absent in `default`, and no file either: the variable"
              + " `SENTRY_AUTH_TOKEN`, or the file that `SENTRY_AUTH_TOKEN_FILE` names.",
          NO_TOKEN,
          SecretReader::token);
  static final Key<Path> AUTH_TOKEN_FILE =
      Key.text(
          "auth_token_file",
          "<file>",
          "File with the token and nothing else; read at each request, so that it can be replaced"
              + " at any time. Relative to the configuration file.",
          NO_FILE,
          InstanceKeys::path);
  static final Key<List<String>> ORGANIZATIONS =
      Key.text(
              "organizations",
              "<slug>",
              "Organizations that may be probed. Absent in `default`: those that the variable"
                  + " `SENTRY_ORGANIZATIONS` names, separated by commas. Otherwise all that the"
                  + " token sees.",
              "",
              InstanceKeys::slug)
          .list();
  static final Key<Double> SHARE =
      Key.ratio(
          "share",
          "Share of the rate and concurrency that Sentry advertises that may be used, above 0"
              + " and at most 1. The rest is for browsers and other programs with the same"
              + " token.",
          HALF);
  static final Key<Integer> MAX_CONCURRENT =
      Key.integer("max_concurrent", 1, 100, "Maximum number of concurrent requests.")
          .byDefault(CONCURRENT);
  static final Key<YamlMap> RATE_LIMIT =
      Key.mapping(
          "rate_limit",
          "How Sentry's rate limits are kept. They are read from its answers; a self-hosted Sentry"
              + " advertises none.",
          SHARE,
          MAX_CONCURRENT);
  static final List<Key<?>> KEYS =
      Stream.concat(
              Stream.of(URL, AUTH_TOKEN, AUTH_TOKEN_FILE, ORGANIZATIONS, RATE_LIMIT),
              HttpClientKeys.KEYS.stream())
          .toList();

  private InstanceKeys() {}

  static Instance read(Entry entry, ConfigEnvironment environment, Problems problems) {
    if (entry.name().isEmpty()) {
      entry.nameLocation().error("an instance without a name; write one");
    }
    boolean isDefault = entry.name().equals(DEFAULT_NAME);
    var yaml = entry.map().only(KEYS);
    var organizations = yaml.get(ORGANIZATIONS);
    if (yaml.isEmptyList(ORGANIZATIONS)) {
      yaml.location(ORGANIZATIONS)
          .error("no organization; name one, or remove the key for all that the token sees");
    }
    boolean namesNone = isDefault && yaml.lacks(ORGANIZATIONS);
    if (isDefault && !namesNone && environment.have(ConfigEnvironment.ORGANIZATIONS)) {
      yaml.location(ORGANIZATIONS)
          .warn("stands here, so the variable " + ConfigEnvironment.ORGANIZATIONS + " is not used");
    }
    var limit = yaml.get(RATE_LIMIT);
    boolean fromEnvironment = isDefault && yaml.lacks(URL);
    if (isDefault && !fromEnvironment && environment.have(ConfigEnvironment.URL)) {
      yaml.location(URL)
          .warn("stands here, so the variable " + ConfigEnvironment.URL + " is not used");
    }
    var client = HttpClientKeys.read(yaml, environment);
    return new Instance(
        entry.name(),
        fromEnvironment ? environment.url(problems) : yaml.get(URL),
        client != null && client.authorization() != null
            ? ofClient(entry, yaml, environment)
            : credentials(entry, yaml, environment, problems),
        namesNone ? environment.organizations(problems) : Set.copyOf(organizations),
        limit.get(SHARE),
        limit.get(MAX_CONCURRENT),
        client);
  }

  /// The instance `default` as the environment alone describes it; null if it has no token, and
  /// after an error.
  static @Nullable Instance ofEnvironment(ConfigEnvironment environment, Problems problems) {
    Credentials credentials = environment.credentials(problems);
    return credentials == null
        ? null
        : new Instance(
            DEFAULT_NAME,
            environment.url(problems),
            credentials,
            environment.organizations(problems),
            HALF,
            CONCURRENT);
  }

  /// The settings of the client authorize, and nothing else may.
  private static Credentials ofClient(Entry entry, YamlMap yaml, ConfigEnvironment environment) {
    var key =
        Stream.of(HttpClientKeys.AUTHORIZATION, HttpClientKeys.BASIC_AUTH, HttpClientKeys.OAUTH2)
            .filter(one -> !yaml.lacks(one))
            .findFirst()
            .orElseThrow();
    boolean hasToken = !yaml.lacks(AUTH_TOKEN);
    if (hasToken || !yaml.lacks(AUTH_TOKEN_FILE)) {
      yaml.location(key)
          .error(
              "set together with "
                  + (hasToken ? AUTH_TOKEN : AUTH_TOKEN_FILE).name()
                  + ", which makes the header Authorization too; remove one of them. A proxy in"
                  + " front of Sentry that wants a login needs a header of its own, in"
                  + " http_headers");
    }
    if (entry.name().equals(DEFAULT_NAME) && environment.haveToken()) {
      yaml.location(key).warn("stands here, so the token of the environment is not used");
    }
    return new Credentials.OfClient();
  }

  private static Credentials credentials(
      Entry entry, YamlMap yaml, ConfigEnvironment environment, Problems problems) {
    boolean hasToken = !yaml.lacks(AUTH_TOKEN);
    boolean hasFile = !yaml.lacks(AUTH_TOKEN_FILE);
    if (hasToken && hasFile) {
      yaml.location(AUTH_TOKEN_FILE).error("set together with auth_token; remove one of them");
    }
    boolean isDefault = entry.name().equals(DEFAULT_NAME);
    if (isDefault && (hasFile || hasToken) && environment.haveToken()) {
      yaml.location(hasFile ? AUTH_TOKEN_FILE : AUTH_TOKEN)
          .warn("stands here, so the token of the environment is not used");
    }
    if (hasFile) {
      return tokenFile(yaml, environment);
    }
    if (hasToken) {
      return new Credentials.Token(yaml.get(AUTH_TOKEN));
    }
    if (isDefault && environment.haveToken()) {
      Credentials credentials = environment.credentials(problems);
      return credentials == null ? new Credentials.Token(NO_TOKEN) : credentials;
    }
    if (isDefault) {
      environment.reportForeign(ConfigEnvironment.TOKEN, problems);
    }
    entry
        .location()
        .error(
            "no token; write auth_token_file: or auth_token:"
                + (isDefault ? ", or set the variable " + ConfigEnvironment.TOKEN : ""));
    return new Credentials.Token(NO_TOKEN);
  }

  private static Credentials tokenFile(YamlMap yaml, ConfigEnvironment environment) {
    Path written = yaml.get(AUTH_TOKEN_FILE);
    return written.equals(NO_FILE) // reported before
        ? new Credentials.TokenFile(written)
        : tokenFile(environment.folder().resolve(written), yaml.location(AUTH_TOKEN_FILE));
  }

  /// A file of a token, with a warning at its place if it does not hold one now.
  static Credentials tokenFile(Path file, Location location) {
    TokenReader.fault(file)
        .ifPresent(fault -> location.warn(fault + "; probes fail with reason auth until then"));
    return new Credentials.TokenFile(file);
  }

  static @Nullable Path path(String text, Location location) {
    try {
      if (!text.isBlank()) {
        return Path.of(text);
      }
    } catch (InvalidPathException _) {
      // reported below
    }
    location.error("not the name of a file; write one like /run/secrets/sentry-token");
    return null;
  }

  /// The slug of an organization; null after an error.
  static @Nullable String slug(String text, Location location) {
    var target = Target.parse(text);
    if (target != null && target.project() == null) {
      return text;
    }
    location.error(
        Quoted.of(text)
            + " is not the slug or id of an organization; write it as in Sentry's URLs, such as"
            + " acme");
    return null;
  }

  /// As `/config` shows it.
  static Map<String, ?> toYaml(Instance instance) {
    var yaml = new LinkedHashMap<String, Object>();
    yaml.put(URL.name(), instance.url().toString());
    switch (instance.credentials()) {
      case Credentials.Token(Secret token) -> yaml.put(AUTH_TOKEN.name(), token.toString());
      case Credentials.TokenFile(Path file) -> yaml.put(AUTH_TOKEN_FILE.name(), file.toString());
      case Credentials.OfClient _ -> {} // among the client's keys
    }
    if (!instance.organizations().isEmpty()) {
      yaml.put(ORGANIZATIONS.name(), instance.organizations().stream().sorted().toList());
    }
    var limit = new LinkedHashMap<String, Object>();
    limit.put(SHARE.name(), instance.rateShare());
    limit.put(MAX_CONCURRENT.name(), instance.maxConcurrent());
    yaml.put(RATE_LIMIT.name(), limit);
    if (instance.client() != null) {
      yaml.putAll(instance.client().shown());
    }
    return yaml;
  }
}
