package io.sentryexporter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.http.HttpFailure.TlsFailed;
import io.sentryexporter.http.ProxyRules.ProxyException;
import io.sentryexporter.tls.Trust;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTest {
  @TempDir private static Path folder;
  private static Certificates certificates;

  @BeforeAll
  static void makeCertificates() {
    certificates = Certificates.in(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aServerWhoseAuthorityIsInSslCertFileIsTrusted(String version) throws Exception {
    try (var server = RawServer.on(listener("good", version), TlsTest::play);
        var client = trusting(Map.of("SSL_CERT_FILE", authority().toString()))) {
      for (var host : List.of("localhost", "127.0.0.1", "LOCALHOST")) {
        var uri = URI.create("https://" + host + ":" + server.port() + "/");
        assertThat(client.get(uri).body()).asString(UTF_8).isEqualTo("ok");
      }
      client.get(server.tlsUri("/"));
      assertThat(server.accepted()).as("localhost and 127.0.0.1").isEqualTo(2);
    }
  }

  @Test
  void aServerWhoseAuthorityIsInSslCertDirIsTrusted(@TempDir Path certificates) throws Exception {
    Files.writeString(certificates.resolve("README"), "not a certificate");
    Files.writeString(
        certificates.resolve("a.pem"),
        "-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----\n");
    Files.writeString(
        certificates.resolve("z.pem"), "# ours - since 2020\n" + Files.readString(authority()));
    try (var server = RawServer.on(listener("good"), TlsTest::play);
        var client = trusting(Map.of("SSL_CERT_DIR", folder + ":" + certificates))) {
      assertThat(client.get(server.tlsUri("/")).status()).isEqualTo(200);
    }
  }

  @Test
  void anAuthorityThatNobodyKnowsIsNotTrusted() throws Exception {
    try (var server = RawServer.on(listener("good"), TlsTest::play);
        var client = Client.standard()) {
      assertThat(client.failure(server.tlsUri("/?token=s3cr3t")))
          .isInstanceOf(TlsFailed.class)
          .hasMessage(
              "https://localhost:%d: certificate \"CN=good\" is not trusted, nor is its issuer"
                      .formatted(server.port())
                  + " CN=Our Authority; if it should be, name the issuer's PEM file in"
                  + " tls_config.ca_file, or in SSL_CERT_FILE for every Sentry");
      assertThat(server.heads()).isEmpty();
    }
  }

  @Test
  void aSelfSignedCertificateIsNotTrusted() throws Exception {
    assertThat(failure("self")).hasMessageContaining("certificate \"CN=self\" is not trusted");
  }

  @Test
  void anExpiredCertificateIsReportedWithItsEnd() throws Exception {
    assertThat(failure("expired"))
        .hasMessageContaining("certificate \"CN=expired\" expired at 2020-01-3");
  }

  @Test
  void aCertificateOfTheFutureIsReportedWithItsStart() throws Exception {
    assertThat(failure("future")).hasMessageContaining("certificate \"CN=future\" is valid from ");
  }

  @Test
  void aCertificateForAnotherHostIsReportedWithItsHosts() throws Exception {
    assertThat(failure("other"))
        .hasMessageEndingWith(
            "certificate \"CN=other\" is for [sentry.example, www.sentry.example], not for"
                + " localhost; write the right host in the URL, or its name in"
                + " tls_config.server_name");
  }

  @Test
  void aServerThatDoesNotSpeakTlsIsReported() {
    try (var server = RawServer.playing(peer -> peer.send("HTTP/1.1 400 Bad Request\r\n\r\n"));
        var client = Client.standard()) {
      assertThat(client.failure(server.tlsUri("/")))
          .isInstanceOf(TlsFailed.class)
          .hasMessageEndingWith(": it does not speak TLS: write http://");
    }
  }

  @Test
  void aServerThatSpeaksTlsAtAnHttpUrlIsReported() throws Exception {
    try (var server = RawServer.on(listener("good"), TlsTest::play);
        var client = Client.standard()) {
      assertThat(client.failure(server.uri("/")))
          .hasMessageEndingWith(" it speaks TLS: write https://");
    }
  }

  @Test
  void aServerThatHangsUpInTheHandshakeIsReported() {
    try (var server = RawServer.playing(_ -> {});
        var client = Client.standard()) {
      assertThat(client.failure(server.tlsUri("/"))).isInstanceOf(TlsFailed.class);
    }
  }

  @Test
  void anUnreadableSslCertFileIsNamedAndReadAgainWhenItIsThere(@TempDir Path later)
      throws Exception {
    var file = later.resolve("ca.pem");
    try (var server = RawServer.on(listener("good"), TlsTest::play);
        var client = trusting(Map.of("SSL_CERT_FILE", file.toString()))) {
      assertThat(client.failure(server.tlsUri("/")))
          .isInstanceOf(TlsFailed.class)
          .hasMessageContaining("cannot read the trusted certificates in " + file);
      Files.writeString(file, "nothing of use");
      assertThat(client.failure(server.tlsUri("/"))).hasMessageContaining("no certificate in ");
      Files.copy(authority(), file, REPLACE_EXISTING);
      assertThat(client.get(server.tlsUri("/")).status()).isEqualTo(200);
    }
  }

  @Test
  void anHttpsUrlGoesThroughTheTunnelOfTheProxy() throws Exception {
    try (var server = RawServer.on(listener("good"), TlsTest::play);
        var proxy = RawServer.playing(peer -> Tunnel.play(peer, server.port()));
        var client = through("http://me:p%40ss@127.0.0.1:" + proxy.port())) {
      var uri = URI.create("https://sentry.example/a");
      assertThat(client.failure(uri)).hasMessageContaining("not for sentry.example");
      assertThat(server.heads()).isEmpty();
      assertThat(proxy.onlyHead())
          .startsWith("CONNECT sentry.example:443 HTTP/1.1\r\nHost: sentry.example:443\r\n")
          .contains("Proxy-Authorization: Basic bWU6cEBzcw==\r\n");
    }
  }

  @Test
  void theTunnelIsKeptAndTheServerNeverSeesTheProxysPassword() throws Exception {
    try (var server = RawServer.on(listener("other"), TlsTest::play);
        var proxy = RawServer.playing(peer -> Tunnel.play(peer, server.port()));
        var client = through("me:s3cr3t@127.0.0.1:" + proxy.port())) {
      var uri = URI.create("https://sentry.example/a");
      assertThat(client.get(uri).body()).asString(UTF_8).isEqualTo("ok");
      assertThat(client.get(uri).body()).asString(UTF_8).isEqualTo("ok");
      assertThat(proxy.heads()).hasSize(1);
      assertThat(server.heads())
          .hasSize(2)
          .allSatisfy(head -> assertThat(head).startsWith("GET /a ").doesNotContain("Proxy"));
    }
  }

  @Test
  void aProxyThatSpeaksTlsIsUsedOverTls() throws Exception {
    try (var server = RawServer.on(listener("other"), TlsTest::play);
        var proxy = RawServer.on(listener("good"), peer -> Tunnel.play(peer, server.port()));
        var client = through("https://localhost:" + proxy.port())) {
      assertThat(client.get(URI.create("https://sentry.example/a")).status()).isEqualTo(200);
    }
  }

  @Test
  void aServerThatRedirectsFromHttpToHttpsIsFollowed() throws Exception {
    // ports 80 and 443 are reached through a proxy, which plays the first and tunnels to the second
    try (var server = RawServer.on(listener("other"), TlsTest::play);
        var proxy =
            RawServer.playing(peer ->
                Tunnel.playOrAnswer(
                    peer,
                    server.port(),
                    "HTTP/1.1 301 Moved\r\nLocation: https://sentry.example/b\r\n\r\n"));
        var client = through("http://127.0.0.1:" + proxy.port())) {
      var request =
          Client.request(URI.create("http://sentry.example/a"), "Authorization: Bearer t");
      assertThat(client.get(request).body()).asString(UTF_8).isEqualTo("ok");
      assertThat(server.onlyHead()).startsWith("GET /b ").contains("Authorization: Bearer t\r\n");
    }
  }

  @Test
  void aBodyThatIsCutByTheDeadlineIsNotTakenForWhole() throws Exception {
    try (var server =
            RawServer.on(
                listener("good"),
                peer -> {
                  peer.readHead();
                  peer.send("HTTP/1.1 200 OK\r\n\r\n[[1,2]"); // until the connection closes
                  peer.awaitClose();
                });
        var client = trusting(Map.of("SSL_CERT_FILE", authority().toString()))) {
      var request = Client.request(server.tlsUri("/"));
      var failure = client.failure(request, Duration.ofSeconds(1));
      if (failure.status() == 0) { // a slow machine has no answer yet
        failure = client.failure(request, Duration.ofSeconds(20));
      }
      assertThat(failure).isInstanceOf(HttpFailure.TimedOut.class);
      assertThat(failure.status()).isEqualTo(200);
    }
  }

  private static HttpFailure failure(String alias) throws Exception {
    try (var server = RawServer.on(listener(alias), TlsTest::play);
        var client = trusting(Map.of("SSL_CERT_FILE", authority().toString()))) {
      var failure = client.failure(server.tlsUri("/"));
      assertThat(failure).isInstanceOf(TlsFailed.class);
      assertThat(server.heads()).isEmpty();
      return failure;
    }
  }

  private static Client trusting(Map<String, String> environment) {
    return Client.with(ProxyRules.NONE, Trust.fromEnvironment(environment));
  }

  private static Client through(String proxy) throws ProxyException {
    var environment =
        Map.of("HTTP_PROXY", proxy, "HTTPS_PROXY", proxy, "SSL_CERT_FILE", authority().toString());
    return Client.with(ProxyRules.fromEnvironment(environment), Trust.fromEnvironment(environment));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aConnectionThatBreaksUnderTlsIsNoFaultOfTls(boolean isReset) throws Exception {
    var context = certificates.context("good");
    try (var server =
            RawServer.playing(peer -> {
              var tls =
                  (SSLSocket)
                      context.getSocketFactory().createSocket(peer.socket(), "localhost", 0, false);
              tls.setUseClientMode(false);
              var in = tls.getInputStream();
              for (var seen = ""; !seen.endsWith("\r\n\r\n"); ) {
                seen += (char) in.read();
              }
              tls.getOutputStream()
                  .write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[[1,2".getBytes(UTF_8));
              peer.socket().setSoLinger(isReset, 0);
              peer.socket().close();
            });
        var client = trusting(Map.of("SSL_CERT_FILE", authority().toString()))) {
      assertThat(client.failure(server.tlsUri("/")))
          .isInstanceOf(HttpFailure.BrokenOff.class)
          .hasMessageContaining(
              isReset ? " reset the connection before" : ", whose status was 200");
    }
  }

  private static void play(RawServer.Peer peer) throws IOException {
    while (!peer.readHead().isEmpty()) {
      peer.send(RawServer.ok("ok"));
    }
  }

  private static Path authority() {
    return certificates.authority();
  }

  private static ServerSocket listener(String alias, String... versions) throws Exception {
    return certificates.listener(alias, versions);
  }
}
