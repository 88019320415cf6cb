package io.sentryexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.http.HttpFailure.TlsFailed;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Servers that speak TLS of a version that is not safe any more.
class OldTlsTest {
  /// The alert `protocol_version`, in a record of TLS 1.1.
  private static final String ALERT = "15 0302 0002 0246";

  /// A ServerHello that chooses a version: its random, no session, AES-128 with SHA-1.
  private static String hello(String version) {
    return "16 %1$s 002a 02 000026 %1$s %2$s 00 002f 00".formatted(version, "5a".repeat(32));
  }

  @ParameterizedTest
  @CsvSource({"TLS 1.1, 0302", "TLS 1.0, 0301"})
  void aServerOfAnOldVersionIsRefused(String name, String version) {
    assertRefused(hello(version));
  }

  @Test
  void aServerThatKnowsNoNewVersionIsRefused() {
    assertRefused(ALERT);
  }

  private static void assertRefused(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    try (var server =
            RawServer.playing(peer -> {
              peer.send(bytes);
              peer.awaitClose();
            });
        var client = Client.standard()) {
      assertThat(client.failure(server.tlsUri("/")))
          .isInstanceOf(TlsFailed.class)
          .hasMessageStartingWith(
              "https://localhost:" + server.port() + ": TLS handshake failed: ");
    }
  }
}
