package io.sentryexporter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.http.HttpFailure.TlsFailed;
import io.sentryexporter.text.Secret;
import io.sentryexporter.tls.TlsSettings;
import io.sentryexporter.tls.TlsSettings.Source;
import io.sentryexporter.tls.TlsSettings.Verification;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// TLS by the settings of a request, next to requests with none.
class TlsSettingsTest {
  private static final List<String> ALL = List.of("TLSv1.3", "TLSv1.2");

  @TempDir private static Path folder;
  private static Certificates certificates;

  @AutoClose private final Client client = Client.standard();

  @BeforeAll
  static void makeCertificates() {
    certificates = Certificates.in(folder);
  }

  @Test
  void theAuthorityOfASettingIsTrustedByRequestsWithItOnly() throws Exception {
    try (var server = RawServer.on(certificates.listener("good"), TlsSettingsTest::play)) {
      assertThat(client.get(request(server, trusting())).body()).asString(UTF_8).isEqualTo("ok");
      assertThat(client.failure(server.tlsUri("/")))
          .isInstanceOf(TlsFailed.class)
          .hasMessageContaining("tls_config.ca_file");
      assertThat(server.accepted()).as("no connection is shared").isEqualTo(2);
    }
  }

  @Test
  void requestsWithEqualSettingsShareAConnection() throws Exception {
    try (var server = RawServer.on(certificates.listener("good"), TlsSettingsTest::play)) {
      client.get(request(server, trusting()));
      client.get(request(server, trusting()));
      assertThat(server.accepted()).isEqualTo(1);
    }
  }

  @Test
  void anAuthorityInTheConfigurationIsTrusted() throws Exception {
    var text = new Source.Text(new Secret(Files.readString(certificates.authority())));
    try (var server = RawServer.on(certificates.listener("good"), TlsSettingsTest::play)) {
      assertThat(client.get(request(server, settings(text, null, null))).status()).isEqualTo(200);
    }
  }

  @Test
  void aServerOfAnotherAuthorityIsNamedWithItsIssuer() throws Exception {
    try (var server = RawServer.on(certificates.listener("self"), TlsSettingsTest::play)) {
      assertThat(failure(server, trusting()))
          .hasMessageEndingWith(
              ": certificate \"CN=self\" is not trusted, nor is its issuer CN=self; if it should"
                  + " be, put the issuer's certificate into tls_config.ca_file");
      assertThat(server.heads()).isEmpty();
    }
  }

