package io.sentryexporter.config;

import static java.util.stream.Collectors.joining;

import io.sentryexporter.docs.KeyGrammar;
import io.sentryexporter.docs.Paragraph;
import io.sentryexporter.testing.Golden;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Writes `docs/web-configuration.md` from the declared keys.
class WebConfigurationPageTest {
  private static final Map<String, String> PLACEHOLDERS =
      Map.ofEntries(
          Map.entry("<boolean>", "`true` or `false`, also `yes`, `no`, `on`, `off`"),
          Map.entry("<curve>", "`CurveP256`, `CurveP384`, `CurveP521` or `X25519`"),
          Map.entry("<duration>", "a length of time as Go writes it: `500ms`, `1s`, `1m30s`"),
          Map.entry(
              "<file>",
              "the name of a file; a relative one is relative to the web configuration file"),
          Map.entry("<integer>", "a whole number"),
          Map.entry("<name>", "the name of a user"),
          Map.entry("<secret>", "a text that no page, log or message shows"),
          Map.entry("<string>", "a text"),
          Map.entry(
              "<suite>",
              "a cipher suite of Go's crypto/tls, except those that it lists as insecure"),
          Map.entry(
              "<type>",
              "`NoClientCert`, `RequestClientCert`, `RequireAnyClientCert` (or its old name"
                  + " `RequireClientCert`), `VerifyClientCertIfGiven` or"
                  + " `RequireAndVerifyClientCert`"),
          Map.entry("<version>", "`TLS10`, `TLS11`, `TLS12` or `TLS13`"));

  /// Of the password `example`.
  private static final String HASH = "$2y$10$gJk3dQz8w5pXv1nT7RmLCe4dErbjyZozDZJWaHWt5oZzQ5ZUn9qMW";

  private static final String PROMETHEUS =
      """
      scrape_configs:
        - job_name: sentry
          scrape_interval: 1m
          scrape_timeout: 30s
          basic_auth: &login
            username: prometheus
            password_file: password # next to prometheus.yml, readable by Prometheus alone
          http_sd_configs:
            - url: http://127.0.0.1:9412/sd
              basic_auth: *login
      """;

