package io.sentryexporter.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.server.Listener.Limits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bodies over raw sockets: nothing uses them, so they are only read past, within a limit.
class RequestBodyTest extends ListeningTest {
  private static final int MOST = 64 << 10;
  private static final String CHUNKED =
      head("POST / HTTP/1.1", "Host: x", "Transfer-Encoding: chunked");

  @Test
  void theStandardLimitIsFarBelowWhatManyConnectionsCouldFillTheMemoryWith() {
    assertThat(Limits.STANDARD.maxBodyBytes()).isEqualTo(MOST);
  }

  @Test
  void theNextRequestBeginsBehindABodyOfTheGreatestLength() throws Exception {
    var client = client(listen());

    client.send(
        head("POST /first HTTP/1.1", "Host: x", "Content-Length: " + MOST) + "x".repeat(MOST));
    client.get("/next");

    assertThat(client.answer().body()).isEqualTo("POST /first");
    assertThat(client.answer().body()).isEqualTo("GET /next");
  }

  @Test
  void theNextRequestBeginsBehindAChunkedBody() throws Exception {
    var client = client(listen());

    client.send(CHUNKED + head("3;extension=1", "abc", "2", "de", "0", "Trailer: x")).get("/next");

    assertThat(client.answer().body()).isEqualTo("POST /");
    assertThat(client.answer().body()).isEqualTo("GET /next");
  }

  @Test
  void aBodyTooLargeIsRefusedBeforeItIsRead() throws Exception {
    var client = client(listen());

    client.send(head("POST / HTTP/1.1", "Host: x", "Content-Length: " + (MOST + 1)));

    assertThat(client.answer().code()).isEqualTo(413);
    assertThat(client.rest()).isEmpty();
    assertThat(seen).isEmpty();
  }

  @Test
  void aClientStillSendingATooLargeBodyReadsWhyItIsRefused() throws Exception {
    var client = client(listen());

    client.send(CHUNKED);
    for (int i = 0; i < 20; i++) {
      client.send("10000\r\n" + "x".repeat(0x10000) + "\r\n");
    }

    assertThat(client.answer().body())
        .isEqualTo("request body too large: at most 65536 bytes are read\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zz\r\n",
        "+3\r\nabc\r\n0\r\n\r\n",
        "-0\r\n\r\n",
        " 3\r\nabc\r\n0\r\n\r\n",
        "3\nabc\r\n0\r\n\r\n",
        "3\r\nabc\n0\r\n\r\n",
        "3\r\nabc\r\n0\n\r\n",
        "3\r\nabc\r\n0\r\n\n",
        "3;a\rb\r\nabc\r\n0\r\n\r\n",
        "-1\r\n",
        "FFFFFFFFFFFFFFFFF\r\nabc",
        "3\r\nabcX\r\n0\r\n\r\n",
        "0\r\nno colon\r\n\r\n"
      })
  void aMalformedChunkIsABadRequest(String chunk) throws Exception {
    var client = client(listen());

    client.send(CHUNKED + chunk);

    assertThat(client.answer().body()).isEqualTo("bad request: the body's chunks are malformed\n");
    assertThat(client.rest()).isEmpty();
    assertThat(seen).isEmpty();
  }

  @Test
  void trailersAreNoWayAroundTheLimits() throws Exception {
    var client = client(listen());

    client.send(CHUNKED + "0\r\n" + ("T: " + "x".repeat(8000) + "\r\n").repeat(50));

    assertThat(client.answer().code()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"5\r\nhel", "5\r\nhello\r\n"})
  void aChunkedBodyCutShortIsNotARequest(String chunks) throws Exception {
    var client = client(listen());

    client.send(CHUNKED + chunks).closeSendingHalf();

    assertThat(client.rest()).isEmpty();
    assertThat(seen).isEmpty();
  }
}