  @Test
  void theServersNameMayBeAnotherThanTheUrls() throws Exception {
    try (var server = RawServer.on(certificates.listener("other"), TlsSettingsTest::play)) {
      assertThat(client.get(request(server, named("sentry.example"))).status()).isEqualTo(200);
      assertThat(failure(server, named("localhost")))
          .hasMessageEndingWith(
              "certificate \"CN=other\" is for [sentry.example, www.sentry.example], not for"
                  + " localhost; that is tls_config.server_name");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"self", "expired", "future", "other"})
  void anyCertificateIsBelievedOnlyWhereTheSettingsAllowIt(String alias) throws Exception {
    var insecure = new TlsSettings(null, null, null, "", Verification.SKIPPED, ALL);
    try (var server = RawServer.on(certificates.listener(alias), TlsSettingsTest::play)) {
      assertThat(client.get(request(server, insecure)).status()).isEqualTo(200);
      assertThat(failure(server, trusting())).isInstanceOf(TlsFailed.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aServerThatWantsACertificateGetsIt(String version) throws Exception {
    try (var server = mutual("good", version)) {
      assertThat(client.get(request(server, with("other"))).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aServerThatWantsACertificateAndGetsNoneIsReported(String version) throws Exception {
    try (var server = mutual("good", version)) {
      assertThat(failure(server, trusting()))
          .isInstanceOf(TlsFailed.class)
          .hasMessageContaining("wants a client certificate")
          .hasMessageContaining("tls_config.cert_file and key_file");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aCertificateThatTheServerDoesNotAcceptIsReported(String version) throws Exception {
    try (var server = mutual("good", version)) {
      assertThat(failure(server, with("self")))
          .isInstanceOf(TlsFailed.class)
          .hasMessageContaining("does not accept the certificate in tls_config.cert_file");
    }
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.2, TLSv1.3", "TLSv1.3, TLSv1.2"})
  void onlyTheAllowedVersionsAreSpoken(String version, String other) throws Exception {
    try (var server = RawServer.on(certificates.listener("good", version), TlsSettingsTest::play)) {
      assertThat(client.get(request(server, speaking(version))).status()).isEqualTo(200);
      assertThat(failure(server, speaking(other)))
          .isInstanceOf(TlsFailed.class)
          .hasMessageContaining("tls_config allows");
    }
  }

  @Test
  void filesAreReadAgainWhenTheyHaveChanged(@TempDir Path mine) throws Exception {
    var ca = mine.resolve("ca.pem");
    var certificate = mine.resolve("client.pem");
    var key = mine.resolve("client.key");
    var tls =
        settings(new Source.InFile(ca), new Source.InFile(certificate), new Source.InFile(key));
    try (var server = mutual("good", "TLSv1.3")) {
      assertThat(failure(server, tls)).hasMessageContaining("there is no such file");
      replace(ca, "nothing of use");
      replace(certificate, certificates.certificate("other"));
      replace(key, certificates.key("other"));
      assertThat(failure(server, tls)).hasMessageContaining("no certificate");
      replace(ca, Files.readString(certificates.authority()));
      assertThat(client.get(request(server, tls)).status()).isEqualTo(200);
      replace(certificate, certificates.certificate("self"));
      assertThat(failure(server, tls)).hasMessageContaining("the private key is not that of");
      replace(key, certificates.key("self"));
      assertThat(failure(server, tls)).hasMessageContaining("does not accept the certificate");
      replace(certificate, certificates.certificate("good"));
      replace(key, certificates.key("good"));
      assertThat(client.get(request(server, tls)).status()).isEqualTo(200);
    }
  }

  @Test
  void aLinkThatLeadsToOtherFilesIsAChange(@TempDir Path mine) throws Exception {
    var now = Files.createSymbolicLink(mine.resolve("..data"), certificates.folder());
    var ca = Files.createSymbolicLink(mine.resolve("ca.pem"), Path.of("..data", "ca.pem"));
    var empty = Files.createDirectory(mine.resolve("empty"));
    Files.writeString(empty.resolve("ca.pem"), certificates.certificate("self"));
    try (var server = RawServer.on(certificates.listener("good"), TlsSettingsTest::playOnce)) {
      var tls = settings(new Source.InFile(ca), null, null);
      client.get(request(server, tls));
      Files.delete(now);
      Files.createSymbolicLink(now, empty);
      assertThat(failure(server, tls)).hasMessageContaining("is not trusted");
    }
  }

  @Test
  void aProxySeesNeitherTheClientsCertificateNorTheServersName() throws Exception {
    try (var server = mutual("other", "TLSv1.3");
        var proxy =
            RawServer.on(certificates.listener("good"), peer -> Tunnel.play(peer, server.port()));
        var strict = mutual("good", "TLSv1.3")) {
      var tls = with("good");
      assertThat(client.get(through(proxy, tls)).status()).isEqualTo(200);
      assertThat(client.failure(through(strict, tls), Client.LONG))
          .hasMessageContaining("https://localhost:" + strict.port())
          .hasMessageContaining("certificate");
    }
  }

  /// A server that answers clients with a certificate of the authority, and refuses others before
  /// it hangs up, which would overtake its alert if something were unread.
  private static RawServer mutual(String alias, String version) throws Exception {
    var context = certificates.context(alias);
    return RawServer.playing(peer -> {
      var tls =
          (SSLSocket) context.getSocketFactory().createSocket(peer.socket(), "localhost", 0, false);
      tls.setUseClientMode(false);
      tls.setNeedClientAuth(true);
      tls.setEnabledProtocols(new String[] {version});
      try {
        for (var seen = ""; !seen.endsWith("\r\n\r\n"); ) {
          var next = tls.getInputStream().read();
          if (next < 0) {
            return;
          }
          seen += (char) next;
        }
        tls.getOutputStream()
            .write(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
                    .getBytes(UTF_8));
      } catch (SSLException _) {
        peer.socket().getInputStream().transferTo(OutputStream.nullOutputStream());
      }
    });
  }

  private static HttpGet through(RawServer proxy, TlsSettings tls) {
    var rules = ProxyRules.of(URI.create("https://localhost:" + proxy.port()), "");
    return new HttpGet(
        URI.create("https://sentry.example/"),
        List.of(),
        ClientSettings.ofConnections(tls, rules, List.of()));
  }

  private static HttpGet request(RawServer server, TlsSettings tls) {
    return new HttpGet(
        server.tlsUri("/"), List.of(), ClientSettings.ofConnections(tls, null, List.of()));
  }

  private HttpFailure failure(RawServer server, TlsSettings tls) {
    return client.failure(request(server, tls), Client.LONG);
  }

  private static TlsSettings trusting() {
    return settings(authority(), null, null);
  }

  private static TlsSettings with(String alias) throws Exception {
    return settings(
        authority(),
        new Source.Text(new Secret(certificates.certificate(alias))),
        new Source.Text(new Secret(certificates.key(alias))));
  }

  private static TlsSettings named(String name) {
    return new TlsSettings(authority(), null, null, name, Verification.CHECKED, ALL);
  }

  private static TlsSettings speaking(String version) {
    return new TlsSettings(authority(), null, null, "", Verification.CHECKED, List.of(version));
  }

  private static TlsSettings settings(
      Source ca, @Nullable Source certificate, @Nullable Source key) {
    return new TlsSettings(ca, certificate, key, "", Verification.CHECKED, ALL);
  }

  private static Source authority() {
    return new Source.InFile(certificates.authority());
  }

  /// As programs that rotate do: a new file in the place of the old one.
  private static void replace(Path file, String text) throws IOException {
    var next = Files.writeString(file.resolveSibling("next"), text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void play(RawServer.Peer peer) throws IOException {
    while (!peer.readHead().isEmpty()) {
      peer.send(RawServer.ok("ok"));
    }
  }

  private static void playOnce(RawServer.Peer peer) throws IOException {
    peer.readHead();
    peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
  }
}
