package io.sentryexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sentryexporter.http.HttpFailure.BrokenOff;
import io.sentryexporter.http.HttpFailure.NotHttp;
import io.sentryexporter.http.HttpFailure.TooLarge;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/// How long an answer may be: head, body, and what that costs.
class AnswerLimitsTest {
  private static final String HEAD = "HTTP/1.1 200 OK\r\n";

  @Test
  void anEndlessHeadIsBrokenOff() {
    assertThat(
            Client.failureAfter(peer -> {
              peer.send(HEAD);
              while (true) {
                peer.send("X-Filler: " + "x".repeat(1000) + "\r\n");
              }
            }))
        .isInstanceOf(NotHttp.class)
        .hasMessageContaining(" sent a head that is too long");
  }

  @Test
  void anEndlessHeaderIsBrokenOff() {
    assertThat(
            Client.failureAfter(peer -> {
              peer.send(HEAD + "X-Filler: ");
              while (true) {
                peer.send("x".repeat(1000));
              }
            }))
        .isInstanceOf(NotHttp.class)
        .hasMessageContaining(" sent a head that is too long");
  }

  @Test
  void manyLargeHeadersAreDroppedAtTheLimitOfTheHead() {
    var value = "x".repeat(65_000);
    var sent = new AtomicLong();
    var before = allocatedBytes();
    var failure =
        Client.failureAfter(peer -> {
          peer.send(HEAD);
          for (var i = 0; i < 490; i++) {
            peer.send("X-Filler-" + i + ": " + value + "\r\n");
            sent.addAndGet(value.length());
          }
          peer.send("\r\n");
        });
    assertThat(failure)
        .isInstanceOf(NotHttp.class)
        .hasMessageContaining(" sent a head that is too long");
    assertThat(allocatedBytes() - before).isLessThan(4 << 20);
    assertThat(sent.get()).isLessThan(490 * 65_000);
  }

  @Test
  void aHeadOfExactlyTheLimitIsTaken() throws Exception {
    var rest = "Content-Length: 2\r\nX-Filler: ";
    var filler = "x".repeat((64 << 10) - (HEAD + rest + "\r\n\r\n").length());
    assertThat(Client.statusAfter(HEAD + rest + filler + "\r\n\r\nok")).isEqualTo(200);
    assertThat(Client.failureAfter(peer -> peer.send(HEAD + rest + filler + "x\r\n\r\nok")))
        .isInstanceOf(NotHttp.class)
        .hasMessageContaining(" sent a head that is too long");
  }

  @Test
  void aHundredHeadersAreTakenAndNotOneMore() throws Exception {
    var most = HEAD + "Content-Length: 2\r\n" + "X: y\r\n".repeat(99);
    assertThat(Client.statusAfter(most + "\r\nok")).isEqualTo(200);
    assertThat(Client.failureAfter(peer -> peer.send(most + "X: y\r\n\r\nok")))
        .isInstanceOf(NotHttp.class)
        .hasMessageContaining(" sent a head that is too long");
  }

  @Test
  void theHeadersOfInterimAnswersCountToo() {
    var hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nLink: </b>\r\n\r\n";
    var many = hints.repeat(50) + HEAD + "Content-Length: 2\r\n\r\nok";
    assertThat(Client.failureAfter(peer -> peer.send(many)))
        .isInstanceOf(NotHttp.class)
        .hasMessageContaining(" sent a head that is too long");
  }

  @Test
  void endlessInterimAnswersAreBrokenOff() {
    assertThat(
            Client.failureAfter(peer -> {
              while (true) {
                peer.send("HTTP/1.1 100 Continue\r\n\r\n".repeat(100));
              }
            }))
        .isInstanceOf(NotHttp.class)
        .hasMessageContaining(" sent a head that is too long");
  }

  @Test
  void trailersCountToTheHead() {
    var trailer = "X-Filler: " + "x".repeat(40_000) + "\r\n";
    var answer = HEAD + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n" + trailer.repeat(2);
    assertThat(Client.failureAfter(peer -> peer.send(answer + "\r\n")))
        .isInstanceOf(NotHttp.class)
        .hasMessageContaining(" sent a head that is too long");
  }