  @Test
  void thePageShowsEveryDeclaredKey() {
    var grammar = KeyGrammar.of(WebConfigFile.KEYS);
    String placeholders =
        grammar.placeholders().stream()
            .map(placeholder ->
                Paragraph.of(
                    "- `" + placeholder + "`: ",
                    "  ",
                    Objects.requireNonNull(PLACEHOLDERS.get(placeholder), placeholder)))
            .collect(joining());
    Golden.assertMatches(
        Path.of("docs/web-configuration.md"),
        """
        # Web configuration

        Generated from the declared keys; `mvn verify -Dgolden=update` writes it anew.

        `--web.config.file` names a YAML file with TLS, users, headers and a rate limit for everything
        that the exporter serves. The format is that of Prometheus and its exporters
        ([exporter-toolkit]): the file of another exporter serves here unchanged. Without the flag, or
        with an empty file, there is HTTP without TLS and users.

            sentry_exporter check-config --config.file=sentry_exporter.yml --web.config.file=web.yml

        reports all errors in both files, with line, column and a fix; with one of them the exporter does
        not start. `promtool check web-config` comes to the same verdict, except on
        [what is named below](#differences-from-other-exporters). An older promtool, such as Debian's
        2.42, also refuses keys that came after it as unknown: `rate_limit`, `client_allowed_sans`,
        `cert`, `key` and `client_ca`.

        ## Keys

        Brackets mean optional.

        %s
        %s
        ## Changes without a restart

        Users, headers, the rate limit and certificates are those of the files as they are now: at each
        request and each new connection the exporter looks whether the web configuration file, or a file
        that it names, has changed, and reads it again then. Connections that are open go on with the
        certificate that they began with.

        No reload opens the door, since a file that is emptied or cut short is a good one. Single users
        are added, changed and removed at once, but without any user in the file the old ones stay in
        force until a restart. `client_auth_type` may become stricter; while it is weaker, or `client_ca`
        or `client_allowed_sans` is gone, the old TLS settings stay, certificate included. Each of these is
        logged once as a warning, and `sentry_exporter_web_config_last_reload_successful` is 0 until the
        file has users and as strict a TLS again, or the exporter is restarted.

        Files that cannot be used, because they are gone, half written or have an error, change nothing:
        the users and certificates that were good last stay in force, the errors are logged once, and
        `sentry_exporter_web_config_last_reload_successful` is 0 until they are fixed. So a mistake
        neither opens the door nor stops the scrapes; a user that is removed in a file with an error is
        not removed yet.

        Switching TLS on or off needs a restart.

        ## TLS

        TLS 1.2 and 1.3. Private keys are PKCS#8, PKCS#1 or SEC1, and not encrypted; RSA, P-256, P-384,
        P-521 or Ed25519.

        What a client must show is `client_auth_type`:

        | value | without a certificate | with one that the authority has not issued |
        | --- | --- | --- |
        | `NoClientCert` | answered | answered |
        | `RequestClientCert` | answered | answered |
        | `RequireAnyClientCert` | refused | answered |
        | `VerifyClientCertIfGiven` | answered | refused |
        | `RequireAndVerifyClientCert` | refused | refused |

        Only the last keeps others out. `examples/mutual-tls` of the tarball is a whole setup with it:
        the commands that make the certificates, the web configuration, and Prometheus' side. Each kind of
        refusal is logged once as a warning, further ones at the level `debug`.

        ## Users

        A password is written as its bcrypt hash, which `htpasswd` of Debian's package `apache2-utils`
        makes:

            htpasswd -nBC 10 "" | tr -d ':\\n'

        The whole file, for a user `prometheus` with the password `example`:

        ```yaml
        basic_auth_users:
          prometheus: %s
        ```

        A cost of 10 to 12 is right: the hash is computed when a user logs in first, and when a password
        is wrong. Every page needs a user, `/-/healthy` too. Only the first 72 bytes of a password
        count. Without TLS anyone on the network can read the passwords.

        Prometheus has to log in twice: where it discovers the targets, and where it scrapes them.

        ```yaml
        %s```

        Guessing takes a quarter of a processor at most: one password is checked at a time, 16 wait for at
        most 5 s, further ones are answered 429 with `Retry-After`, and after a wrong one the checks rest
        for three times as long as it took. A user who has logged in since the start is answered without a
        check. Others wait in line with the guesses: after a restart a flood of them can keep every user
        out, Prometheus too, with 429 for as long as it lasts. Where strangers reach the port, let a
        firewall or client certificates keep them away. An unknown user takes as long as a wrong password,
        and both as long as the costliest hash of the file.

        ## Kubernetes probes

        The kubelet sends a header if it is given one:

        ```yaml
        livenessProbe:
          httpGet:
            path: /-/healthy
            port: 9412
            scheme: HTTPS # where there is TLS; its certificate is not verified
            httpHeaders:
              - name: Authorization
                value: Basic a3ViZWxldDpwYXNzd29yZA== # echo -n kubelet:password | base64
        ```

        It has no certificate to show. Where one is required, probe the port alone, with
        `tcpSocket: {port: 9412}`, or let another container of the pod probe with curl.

        ## Differences from other exporters

        - HTTP/1.1 is served also where `http2` is `true`.
        - TLS 1.0 and 1.1 are not spoken, since Java has switched them off: as `min_version` they are a
          warning, as `max_version` an error.
        - Java has switched off the cipher suites `TLS_RSA_…` too: among others they are a warning, a list
          of them alone is an error.
        - Settings that plainly let no client in are an error: `min_version` above `max_version`, cipher
          suites that all are for another kind of key than the certificate's while TLS 1.3 is off, a
          client CA file without a certificate, an empty `client_allowed_sans`, a `burst` of 0 or none.
        - A second YAML document is an error; the toolkit ignores it, users and all.
        - An empty header is not set, as the toolkit documents; `promtool` refuses it for two of them.
        - Files that cannot be used later on leave everything as it was; the toolkit answers 500 to every
          request.
        - Headers of the file replace the exporter's own of the same name.

        [exporter-toolkit]: https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md
        """
            .formatted(grammar.block(), placeholders, HASH, PROMETHEUS));
  }
}
