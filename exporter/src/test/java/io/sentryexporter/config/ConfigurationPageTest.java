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
          Map.entry("<pattern>", "a slug, or a part of it and `*` for any characters"),
          Map.entry("<file>", "the name of a file"),
          Map.entry("<boolean>", "`true` or `false`"),
          Map.entry("<host>", "the name of a host, or an address"),
          Map.entry("<pem>", "a text in PEM, which begins with `-----BEGIN`"),
          Map.entry(
              "<proxy>",
              "`http://host:port`, or `https://` for a proxy that speaks TLS itself, with"
                  + " `user:password@` before the host if it wants one"),
          Map.entry(
              "<size>",
              "a number with one of the units `B`, `KB`, `MB`, `GB`, of 1,024 each; or 0"),
          Map.entry("<version>", "`TLS12` or `TLS13`"),
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
        otherwise mean no token. SIGHUP and `POST /-/reload` read the file again, and so does the
        exporter itself when the file has changed, with `--config.enable-auto-reload`; with an error in
        it, the old configuration stays in use. Anchors, aliases and `<<` work as usual.

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
        ## The HTTP client

        `authorization`, `basic_auth`, `oauth2`, `http_headers`, `tls_config`, `proxy_url` and the keys
        next to them have the names and the meaning of Prometheus' own HTTP client. An instance has them
        next to its `url`, a module of `prober: http` below `http:`, as in blackbox_exporter. Those that
        are not written leave everything to the environment, for all instances and modules alike:

        - `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` set which requests go through a proxy (`http://` or
          `https://`, with a user if it needs one); `ALL_PROXY` is for what the first two do not name.
          SOCKS is refused.
        - `SSL_CERT_FILE` and `SSL_CERT_DIR` name certificates that are trusted instead of the system's.
          What cannot be read, or a file without a certificate, is an error at the start.

        `proxy_url` takes the place of the variables, localhost included; `proxy_from_environment: false`
        alone means no proxy at all.

        Secrets in files are read for each request, without the spaces and line breaks around them; one
        that cannot be read fails probes with reason `auth`, and is a warning at load. Certificates and
        keys are read again when a connection is opened and a file has changed; one that cannot be read
        at load is an error.

        What is sent to whom: a request's headers go to the host of `url` or `prefix` only, never to
        where a redirect, a list's next page or a region points. A proxy gets its own user, password and
        `proxy_connect_header`; of an https request it sees the host, of an http request everything. The
        client's id and secret go to `token_url` only.

        Two complete examples, in `examples/` of the tarball: `private-ca/` for a Sentry whose
        certificate a private authority has signed, `access-proxy/` for one behind a proxy that wants
        headers of its own.

        ## Example

        ```yaml
        %s```
        """
            .formatted(
                grammar.block(),
                placeholders(grammar.placeholders()),
                Files.readString(Path.of("examples/sentry_exporter.yml")));
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
