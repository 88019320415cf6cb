package io.sentryexporter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// TLS takes longer to load than all the rest: who speaks plain http must not pay for it.
class LazyTlsTest {
  @Test
  void aProcessThatOnlySpeaksHttpLoadsNothingOfTls() throws Exception {
    try (var server = RawServer.answering(RawServer.ok("[[1,2]]"))) {
      var loaded = classesLoadedToAsk(server.uri("/"));
      assertThat(loaded)
          .contains("io.sentryexporter.http.HttpClient ")
          .doesNotContain(
              "sun.security.ssl.", "javax.net.ssl.SSLContext ", "java.security.KeyStore ");
    }
  }

  private static String classesLoadedToAsk(URI uri) throws Exception {
    var command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xlog:class+load:stdout",
            "-cp",
            System.getProperty("java.class.path"),
            OneRequest.class.getName(),
            uri.toString());
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  /// A program that makes one call.
  static final class OneRequest {
    private OneRequest() {}

    public static void main(String[] arguments) throws HttpFailure {
      try (var client = Client.standard()) {
        client.get(URI.create(arguments[0]));
      }
    }
  }
}
