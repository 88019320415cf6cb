package io.sentryexporter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.http.HttpFailure.BrokenOff;
import io.sentryexporter.http.HttpFailure.NotHttp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An answer is whole or there is none.
class BrokenAnswerTest {
  private static final String HEAD = "HTTP/1.1 200 OK\r\n";

  @Test
  void aResetInTheBodyIsBrokenOff() {
    var failure =
        Client.failureAfter(peer -> {
          peer.send(HEAD + "Content-Length: 10\r\n\r\n12345");
          peer.reset();
        });
    assertThat(failure).isInstanceOf(BrokenOff.class).hasMessageContaining("before the end");
    assertThat(failure.status()).isEqualTo(200);
    assertThat(failure.contentLength()).isEqualTo(10);
  }

  @Test
  void aResetBeforeTheAnswerIsBrokenOff() {
    var failure = Client.failureAfter(RawServer.Peer::reset);
    assertThat(failure).isInstanceOf(BrokenOff.class);
    assertThat(failure.status()).isZero();
    assertThat(failure.contentLength()).isZero();
  }

  @Test
  void aBodyCutShortIsRefusedWhole() {
    assertThat(Client.failureAfter(peer -> peer.send(HEAD + "Content-Length: 10\r\n\r\n12345")))
        .isInstanceOf(BrokenOff.class)
        .hasMessageEndingWith(
            " closed the connection before the end of the answer, whose status was 200");
  }

  @Test
  void aChunkCutShortIsBrokenOff() {
    assertThat(
            Client.failureAfter(
                peer -> peer.send(HEAD + "Transfer-Encoding: chunked\r\n\r\n5\r\n12")))
        .isInstanceOf(BrokenOff.class)
        .hasMessageContaining("before the end");
  }

  @Test
  void aMissingLastChunkIsBrokenOff() {
    assertThat(
            Client.failureAfter(
                peer -> peer.send(HEAD + "Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n")))
        .isInstanceOf(BrokenOff.class)
        .hasMessageContaining("before the end");
  }

  @Test
  void aChunkWithoutASizeIsBrokenOff() {
    assertThat(
            Client.failureAfter(
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
            Client.failureAfter(
                peer -> peer.send(HEAD + "Transfer-Encoding: chunked\r\n\r\n" + chunks)))
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
      body.write(coding.equals("gzip") ? RawServer.gzip("[[1,2]]") : RawServer.zlib("[[1,2]]"));
      body.write("x".repeat(length).getBytes(UTF_8));
      assertThat(failureOf(coding, body.toByteArray()))
          .as(coding)
          .isInstanceOf(NotHttp.class)
          .hasMessageContaining("not in the declared content coding");
    }
  }

  @Test
  void aSecondGzipMemberCutShortOrFollowedByBytesIsRefused() throws Exception {
    var second = RawServer.gzip(",[3,4]]");
    for (var length = 1; length < second.length; length++) {
      assertThat(failureOf("gzip", twoMembers(Arrays.copyOf(second, length))))
          .as("cut after %d bytes", length)
          .isInstanceOf(NotHttp.class);
    }
    assertThat(failureOf("gzip", twoMembers(Arrays.copyOf(second, second.length + 1))))
        .isInstanceOf(NotHttp.class);
  }

  @Test
  void gzipCutShortIsBrokenOff() throws Exception {
    var whole = RawServer.gzip("[[1,2],[3,4],[5,6]]");
    for (var length = 1; length < whole.length; length++) {
      assertThat(failureOfGzip(Arrays.copyOf(whole, length)))
          .as("cut after %d bytes", length)
          .isInstanceOf(NotHttp.class)
          .hasMessageContaining("cut short");
    }
  }

  @Test
  void gzipWithAWrongChecksumIsBrokenOff() throws Exception {
    var damaged = RawServer.gzip("[[1,2]]");
    damaged[damaged.length - 6] ^= 1;
    assertThat(failureOfGzip(damaged)).isInstanceOf(NotHttp.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "br"})
  void aBodyThatIsNotInItsCodingIsBrokenOff(String coding) {
    assertThat(
            Client.failureAfter(peer ->
                peer.send(
                    HEAD + "Content-Length: 7\r\nContent-Encoding: " + coding + "\r\n\r\n[[1,2]]")))
        .isInstanceOf(NotHttp.class)
        .hasMessageContaining("not in the declared content coding");
  }

  @Test
  void aSecondGzipMemberIsNotSilentlyLost() throws Exception {
    try (var server =
            RawServer.playing(RawServer.coded("gzip", twoMembers(RawServer.gzip(",[3,4]]"))));
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
    assertThat(Client.failureAfter(peer -> peer.send(garbage)))
        .isInstanceOf(NotHttp.class)
        .hasMessageContaining(" answered with something that is not HTTP");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-5", "+5", "5, 5", "ten", "0x5", "", "9999999999999999999"})
  void aLengthThatIsNoneIsBrokenOffAlsoWhereTheBodyIsNotWanted(String length) {
    var failure =
        Client.failureAfter(peer ->
            peer.send("HTTP/1.1 404 Not Found\r\nContent-Length: " + length + "\r\n\r\n12345"));
    assertThat(failure)
        .isInstanceOf(NotHttp.class)
        .hasMessageContaining(" answered with something that is not HTTP");
    assertThat(failure.contentLength()).isZero();
  }

  @Test
  void textOfTheServerIsNeverQuoted() {
    assertThat(Client.failureAfter(peer -> peer.send("Bearer s3cr3t is what you sent\r\n\r\n")))
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
    assertThat(Client.failureAfter(peer -> peer.send(head)))
        .isInstanceOf(BrokenOff.class)
        .hasMessageContaining("before the end");
  }

  private static byte[] twoMembers(byte[] second) throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.write(RawServer.gzip("[[1,2]"));
    bytes.write(second);
    return bytes.toByteArray();
  }

  private static HttpFailure failureOfGzip(byte[] body) throws IOException {
    return failureOf("gzip", body);
  }

  private static HttpFailure failureOf(String coding, byte[] body) {
    try (var server = RawServer.playing(RawServer.coded(coding, body));
        var client = Client.standard()) {
      return client.failure(server.uri("/"));
    }
  }
}
