package io.sentryexporter.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.server.ListenAddress.ListenException;
import io.sentryexporter.server.ListeningTest;
import io.sentryexporter.testing.Fetch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/// Pages too long to be kept as they are.
class LongPageTest extends ListeningTest {
  private static final byte[] LINE = "sentry_projects{organization=\"acme\"} 12\n".getBytes(UTF_8);
  private static final int LINES = 1_000_000;

  private String url() throws ListenException {
    var listener =
        listen(LIMITS, request -> Compression.apply(request, "text/plain", LongPageTest::write));
    return "http://127.0.0.1:" + listener.localAddress().getPort() + "/";
  }

  @Test
  void whoAcceptsNoGzipGetsALongPageAsItIsWithItsLength() throws ListenException {
    var reply = Fetch.get(url());

    assertThat(reply.header("Content-Encoding")).isEmpty();
    assertThat(reply.header("Vary")).isEqualTo("Accept-Encoding");
    assertThat(reply.header("Content-Length")).isEqualTo(Integer.toString(LINES * LINE.length));
    assertWhole(reply.http().body());
  }

  @Test
  void whoAcceptsGzipGetsItPacked() throws Exception {
    var reply = Fetch.get(url(), "Accept-Encoding", "gzip");

    assertThat(reply.header("Content-Encoding")).isEqualTo("gzip");
    assertThat(reply.http().body()).hasSizeLessThan(LINES);
    assertWhole(new GZIPInputStream(new ByteArrayInputStream(reply.http().body())).readAllBytes());
  }

  private static void write(OutputStream out) throws IOException {
    for (int i = 0; i < LINES; i++) {
      out.write(LINE);
    }
  }

  private static void assertWhole(byte[] page) {
    assertThat(page).hasSize(LINES * LINE.length).startsWith(LINE).endsWith(LINE);
  }
}
