package io.sentryexporter.config;

import io.sentryexporter.docs.KeyGrammar;
import io.sentryexporter.docs.Paragraph;
import io.sentryexporter.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
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

  @Test
  void thePageShowsEveryDeclaredKey() throws IOException {
    var grammar = KeyGrammar.of(Config.KEYS);
    var page =
        """
        # Configuration

        Generated from the declared keys; `mvn verify -Dgolden=update` writes it anew.

        One YAML file, `sentry_exporter.yml` unless `--config.file` names another.
        `sentry_exporter check-config` reads it and reports all errors in it, with line, column and a
        fix. A key that is not listed here, or stands twice, is an error: a misspelt `headers` would
        otherwise mean no token. SIGHUP and `POST /-/reload` read the file again; with an error in it,
        the old configuration stays in use. Anchors, aliases and `<<` work as usual.

        ## Without a file

        Without a file of that name, and unless a flag names one, `SENTRY_AUTH_TOKEN`, or
        `SENTRY_AUTH_TOKEN_FILE`, is configuration enough: a module `sentry` with the default collectors
        reads from

        - `https://sentry.io`, or the server that `SENTRY_URL` names;
        - all organizations that the token sees, or those that `SENTRY_ORGANIZATIONS` lists
          (`acme,globex`).

        In a file the same variables stand in for the keys that its instance `default` lacks. Without
        token and file the exporter starts, is not ready, and reports how to continue.

        Variables of other exporters are reported: `SENTRY_BASE_URL` without `SENTRY_URL` is an error,
        since the token would go to sentry.io; `SENTRY_HOST`, `SENTRY_TOKEN`, `SENTRY_ORG` and
        `SENTRY_EXPORTER_ORG` are a warning with the one to write.

        ## Keys

        Brackets mean optional. The keys of each collector are listed with [it](collectors.md).

        %s
        %s
        ## Proxies and certificates

        They come from the variables that other programs read too, for all of Sentry alike:

        - `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` set which requests go through a proxy (`http://` or
          `https://`, with a user if it needs one).
        - `SSL_CERT_FILE` and `SSL_CERT_DIR` name certificates that are trusted instead of the system's.
          What cannot be read, or a file without a certificate, is an error at the start.

        Keys of the file for these do not exist yet.

        ## Example

        ```yaml
        %s```
        """
            .formatted(
                grammar.block(),
                placeholders(grammar.placeholders()),
                Files.readString(Path.of("distribution/src/dist/examples/sentry_exporter.yml")));
    Golden.assertMatches(Path.of("docs/configuration.md"), page);
  }

  private static String placeholders(List<String> used) {
    return used.stream()
        .map(placeholder ->
            Paragraph.of(
                "- `" + placeholder + "`: ",
                "  ",
                Objects.requireNonNull(PLACEHOLDERS.get(placeholder), placeholder)))
        .collect(Collectors.joining());
  }
}
