package io.sentryexporter.http;

import static io.sentryexporter.http.Client.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sentryexporter.http.HttpFailure.BrokenOff;
import io.sentryexporter.http.HttpFailure.ConnectFailed;
import io.sentryexporter.http.HttpFailure.NotHttp;
import io.sentryexporter.http.HttpFailure.TooLarge;
import io.sentryexporter.http.HttpFailure.UnknownHost;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An answer is whole or there is none.
class BrokenAnswerTest {
  private static final String HEAD = "HTTP/1.1 200 OK\r\n";

  @Test
  void aResetInTheBodyIsBrokenOff() {
    var failure =
        failureAfter(peer -> {
          peer.send(HEAD + "Content-Length: 10\r\n\r\n12345");
          peer.reset();
        });
    assertThat(failure).isInstanceOf(BrokenOff.class).hasMessageContaining("before the end");
    assertThat(failure.status()).isEqualTo(200);
    assertThat(failure.contentLength()).isEqualTo(10);
  }

  @Test
  void aResetBeforeTheAnswerIsBrokenOff() {
    var failure = failureAfter(RawServer.Peer::reset);
    assertThat(failure).isInstanceOf(BrokenOff.class);
    assertThat(failure.status()).isZero();
    assertThat(failure.contentLength()).isZero();
  }

  @Test
  void aBodyCutShortIsRefusedWhole() {
    assertThat(failureAfter(peer -> peer.send(HEAD + "Content-Length: 10\r\n\r\n12345")))
        .isInstanceOf(BrokenOff.class)
        .hasMessageEndingWith(
            " closed the connection before the end of the answer, whose status was 200");
  }

  @Test
  void aChunkCutShortIsBrokenOff() {
    assertThat(failureAfter(peer -> peer.send(HEAD + "Transfer-Encoding: chunked\r\n\r\n5\r\n12")))
        .isInstanceOf(BrokenOff.class)
        .hasMessageContaining("before the end");
  }

  @Test
  void aMissingLastChunkIsBrokenOff() {
    assertThat(
            failureAfter(
                peer -> peer.send(HEAD + "Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n")))
        .isInstanceOf(BrokenOff.class)
        .hasMessageContaining("before the end");
  }