  @Test
  void aBodyMayComeInAnyNumberOfChunks() throws Exception {
    var answer = HEAD + "Transfer-Encoding: chunked\r\n\r\n" + "1\r\nx\r\n".repeat(20_000);
    try (var server = RawServer.answering(answer + "0\r\nX-Trailer: 1\r\n\r\n");
        var client = Client.standard()) {
      assertThat(client.get(server.uri("/")).body()).hasSize(20_000);
      assertThat(client.get(server.uri("/")).body()).hasSize(20_000);
      assertThat(server.accepted()).isEqualTo(1);
    }
  }

  @Test
  void aBodyOfExactlyTheLimitIsTaken() throws Exception {
    try (var server = RawServer.answering(RawServer.ok("x".repeat(1000)));
        var client = Client.with(Client.bodyBytes(1000))) {
      assertThat(client.get(server.uri("/")).body()).hasSize(1000);
    }
    try (var server = RawServer.answering(RawServer.ok("x".repeat(1001)));
        var client = Client.with(Client.bodyBytes(1000))) {
      assertThat(client.failure(server.uri("/")))
          .isInstanceOf(TooLarge.class)
          .hasMessageEndingWith(" sent a body of more than 1000 bytes");
    }
  }

  @Test
  void aHugeBodyIsDroppedAtTheLimitAndCostsLittleMemory() {
    var sent = new AtomicLong();
    var block = new byte[64 << 10];
    try (var server =
            RawServer.playing(peer -> {
              peer.readHead();
              peer.send(HEAD + "\r\n");
              while (sent.get() < 256 << 20) {
                peer.send(block);
                sent.addAndGet(block.length);
              }
            });
        var client = Client.with(Client.bodyBytes(1 << 20))) {
      var before = allocatedBytes();
      var failure = client.failure(server.uri("/"));
      assertThat(failure).isInstanceOf(TooLarge.class);
      assertThat(failure.status()).isEqualTo(200);
      assertThat(failure.contentLength()).isEqualTo(-1);
      assertThat(allocatedBytes() - before).isLessThan(8 << 20);
      assertThat(sent.get()).isLessThan(64 << 20);
    }
  }

  @Test
  void anAnnouncedLengthOverTheLimitIsRefusedUnread() {
    try (var server =
            RawServer.playing(peer -> {
              peer.readHead();
              peer.send(HEAD + "Content-Length: 1000000000\r\n\r\n");
              peer.awaitClose();
            });
        var client = Client.standard()) {
      var before = allocatedBytes();
      var failure = client.failure(server.uri("/"));
      assertThat(failure).isInstanceOf(TooLarge.class);
      assertThat(failure.contentLength()).isEqualTo(1_000_000_000);
      assertThat(allocatedBytes() - before).isLessThan(8 << 20);
    }
  }

  @Test
  void anAnnouncedLengthTakesNoMemoryBeforeItComes() {
    try (var server =
            RawServer.playing(peer -> {
              peer.readHead();
              peer.send(HEAD + "Content-Length: 30000000\r\n\r\n[");
            });
        var client = Client.standard()) {
      var before = allocatedBytes();
      assertThat(client.failure(server.uri("/"))).isInstanceOf(BrokenOff.class);
      assertThat(allocatedBytes() - before).isLessThan(8 << 20);
    }
  }

  @Test
  void aGzipBombIsDroppedAtTheLimit() throws Exception {
    var bomb = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bomb)) {
      var zeros = new byte[1 << 20];
      for (var i = 0; i < 100; i++) {
        gzip.write(zeros);
      }
    }
    try (var server = RawServer.playing(RawServer.coded("gzip", bomb.toByteArray()));
        var client = Client.with(Client.bodyBytes(1 << 20))) {
      var before = allocatedBytes();
      assertThat(client.failure(server.uri("/"))).isInstanceOf(TooLarge.class);
      assertThat(allocatedBytes() - before).isLessThan(8 << 20);
    }
  }

  /// What this thread, which makes the calls, has allocated since it began.
  private static long allocatedBytes() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}
