package io.sentryexporter.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class TlsTest {
  private static final char[] PASSWORD = "simulated".toCharArray();

  @TempDir private Path folder;

  @Test
  void itSpeaksTlsAndPlaysFaultsBelowIt() throws Exception {
    var tls = selfSigned();
    var options = ServerOptions.onLoopback(TestClock.at("2026-11-22T10:17:33Z")).withTls(tls);
    try (var sentry = SimulatedSentry.start(SimulatedWorld.demo(7), options);
        var client = HttpClient.newBuilder().sslContext(tls).build()) {
      assertThat(sentry.url().getScheme()).isEqualTo("https");
      assertThat(get(client, sentry, "gzip").statusCode()).isEqualTo(200);
      assertThatThrownBy(() -> get(client, sentry, "reset")).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> get(client, sentry, "truncated")).isInstanceOf(IOException.class);
    }
  }

  private static HttpResponse<String> get(HttpClient client, SimulatedSentry sentry, String fault)
      throws IOException, InterruptedException {
    var stats = URI.create(sentry.url() + "/api/0/projects/acme/web/stats/");
    var request =
        HttpRequest.newBuilder(stats)
            .timeout(Duration.ofMinutes(1))
            .header("Authorization", "Bearer " + SimulatedSentry.TOKEN)
            .header("X-Simulate", fault);
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /// A context whose key it trusts itself.
  private SSLContext selfSigned() throws Exception {
    var file = folder.resolve("simulated.p12");
    var keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "simulated",
                "-keyalg",
                "EC",
                "-dname",
                "CN=simulated",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).isZero();
    var store = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }
}