  @Test
  void aChunkWithoutASizeIsBrokenOff() {
    assertThat(
            failureAfter(
                peer -> peer.send(HEAD + "Transfer-Encoding: chunked\r\n\r\nsize\r\n12345\r\n")))
        .isInstanceOf(NotHttp.class)
        .hasMessageContaining(" sent a broken chunk");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+3\r\nabc\r\n0\r\n\r\n",
        "-0\r\n\r\n",
        " 3\r\nabc\r\n0\r\n\r\n",
        "3\nabc\r\n0\r\n\r\n",
        "3\r\nabc\n0\r\n\r\n",
        "3\r\nabc\r\n0\n\r\n",
        "3\r\nabc\r\n0\r\n\n",
        "3\r\nabc\r\n0\r\nA: b\n\r\n",
        "3;a\rb\r\nabc\r\n0\r\n\r\n",
        "3 3\r\nabc\r\n0\r\n\r\n",
        "0x3\r\nabc\r\n0\r\n\r\n",
        "\u0663\r\nabc\r\n0\r\n\r\n",
        "00000000000000003\r\nabc\r\n0\r\n\r\n"
      })
  void aChunkThatIsNotWrittenAsHttpWantsItIsRefused(String chunks) {
    assertThat(
            failureAfter(peer -> peer.send(HEAD + "Transfer-Encoding: chunked\r\n\r\n" + chunks)))
        .isInstanceOf(NotHttp.class)
        .hasMessageContaining(" sent a broken chunk");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "03", "0000000000000003", "3;a=b", "3 ; a", "3  "})
  void aChunkSizeMayHaveZerosAnExtensionAndBlanksBehind(String size) throws Exception {
    var answer = HEAD + "Transfer-Encoding: chunked\r\n\r\n" + size + "\r\nabc\r\n0\r\n\r\n";
    try (var server = RawServer.answering(answer);
        var client = Client.standard()) {
      assertThat(client.get(server.uri("/")).body()).asString(UTF_8).isEqualTo("abc");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 20, 9000})
  void bytesBehindTheEndOfACompressedBodyAreRefused(int length) throws Exception {
    for (var coding : List.of("gzip", "deflate")) {
      var body = new ByteArrayOutputStream();
      body.write(
          coding.equals("gzip") ? HttpClientTest.gzip("[[1,2]]") : HttpClientTest.zlib("[[1,2]]"));
      body.write("x".repeat(length).getBytes(UTF_8));
      assertThat(failureOf(coding, body.toByteArray()))
          .as(coding)
          .isInstanceOf(NotHttp.class)
          .hasMessageContaining("not in the declared content coding");
    }
  }

  @Test
  void aSecondGzipMemberCutShortOrFollowedByBytesIsRefused() throws Exception {
    var second = HttpClientTest.gzip(",[3,4]]");
    for (var length = 1; length < second.length; length++) {
      assertThat(failureOf("gzip", twoMembers(Arrays.copyOf(second, length))))
          .as("cut after %d bytes", length)
          .isInstanceOf(NotHttp.class);
    }
    assertThat(failureOf("gzip", twoMembers(Arrays.copyOf(second, second.length + 1))))
        .isInstanceOf(NotHttp.class);
  }

  private static byte[] twoMembers(byte[] second) throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.write(HttpClientTest.gzip("[[1,2]"));
    bytes.write(second);
    return bytes.toByteArray();
  }

  @Test
  void gzipCutShortIsBrokenOff() throws Exception {
    var whole = HttpClientTest.gzip("[[1,2],[3,4],[5,6]]");
    for (var length = 1; length < whole.length; length++) {
      assertThat(failureOfGzip(Arrays.copyOf(whole, length)))
          .as("cut after %d bytes", length)
          .isInstanceOf(NotHttp.class)
          .hasMessageContaining("cut short");
    }
  }

  @Test
  void gzipWithAWrongChecksumIsBrokenOff() throws Exception {
    var damaged = HttpClientTest.gzip("[[1,2]]");
    damaged[damaged.length - 6] ^= 1;
    assertThat(failureOfGzip(damaged)).isInstanceOf(NotHttp.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "br"})
  void aBodyThatIsNotInItsCodingIsBrokenOff(String coding) {
    assertThat(
            failureAfter(peer ->
                peer.send(
                    HEAD + "Content-Length: 7\r\nContent-Encoding: " + coding + "\r\n\r\n[[1,2]]")))
        .isInstanceOf(NotHttp.class)
        .hasMessageContaining("not in the declared content coding");
  }

  @Test
  void aSecondGzipMemberIsNotSilentlyLost() throws Exception {
    try (var server =
            RawServer.playing(
                HttpClientTest.coded("gzip", twoMembers(HttpClientTest.gzip(",[3,4]]"))));
        var client = Client.standard()) {
      assertThat(client.get(server.uri("/")).body()).asString(UTF_8).isEqualTo("[[1,2],[3,4]]");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.6\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: zip\r\n\r\n",
        "HTTP/2 200 OK\r\n\r\n",
        "HTTP/1.1 000 X\r\n\r\n",
        "HTTP/1.1 -20 X\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 1000 X\r\n\r\n"
      })
  void garbageIsBrokenOff(String garbage) {
    assertThat(failureAfter(peer -> peer.send(garbage)))
        .isInstanceOf(NotHttp.class)
        .hasMessageContaining(" answered with something that is not HTTP");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-5", "+5", "5, 5", "ten", "0x5", "", "9999999999999999999"})
  void aLengthThatIsNoneIsBrokenOffAlsoWhereTheBodyIsNotWanted(String length) {
    var failure =
        failureAfter(peer ->
            peer.send("HTTP/1.1 404 Not Found\r\nContent-Length: " + length + "\r\n\r\n12345"));
    assertThat(failure)
        .isInstanceOf(NotHttp.class)
        .hasMessageContaining(" answered with something that is not HTTP");
    assertThat(failure.contentLength()).isZero();
  }

  @Test
  void textOfTheServerIsNeverQuoted() {
    assertThat(failureAfter(peer -> peer.send("Bearer s3cr3t is what you sent\r\n\r\n")))
        .isInstanceOf(NotHttp.class)
        .hasNoCause()
        .message()
        .doesNotContain("s3cr3t");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain",
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 302 Found\r\nLocation: /a"
      })
  void aHeadCutShortIsBrokenOff(String head) {
    assertThat(failureAfter(peer -> peer.send(head)))
        .isInstanceOf(BrokenOff.class)
        .hasMessageContaining("before the end");
  }

  @Test
  void anEndlessHeadIsBrokenOff() {
    assertThat(
            failureAfter(peer -> {
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
            failureAfter(peer -> {
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
        failureAfter(peer -> {
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
    assertThat(statusAfter(HEAD + rest + filler + "\r\n\r\nok")).isEqualTo(200);
    assertThat(failureAfter(peer -> peer.send(HEAD + rest + filler + "x\r\n\r\nok")))
        .isInstanceOf(NotHttp.class)
        .hasMessageContaining(" sent a head that is too long");
  }

  @Test
  void aHundredHeadersAreTakenAndNotOneMore() throws Exception {
    var most = HEAD + "Content-Length: 2\r\n" + "X: y\r\n".repeat(99);
    assertThat(statusAfter(most + "\r\nok")).isEqualTo(200);
    assertThat(failureAfter(peer -> peer.send(most + "X: y\r\n\r\nok")))
        .isInstanceOf(NotHttp.class)
        .hasMessageContaining(" sent a head that is too long");
  }

  @Test
  void theHeadersOfInterimAnswersCountToo() {
    var hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nLink: </b>\r\n\r\n";
    var many = hints.repeat(50) + HEAD + "Content-Length: 2\r\n\r\nok";
    assertThat(failureAfter(peer -> peer.send(many)))
        .isInstanceOf(NotHttp.class)
        .hasMessageContaining(" sent a head that is too long");
  }

  @Test
  void endlessInterimAnswersAreBrokenOff() {
    assertThat(
            failureAfter(peer -> {
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
    assertThat(failureAfter(peer -> peer.send(answer + "\r\n")))
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
  void aConnectionWhoseBuffersHaveGrownIsNotKept() throws Exception {
    var answer = HEAD + "X-Filler: " + "x".repeat(10_000) + "\r\nContent-Length: 2\r\n\r\nok";
    try (var server = RawServer.answering(answer);
        var client = Client.standard()) {
      client.get(server.uri("/"));
      client.get(server.uri("/"));
      assertThat(server.accepted()).isEqualTo(2);
    }
  }

  @Test
  void aBodyOfExactlyTheLimitIsTaken() throws Exception {
    try (var server = RawServer.answering(RawServer.ok("x".repeat(1000)));
        var client = Client.with(Client.settings().withBodyLimit(1000))) {
      assertThat(client.get(server.uri("/")).body()).hasSize(1000);
    }
    try (var server = RawServer.answering(RawServer.ok("x".repeat(1001)));
        var client = Client.with(Client.settings().withBodyLimit(1000))) {
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
        var client = Client.with(Client.settings().withBodyLimit(1 << 20))) {
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
    try (var server = RawServer.playing(HttpClientTest.coded("gzip", bomb.toByteArray()));
        var client = Client.with(Client.settings().withBodyLimit(1 << 20))) {
      var before = allocatedBytes();
      assertThat(client.failure(server.uri("/"))).isInstanceOf(TooLarge.class);
      assertThat(allocatedBytes() - before).isLessThan(8 << 20);
    }
  }

  @Test
  void theConnectionOfABrokenAnswerIsNotUsedAgain() throws Exception {
    try (var server =
            RawServer.playing(peer -> {
              peer.readHead();
              if (peer.number == 1) {
                peer.send(HEAD + "Transfer-Encoding: chunked\r\n\r\nsize\r\n");
                peer.awaitClose();
              }
              peer.send(RawServer.ok("ok"));
            });
        var client = Client.standard()) {
      assertThat(client.failure(server.uri("/"))).isInstanceOf(NotHttp.class);
      assertThat(client.get(server.uri("/")).body()).asString(UTF_8).isEqualTo("ok");
      assertThat(server.accepted()).isEqualTo(2);
    }
  }

  @Test
  void aRefusedConnectionNamesHostPortAndAddress() throws Exception {
    int port;
    try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = listener.getLocalPort();
    }
    try (var client = Client.standard()) {
      assertThat(client.failure(URI.create("http://localhost:" + port + "/a?token=s3cr3t")))
          .isInstanceOf(ConnectFailed.class)
          .hasMessageContaining("cannot connect to localhost:" + port + ": ")
          .hasMessageContaining("connection refused")
          .message()
          .doesNotContain("s3cr3t");
    }
  }

  @Test
  void theNextAddressIsTriedWhereOneRefuses() throws Exception {
    try (var server = RawServer.answering(RawServer.ok("ok"));
        var client =
            new Client(
                Client.settings(),
                _ ->
                    new InetAddress[] {
                      InetAddress.ofLiteral("127.0.0.2"), InetAddress.ofLiteral("127.0.0.1")
                    })) {
      var answer = client.get(URI.create("http://sentry.example:" + server.port() + "/"));
      assertThat(answer.status()).isEqualTo(200);
    }
  }

  @Test
  void anUnknownHostIsNamed() {
    try (var client =
        new Client(
            Client.settings(),
            host -> {
              throw new UnknownHostException(host);
            })) {
      assertThat(client.failure(URI.create("http://me:s3cr3t@sentry.exampel/")))
          .isInstanceOf(UnknownHost.class)
          .hasMessageStartingWith("cannot find the address of sentry.exampel")
          .message()
          .doesNotContain("s3cr3t");
    }
  }

  @Test
  void aLookupForWhichNoThreadCanBeStartedFailsAndTheNextOneWorks() throws Exception {
    var threads = new AtomicLong();
    var names =
        new NameLookup(
            _ -> new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")},
            work -> {
              if (threads.getAndIncrement() == 0) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              Thread.ofPlatform().daemon().start(work);
            });
    try (var server = RawServer.answering(RawServer.ok("ok"));
        var client = new Client(Client.settings(), names)) {
      var uri = URI.create("http://sentry.example:" + server.port() + "/");
      assertThat(client.failure(uri)).isInstanceOf(UnknownHost.class);
      assertThat(client.get(uri).body()).asString(UTF_8).isEqualTo("ok");
    }
  }

  private static HttpFailure failureAfter(RawServer.Script answer) {
    try (var server =
            RawServer.playing(peer -> {
              peer.readHead();
              answer.play(peer);
            });
        var client = Client.standard()) {
      return client.failure(request(server.uri("/a?q=1")), Client.LONG);
    }
  }

  private static int statusAfter(String answer) throws HttpFailure {
    try (var server = RawServer.answering(answer);
        var client = Client.standard()) {
      return client.get(server.uri("/")).status();
    }
  }

  private static HttpFailure failureOfGzip(byte[] body) throws IOException {
    return failureOf("gzip", body);
  }

  private static HttpFailure failureOf(String coding, byte[] body) {
    try (var server = RawServer.playing(HttpClientTest.coded(coding, body));
        var client = Client.standard()) {
      return client.failure(server.uri("/"));
    }
  }

  /// What this thread, which makes the calls, has allocated since it began.
  private static long allocatedBytes() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}
