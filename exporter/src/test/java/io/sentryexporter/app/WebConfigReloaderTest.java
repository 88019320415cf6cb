package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.app.App.StartException;
import io.sentryexporter.testing.Pki;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Base64;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A web configuration that changes under a running exporter.
class WebConfigReloaderTest {
  private static final String MODULES = RunningExporter.module("legacy", "http://127.0.0.1:1/");
  private static final String ALICE =
      "basic_auth_users:\n  alice: $2b$04$abcdefghijklmnopqrstuuCiRP6uwuebOgMsb3sB1n0pjVVBf0O3K\n";
  private static final String BOB =
      "basic_auth_users:\n  bob: $2y$04$ZYXWVUTSRQPONMLKJIHGFepU8f2gi7d.ZVdww2EFFI7VsCIuUHQim\n";
  private static final String TLS =
      "tls_server_config:\n  cert_file: tls.pem\n  key_file: tls.key\n";
  private static final String STRICT =
      "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.pem\n";
  private static final String SUCCESSFUL = "sentry_exporter_web_config_last_reload_successful";

  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void writeCertificate() throws IOException {
    file = folder.resolve("web.yml");
    install("server");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/metrics",
        "/probe?target=a",
        "/config",
        "/logs?id=1",
        "/-/healthy",
        "/none"
      })
  void everyPageIsBehindTheUsers(String path) throws Exception {
    try (var exporter = start(ALICE)) {
      assertThat(exporter.get(path).status()).isEqualTo(401);
      assertThat(exporter.get(path).text()).isEqualTo("Unauthorized\n");
      assertThat(get(exporter, path, "alice:alice123").status()).isNotEqualTo(401);
    }
  }

  @Test
  void usersHeadersAndRateAreThoseOfTheFileAsItIsNow() throws Exception {
    try (var exporter = start(ALICE)) {
      assertThat(get(exporter, "alice:alice123").status()).isEqualTo(200);

      write(BOB + "http_server_config: {headers: {X-Frame-Options: deny}}\n");
      assertThat(get(exporter, "alice:alice123").status()).isEqualTo(401);
      assertThat(get(exporter, "bob:bob456").status()).isEqualTo(200);
      assertThat(get(exporter, "bob:bob456").header("X-Frame-Options")).isEqualTo("deny");

      write(BOB + "rate_limit: {interval: 24h, burst: 1}\n");
      assertThat(get(exporter, "bob:bob456").status()).isEqualTo(200);
      assertThat(get(exporter, "bob:bob456").status()).isEqualTo(429);

      write(BOB);
      assertThat(get(exporter, "bob:bob456").status()).isEqualTo(200);
      assertThat(exporter.log()).contains("web configuration reloaded");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"basic_auth_users: {alice: short}\n", "basic_auth_user: {}\n", ":\n"})
  void aFileThatBecomesUnreadableLeavesTheDoorAsItWasAndIsReportedOnce(String broken)
      throws Exception {
    try (var exporter = start(ALICE)) {
      write(broken);
      for (int i = 0; i < 3; i++) {
        assertThat(exporter.get("/metrics").status()).isEqualTo(401);
        assertThat(get(exporter, "alice:alice123").value(SUCCESSFUL)).isZero();
      }
      assertThat(count(exporter.log(), "web configuration error")).isEqualTo(1);
      assertThat(count(exporter.log(), "web configuration not reloaded")).isEqualTo(1);

      write(BOB);
      assertThat(get(exporter, "alice:alice123").status()).isEqualTo(401);
      assertThat(get(exporter, "bob:bob456").value(SUCCESSFUL)).isEqualTo(1);
    }
  }

  @Test
  void aFileThatIsGoneLeavesTheDoorAsItWas() throws Exception {
    try (var exporter = start(ALICE)) {
      Files.delete(file);
      assertThat(exporter.get("/metrics").status()).isEqualTo(401);
      assertThat(get(exporter, "alice:alice123").value(SUCCESSFUL)).isZero();
      assertThat(exporter.log()).contains("no such file");
      write(ALICE);
      assertThat(get(exporter, "alice:alice123").value(SUCCESSFUL)).isEqualTo(1);
    }
  }

  /// Emptied, cut short, and of comments only.
  @ParameterizedTest
  @ValueSource(strings = {"", TLS, "# nobody\n", "basic_auth_users: {}\n"})
  void aFileWithoutUsersAfterOneWithUsersLeavesThemInForce(String without) throws Exception {
    try (var exporter = start(ALICE)) {
      writeEarlier(without);
      for (int i = 0; i < 3; i++) {
        assertThat(exporter.get("/metrics").status()).isEqualTo(401);
        assertThat(get(exporter, "alice:alice123").value(SUCCESSFUL)).isZero();
      }
      writeEarlier(without + "# still\n");
      assertThat(exporter.get("/metrics").status()).isEqualTo(401);
      assertThat(count(exporter.log(), "users are switched off at a restart only")).isEqualTo(1);
      assertThat(exporter.log()).doesNotContain("reloaded");

      write(BOB);
      assertThat(get(exporter, "alice:alice123").status()).isEqualTo(401);
      assertThat(get(exporter, "bob:bob456").value(SUCCESSFUL)).isEqualTo(1);
    }
    write("");
    try (var exporter = start("")) {
      assertThat(exporter.get("/metrics").status()).as("after a restart").isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  client_auth_type: VerifyClientCertIfGiven\n  client_ca_file: ca.pem\n",
        "  client_auth_type: RequireAnyClientCert\n",
        "  client_auth_type: RequireAndVerifyClientCert\n",
        STRICT
      })
  void aFileThatLetsMoreCertificatesOfClientsInTakesEffectAtARestartOnly(String weaker)
      throws Exception {
    Files.writeString(folder.resolve("ca.pem"), Pki.text("ca.pem"));
    String names = "  client_allowed_sans: [somebody]\n";
    try (var exporter = start(TLS + STRICT)) {
      assertThat(isAnswered(exporter, "client")).isTrue();
      write(TLS + STRICT + names);
      assertThat(isAnswered(exporter, "client")).as("stricter counts at once").isFalse();

      for (int i = 0; i < 3; i++) {
        writeEarlier(TLS + weaker + "# " + i + "\n");
        assertThat(isAnswered(exporter, null)).isFalse();
        assertThat(isAnswered(exporter, "stranger")).isFalse();
        assertThat(isAnswered(exporter, "client")).isFalse();
      }
      assertThat(count(exporter.log(), "client certificates are checked less")).isEqualTo(1);
    }
    try (var exporter = start(TLS + weaker)) {
      assertThat(isAnswered(exporter, "client"))
          .as("after a restart, unless the authority is not the client's")
          .isEqualTo(!weaker.equals("  client_auth_type: RequireAndVerifyClientCert\n"));
    }
  }

  @Test
  void newConnectionsGetTheCertificateThatTheFilesHoldNow() throws Exception {
    try (var exporter = start(TLS)) {
      assertThat(subject(exporter)).isEqualTo("CN=server");

      install("second");
      assertThat(subject(exporter)).isEqualTo("CN=second");

      Files.writeString(folder.resolve("tls.key"), "half written");
      assertThat(subject(exporter)).as("the last good one").isEqualTo("CN=second");
      assertThat(exporter.log()).contains("no private key");

      install("ec");
      assertThat(subject(exporter)).isEqualTo("CN=ec");
    }
  }

  /// As Kubernetes updates a secret: a link to a folder is replaced by another.
  @Test
  void aCertificateBehindALinkThatChangesIsSeen() throws Exception {
    for (String name : new String[] {"server", "second"}) {
      Path data = Files.createDirectory(folder.resolve(name));
      Files.writeString(data.resolve("tls.pem"), Pki.text(name + ".pem"));
      Files.writeString(data.resolve("tls.key"), Pki.text(name + ".key"));
    }
    Path link = folder.resolve("data");
    Files.createSymbolicLink(link, Path.of("server"));
    try (var exporter =
        start("tls_server_config: {cert_file: data/tls.pem, key_file: data/tls.key}\n")) {
      assertThat(subject(exporter)).isEqualTo("CN=server");
      Files.delete(link);
      Files.createSymbolicLink(link, Path.of("second"));
      assertThat(subject(exporter)).isEqualTo("CN=second");
    }
  }

  @Test
  void tlsIsNotSwitchedOffNorOnWithoutARestartButUsersAre() throws Exception {
    try (var exporter = start(TLS)) {
      write(ALICE);
      assertThat(subject(exporter)).isEqualTo("CN=server");
      assertThat(exporter.log()).contains("TLS is switched on and off at a restart only");
      assertThat(exporter.log()).contains("TLS is enabled.").contains("http2=false");
    }
    write("");
    try (var exporter = start("")) {
      write(TLS + ALICE);
      assertThat(exporter.get("/metrics").status()).isEqualTo(401);
      assertThat(get(exporter, "alice:alice123").status()).isEqualTo(200);
      assertThat(get(exporter, "alice:alice123").value(SUCCESSFUL)).isZero();
      assertThat(exporter.log()).contains("TLS is disabled.");
    }
  }

  @Test
  void overTlsDiscoveryFindsTargetsThatAreScrapedOverTls() throws Exception {
    write(TLS);
    String organizations =
        "instances: {default: {url: https://127.0.0.1, auth_token: simulated-api-token,"
            + " organizations: [acme]}}\n";
    try (var exporter = RunningExporter.withWebConfig(organizations, file);
        var socket = Pki.over(Pki.plain(exporter.app().addresses().getFirst()), null, _ -> {})) {
      socket
          .getOutputStream()
          .write(
              "GET /sd HTTP/1.1\r\nHost: exporter.example:9412\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));

      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("{\"targets\":[\"exporter.example:9412\"],", "\"__scheme__\":\"https\"");
    }
  }

  @Test
  void aBadFileIsRefusedAtTheStartWithAllItsFaults() {
    assertThatThrownBy(() -> start("basic_auth_users: {a: x, b: y}\n"))
        .isInstanceOf(StartException.class)
        .hasMessage("the web configuration has 2 errors");
    assertThatThrownBy(() -> start("tls_server_config: {cert_file: tls.pem}\n"))
        .hasMessage("the web configuration has an error");
  }

  @Test
  void withoutAWebConfigurationThereIsNoMetricOfIt() {
    try (var exporter = RunningExporter.with(MODULES)) {
      assertThat(exporter.get("/metrics").has(SUCCESSFUL)).isFalse();
    }
  }

  private RunningExporter start(String webConfig) throws IOException, StartException {
    write(webConfig);
    return RunningExporter.withWebConfig(MODULES, file);
  }

  private void write(String webConfig) throws IOException {
    Files.writeString(file, webConfig);
  }

  /// Writes it as if some seconds ago.
  private void writeEarlier(String webConfig) throws IOException {
    write(webConfig);
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(10)));
  }

  private void install(String name) throws IOException {
    Files.writeString(folder.resolve("tls.pem"), Pki.text(name + ".pem"));
    Files.writeString(folder.resolve("tls.key"), Pki.text(name + ".key"));
  }

  private static Reply get(RunningExporter exporter, String login) {
    return get(exporter, "/metrics", login);
  }

  private static Reply get(RunningExporter exporter, String path, String login) {
    var bytes = login.getBytes(StandardCharsets.UTF_8);
    return exporter.get(
        path, "Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
  }

  /// Of the certificate that a new connection gets.
  private static String subject(RunningExporter exporter) throws IOException {
    var address = exporter.app().addresses().getFirst();
    try (SSLSocket socket = Pki.over(Pki.plain(address), null, _ -> {})) {
      return socket.getSession().getPeerPrincipal().toString();
    }
  }

  /// @param client whose certificate it shows; null for none
  private static boolean isAnswered(RunningExporter exporter, @Nullable String client)
      throws IOException {
    var address = exporter.app().addresses().getFirst();
    try (SSLSocket socket = Pki.over(Pki.plain(address), client, _ -> {})) {
      String request = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return socket.getInputStream().read() == 'H';
    } catch (SocketException | SSLException _) {
      return false;
    }
  }

  private static long count(String text, String line) {
    return text.lines().filter(one -> one.contains(line)).count();
  }
}
