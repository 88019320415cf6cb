package io.sentryexporter.config;

import io.sentryexporter.testing.Golden;
import io.sentryexporter.yaml.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Writes `docs/configuration.md` from the declared keys.
class ConfigurationPageTest {
  private static final Map<String, String> PLACEHOLDERS =
      Map.ofEntries(
          Map.entry(
              "<duration>",
              "a length of time as Go writes it: `5s`, `1m30s`, `500ms`, `1.5h`, `0`; a number"
                  + " needs a unit, and there are no days"),
          Map.entry("<integer>", "a whole number, without quotes"),
          Map.entry("<ratio>", "a number above 0 and at most 1"),
          Map.entry("<name>", "a name of your choice"),
          Map.entry("<prober>", "`sentry` or `http`"),
          Map.entry("<string>", "a text"),
          Map.entry(
              "<settings>", "a mapping of the collector's own keys; nothing, or `{}`, for none"),
          Map.entry("<server>", "an `http://` or `https://` URL"),
          Map.entry("<slug>", "an organization as Sentry's URLs name it"),
          Map.entry("<file>", "the name of a file"),
          Map.entry("<collector>", "one of [these](collectors.md)"),
          Map.entry("<header>", "the name of an HTTP header; upper and lower case are the same"),
          Map.entry(
              "<secret>",
              "a text that no page, log or message shows; spaces and line breaks around it are"
                  + " removed"),
          Map.entry("<url>", "an `http://` or `https://` URL with host and path"));

  private final StringBuilder grammar = new StringBuilder();
  private final StringBuilder table = new StringBuilder();
  private final TreeSet<String> used = new TreeSet<>();

  @Test
  void thePageShowsEveryDeclaredKey() throws IOException {
    describe(Config.KEYS, "", "");
    var page =
        """
        <!-- Written by ConfigurationPageTest from the declared keys; mvn verify -Dgolden=update -->
        # Configuration

        One YAML file, `sentry_exporter.yml` unless `--config.file` names another. `--config.check` reads it and
        reports all errors in it, with line, column and remedy. A key that is not listed
        here, or stands twice, is an error: a misspelt `headers` would otherwise mean no token. SIGHUP and
        `POST /-/reload` read the file again; with an error in it, the old configuration stays in use.
        Anchors, aliases and `<<` work as usual.

        Without a file of that name, and unless a flag names one, `SENTRY_AUTH_TOKEN`, or `SENTRY_AUTH_TOKEN_FILE`,
        is configuration enough: a module `sentry` with the default collectors requests `https://sentry.io`, or what
        `SENTRY_URL` names, for all organizations that the token sees, or those that `SENTRY_ORGANIZATIONS` lists
        (`acme,globex`). In a file the same variables stand in for the keys that its instance `default` lacks. Without
        token and file the exporter starts, is not ready, and reports how to continue.

        Variables of other exporters are reported: `SENTRY_BASE_URL` without `SENTRY_URL` is an error, since the token would go
        to sentry.io; `SENTRY_HOST`, `SENTRY_TOKEN`, `SENTRY_ORG` and `SENTRY_EXPORTER_ORG` are a warning with the one to write.

        ## Grammar

        Brackets mean optional.

        ```yaml
        %s```

        %s
        ## Keys

        | key | value | default | |
        | --- | --- | --- | --- |
        %s
        ## Proxies and certificates

        For all of Sentry alike, by the variables that other programs read too: `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`
        set which requests go through a proxy (`http://` or `https://`, with a user if it needs one). `SSL_CERT_FILE` and `SSL_CERT_DIR`
        name certificates that are believed instead of the system's; what cannot be read, or a file without a certificate,
        is an error at the start. Keys of the file for these do not exist yet.

        ## Example

        ```yaml
        %s```
        """
            .formatted(
                grammar,
                placeholders(),
                table,
                Files.readString(Path.of("src/dist/examples/sentry_exporter.yml")));
    Golden.assertMatches(Path.of("docs/configuration.md"), page);
  }

  private void describe(List<Key<?>> keys, String indent, String path) {
    for (var key : keys) {
      describe(key, indent, path.isEmpty() ? key.name() : path + "." + key.name());
    }
  }

  private void describe(Key<?> key, String indent, String path) {
    var isMapping = !key.below().isEmpty() || key.form().contains(":");
    var line = key.name() + ":" + (isMapping || key.form().isEmpty() ? "" : " " + key.form());
    grammar.append(indent).append(key.isRequired() ? line : "[ " + line + " ]").append('\n');
    table.append(
        "| `%s` | %s | %s | %s |%n"
            .formatted(path, code(key.form()), standard(key), key.help().replace("|", "\\|")));
    used.addAll(List.of(key.form().split("[^<>a-z]+", -1)));
    var isNamed = isMapping && !key.form().isEmpty();
    if (isNamed) {
      var entry = key.form().contains(":") ? key.form() : key.form() + ":";
      grammar.append(indent).append("  ").append(entry).append(" ...\n");
    }
    describe(
        key.below(), indent + (isNamed ? "    " : "  "), isNamed ? path + "." + key.form() : path);
  }

  private static String standard(Key<?> key) {
    return key.isRequired() ? "required" : code(key.shownDefault());
  }

  private static String code(String text) {
    return text.isEmpty() ? "" : "`" + text + "`";
  }

  private String placeholders() {
    var lines = new StringBuilder();
    used.remove("");
    for (var placeholder : used) {
      var meaning = PLACEHOLDERS.get(placeholder);
      if (meaning == null) {
        throw new AssertionError("say in PLACEHOLDERS what " + placeholder + " means");
      }
      lines.append("- `").append(placeholder).append("`: ").append(meaning).append('\n');
    }
    return lines.toString();
  }
}
