package io.sentryexporter.endtoend;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.FreePort;
import io.sentryexporter.testing.OpenSsl;
import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RealParts;
import io.sentryexporter.testing.RunningExporter.Reply;
import io.sentryexporter.testing.TestSentry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The packaged exporter against what stands in front of a Sentry: a real nginx with certificates
/// of a private authority, made by openssl, and tinyproxy.
@Tag(RealParts.TAG)
class UpstreamIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Path EXAMPLES = Path.of("examples").toAbsolutePath();

  private static final String NGINX =
      """
      daemon off;
      pid nginx.pid;
      error_log stderr;
      events {}
      http {
        access_log access.log combined;
        client_body_temp_path body;
        proxy_temp_path proxy;
        fastcgi_temp_path fastcgi;
        uwsgi_temp_path uwsgi;
        scgi_temp_path scgi;
        ssl_certificate good.pem;
        ssl_certificate_key good.key;
        server { listen 127.0.0.1:GOOD ssl; location / { proxy_pass SENTRY; } }
        server {
          listen 127.0.0.1:EXPIRED ssl;
          ssl_certificate expired.pem;
          ssl_certificate_key expired.key;
          location / { proxy_pass SENTRY; }
        }
        server {
          listen 127.0.0.1:OTHER ssl;
          ssl_certificate other.pem;
          ssl_certificate_key other.key;
          location / { proxy_pass SENTRY; }
        }
        server {
          listen 127.0.0.1:OLD ssl;
          ssl_protocols TLSv1.1;
          ssl_ciphers ALL:@SECLEVEL=0;
          location / { proxy_pass SENTRY; }
        }
        server {
          listen 127.0.0.1:MUTUAL ssl;
          ssl_client_certificate authority.pem;
          ssl_verify_client on;
          location / { proxy_pass SENTRY; }
        }
        server {
          listen 127.0.0.1:ACCESS ssl;
          location / {
            if ($http_cf_access_client_id != exporter.access) { return 302 https://login.invalid/; }
            if ($http_cf_access_client_secret != CANARY-access) { return 403; }
            proxy_pass SENTRY;
          }
        }
      }
      """;

  @AutoClose private final SimulatedSentry sentry = TestSentry.start(InstantSource.system());

  private final Map<String, Integer> ports = new HashMap<>();

  @TempDir Path work = Path.of("");
  private OpenSsl certificates = new OpenSsl(work, work);

  @BeforeEach
  void makeCertificates() throws IOException {
    Path nginx = RealParts.program("nginx", "nginx-light");
    certificates =
        OpenSsl.authorityIn(work.resolve("nginx"), "Private-Authority")
            .sign("good", "DNS:localhost,DNS:sentry.example.org")
            .signExpired("expired", "DNS:localhost")
            .sign("other", "DNS:other.example.org")
            .sign("exporter", "DNS:exporter");
    String config = NGINX.replace("SENTRY", sentry.url().toString());
    for (String name : new String[] {"GOOD", "EXPIRED", "OTHER", "OLD", "MUTUAL", "ACCESS"}) {
      int port = FreePort.find();
      ports.put(name, port);
      config = config.replace(":" + name + " ", ":" + port + " ");
    }
    Path folder = certificates.folder();
    Files.writeString(folder.resolve("nginx.conf"), config);
    front = Program.start(folder, nginx, "-p", folder, "-c", folder.resolve("nginx.conf"));
    awaitListening(port("ACCESS"));
  }

  @AutoClose private Program front = Program.start(Path.of("/tmp"), "/bin/true");

  private static void awaitListening(int port) {
    Eventually.within(
        PATIENCE,
        () -> {
          try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return port;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private int port(String server) {
    return requireNonNull(ports.get(server));
  }

  /// A module `sentry` of each prober, both with these settings, for a server of nginx'.
  private void configure(String server, String settings) throws IOException {
    String url = "https://localhost:" + port(server);
    Files.writeString(work.resolve("sentry-token"), SimulatedSentry.TOKEN + "\n");
    Files.writeString(
        work.resolve("sentry_exporter.yml"),
        """
        instances:
          default:
            url: %1$s
            auth_token_file: sentry-token
        %2$s
        modules:
          sentry: {prober: sentry, collectors: {projects: {refresh_interval: 1s}}}
          legacy:
            prober: http
            http:
              prefix: %1$s/api/0/projects/
              authorization: {credentials_file: sentry-token}
        %3$s
        """
            .formatted(url, settings.indent(4), settings.indent(6)));
  }

  private String trusting() {
    return "tls_config: {ca_file: %s}".formatted(certificates.authority());
  }

  private void assertSucceeds(PackagedExporter exporter) {
    assertThat(exporter.get("/probe?target=acme").value("sentry_probe_success"))
        .as(exporter.get("/logs?target=acme").text())
        .isEqualTo(1);
    Reply legacy = exporter.get("/probe?module=legacy&target=acme/web");
    assertThat(legacy.value("sentry_probe_success")).as(legacy.text()).isEqualTo(1);
  }

  /// What both probers report, in the same words.
  private void assertFails(String reason, String... words) {
    try (var exporter = PackagedExporter.start(work)) {
      assertFails(exporter, reason, words);
    }
  }

  private static void assertFails(PackagedExporter exporter, String reason, String... words) {
    for (String probe : new String[] {"target=acme", "target=acme/web&module=legacy"}) {
      Reply page = exporter.get("/probe?" + probe);
      assertThat(page.value("sentry_probe_success")).isZero();
      assertThat(page.text()).contains("reason=\"" + reason + "\"} 1");
      assertThat(exporter.get("/logs?" + probe).text()).contains(words);
    }
  }

  @Test
  void aSentryBehindAPrivateAuthorityIsReadOnceTheFileNamesIt() throws IOException {
    configure("GOOD", "follow_redirects: true");
    assertFails(
        "tls", "certificate", "CN=good", "its issuer CN=Private-Authority", "tls_config.ca_file");
    configure("GOOD", trusting());
    try (var exporter = PackagedExporter.start(work)) {
      assertSucceeds(exporter);
    }
  }

  @Test
  void anExpiredCertificateIsNamedWithItsEnd() throws IOException {
    configure("EXPIRED", trusting());
    assertFails("tls", "CN=expired", "expired at 2020-02-01T00:00:00Z; renew it on the server");
  }

  @Test
  void aCertificateForAnotherHostIsNamedWithItsNamesAndServerNameHelps() throws IOException {
    configure("OTHER", trusting());
    assertFails("tls", "is for [other.example.org], not for localhost", "tls_config.server_name");
    configure("OTHER", trusting().replace("}", ", server_name: other.example.org}"));
    try (var exporter = PackagedExporter.start(work)) {
      assertSucceeds(exporter);
    }
  }

  @Test
  void aServerOfTls11OnlyIsNotSpokenTo() throws IOException {
    configure("OLD", trusting());
    assertFails("tls", "speaks none of the TLS versions 1.2 and 1.3");
  }

  @Test
  void nothingIsCheckedWhereTheFileAllowsIt() throws IOException {
    configure("EXPIRED", "tls_config: {insecure_skip_verify: true}");
    try (var exporter = PackagedExporter.start(work)) {
      assertSucceeds(exporter);
      assertThat(exporter.get("/metrics").text())
          .contains(
              "sentry_exporter_tls_insecure_skip_verify{kind=\"instance\",name=\"default\"} 1",
              "sentry_exporter_tls_insecure_skip_verify{kind=\"module\",name=\"legacy\"} 1");
    }
  }

  @Test
  void aClientCertificateIsShownAndReplacedWithoutARestart() throws IOException {
    configure("MUTUAL", trusting());
    assertFails("rejected", "client certificate", "tls_config.cert_file and key_file");
    Path folder = certificates.folder();
    for (String kind : new String[] {".pem", ".key"}) {
      Files.copy(folder.resolve("exporter" + kind), work.resolve("client" + kind));
    }
    configure("MUTUAL", trusting().replace("}", ", cert_file: client.pem, key_file: client.key}"));
    try (var exporter = PackagedExporter.start(work)) {
      assertSucceeds(exporter);
      var another =
          OpenSsl.authorityIn(work.resolve("another"), "Another").sign("stranger", "DNS:x");
      for (String kind : new String[] {".pem", ".key"}) {
        Files.move(
            another.folder().resolve("stranger" + kind),
            work.resolve("client" + kind),
            StandardCopyOption.REPLACE_EXISTING);
      }
      exporter.program().signal("HUP"); // connections that are kept would hide the change
      restartFront();
      Eventually.within(
          PATIENCE,
          () -> {
            assertFails(exporter, "rejected", "client certificate");
            return exporter;
          });
    }
  }

  private void restartFront() {
    front.close();
    Path folder = certificates.folder();
    front =
        Program.start(
            folder,
            RealParts.program("nginx", "nginx-light"),
            "-p",
            folder,
            "-c",
            folder.resolve("nginx.conf"));
    awaitListening(port("ACCESS"));
  }

  @Test
  void aProxyWithAPasswordIsPassedWithIt() throws IOException {
    Path tinyproxy = RealParts.program("tinyproxy", "tinyproxy");
    int port = FreePort.find();
    Path config =
        Files.writeString(
            work.resolve("tinyproxy.conf"),
            """
            Port %d
            Listen 127.0.0.1
            MaxClients 20
            Allow 127.0.0.1
            BasicAuth exporter CANARYpassword
            """
                .formatted(port));
    try (var proxy = Program.start(work, tinyproxy, "-d", "-c", config)) {
      awaitListening(port);
      String url = "\nproxy_url: http://exporter:CANARYpassword@127.0.0.1:" + port;
      configure("GOOD", trusting() + url.replace("exporter:CANARYpassword@", ""));
      assertFails(
          "connect", "through the proxy", "HTTP 407", "wants a user and password", "proxy_url");
      configure("GOOD", trusting() + url);
      try (var exporter = PackagedExporter.start(work)) {
        assertSucceeds(exporter);
        assertThat(exporter.get("/config").text() + exporter.get("/logs?target=acme").text())
            .contains("exporter:xxxxx@127.0.0.1")
            .doesNotContain("CANARY");
      }
      assertThat(proxy.isAlive()).isTrue();
    }
  }

  @Test
  void anAccessProxysLoginIsNamedAndItsHeadersLeadIn() throws IOException {
    configure("ACCESS", trusting());
    assertFails("redirect", "https://login.invalid", "http_headers");
  }

  @Test
  void theExampleOfAPrivateAuthorityRunsAsItIs() throws IOException {
    Path folder = example("private-ca");
    Files.copy(certificates.authority(), folder.resolve("authority.pem"));
    try (var way = WayTo.port(port("GOOD"));
        var exporter = start(folder, Map.of("HTTPS_PROXY", way.url()))) {
      assertSucceeds(exporter);
    }
  }

  @Test
  void theExampleOfAnAccessProxyRunsAsItIs() throws IOException {
    Path folder = example("access-proxy");
    Files.writeString(folder.resolve("access-client-id"), "exporter.access\n");
    Path secret = Files.writeString(folder.resolve("access-client-secret"), "CANARY-access\n");
    var environment = Map.of("SSL_CERT_FILE", certificates.authority().toString());
    try (var way = WayTo.port(port("ACCESS"))) {
      var all = new HashMap<>(environment);
      all.put("HTTPS_PROXY", way.url());
      try (var exporter = start(folder, all)) {
        assertSucceeds(exporter);
        Files.writeString(secret, "wrong");
        Reply refused = exporter.get("/probe?module=legacy&target=acme/web");
        assertThat(refused.value("sentry_probe_status_code")).isEqualTo(403);
        Files.writeString(secret, "CANARY-access");
        assertSucceeds(exporter);
        assertThat(exporter.get("/config").text()).doesNotContain("CANARY");
      }
    }
  }

  private Path example(String name) throws IOException {
    Path folder = Files.createDirectory(work.resolve(name));
    Files.copy(
        EXAMPLES.resolve(name).resolve("sentry_exporter.yml"),
        folder.resolve("sentry_exporter.yml"));
    Files.writeString(folder.resolve("sentry-token"), SimulatedSentry.TOKEN + "\n");
    return folder;
  }

  private static PackagedExporter start(Path folder, Map<String, String> further) {
    var environment = new HashMap<>(System.getenv());
    environment.putAll(further);
    return PackagedExporter.start(PackagedExporter.distribution(), folder, environment);
  }
}
