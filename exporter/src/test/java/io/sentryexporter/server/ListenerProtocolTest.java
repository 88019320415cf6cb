package io.sentryexporter.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.LogCapture;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The listener over raw sockets: requests and answers.
class ListenerProtocolTest extends ListeningTest {
  @Test
  void pathQueryAndHeadersReachTheHandlerAsSent() throws Exception {
    var client = client(listen());

    client.send(
        head(
                "POST /a%2Fb//c?x=%zz&y=1?2 HTTP/1.1",
                "host: x", "X-One: 1", "x-one:2", "Content-Length: 5")
            + "hello");

    assertThat(client.answer().code()).isEqualTo(200);
    var request = nextSeen();
    assertThat(request.path()).isEqualTo("/a%2Fb//c");
    assertThat(request.query()).isEqualTo("x=%zz&y=1?2");
    assertThat(request.headers().first("X-ONE")).contains("1");
    assertThat(request.headers().list("X-One")).contains("1, 2");
  }

  @Test
  void bytesBeyondAsciiAreKept() throws Exception {
    var client = client(listen());

    client.get("/\u00c3\u009c?\u00d0\u0090").answer();

    var request = nextSeen();
    assertThat(request.path()).isEqualTo("/\u00c3\u009c");
    assertThat(request.query()).isEqualTo("\u00d0\u0090");
  }

  @Test
  void theAbsoluteFormMeansItsPath() throws Exception {
    var client = client(listen());

    client.get("http://exporter:9412/probe?target=a").answer();
    client.get("HTTP://exporter").answer();

    var first = nextSeen();
    assertThat(first.path()).isEqualTo("/probe");
    assertThat(first.query()).isEqualTo("target=a");
    assertThat(nextSeen().path()).isEqualTo("/");
  }

  @Test
  void requestsFollowEachOtherOnOneConnection() throws Exception {
    var client = client(listen());

    assertThat(client.get("/1").answer().body()).isEqualTo("GET /1");
    assertThat(client.get("/2").answer().body()).isEqualTo("GET /2");
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    var client = client(listen());

    client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n").get("/3");

    for (int i = 1; i <= 3; i++) {
      assertThat(client.answer().body()).isEqualTo("GET /" + i);
    }
  }

  @Test
  void morePipelinedRequestsThanFitTheBufferAreAllAnswered() throws Exception {
    var client = client(listen());

    client.send(head("GET /again HTTP/1.1", "Host: x", "A: " + "a".repeat(100)).repeat(200));

    for (int i = 0; i < 200; i++) {
      assertThat(client.answer().body()).isEqualTo("GET /again");
    }
  }

  @Test
  void headIsAnsweredWithTheLengthButWithoutTheBody() throws Exception {
    var client = client(listen());

    client.send("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n");

    assertThat(client.answerWithoutBody().headers()).contains("Content-Length: 7");
    assertThat(client.get("/next").answer().body()).as("nothing in between").isEqualTo("GET /next");
  }

  @Test
  void anEmptyAnswerHasItsLength() throws Exception {
    var client = client(listen(LIMITS, _ -> new Response(200, List.of(), new byte[0])));

    assertThat(client.get("/").answer().headers()).contains("Content-Length: 0");
    assertThat(client.get("/").answer().code()).isEqualTo(200);
  }

  @Test
  void aLargeAnswerArrivesWhole() throws Exception {
    var text = "0123456789".repeat(500_000);
    var client = client(listen(LIMITS, _ -> Response.text(200, text)));

    assertThat(client.get("/").answer().body()).isEqualTo(text);
    assertThat(client.get("/").answer().body()).isEqualTo(text);
  }

  @Test
  void connectionCloseIsHonoured() throws Exception {
    var client = client(listen());

    client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\n");

    assertThat(client.answer().has("Connection: close")).isTrue();
    assertThat(client.rest()).isEmpty();
  }

  @Test
  void http10ClosesUnlessItRequestsKeepAlive() throws Exception {
    var listener = listen();
    var once = client(listener).send("GET /once HTTP/1.0\r\n\r\n");
    var more = client(listener).send("GET /more HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

    assertThat(once.answer().has("Connection: close")).isTrue();
    assertThat(once.rest()).isEmpty();
    assertThat(more.answer().has("Connection: keep-alive")).isTrue();
    assertThat(more.get("/again").answer().body()).isEqualTo("GET /again");
  }

  @Test
  void aClientThatWaitsToSendItsBodyGets100Continue() throws Exception {
    var client = client(listen());

    client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");

    assertThat(client.answer().code()).isEqualTo(100);
    assertThat(client.send("ok").get("/next").answer().body()).isEqualTo("POST /");
    assertThat(client.answer().body()).isEqualTo("GET /next");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET\r\n\r\n",
        "hello\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n", // no Host
        "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET / HTTP/x\r\nHost: x\r\n\r\n",
        "GET noslash HTTP/1.1\r\nHost: x\r\n\r\n",
        "G\u0001T / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /\u0000 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /\u007f HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\u0000c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n A: b\r\n: c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
      })
  void aMalformedRequestIsRefusedAndTheConnectionClosed(String request) throws Exception {
    var client = client(listen());

    var answer = client.send(request).answer();

    assertThat(answer.code()).isEqualTo(400);
    assertThat(answer.body()).startsWith("bad request").doesNotContain("Exception", "\tat ");
    assertThat(client.rest()).isEmpty();
    assertThat(seen).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void rubbishNeverHarms(long seed) throws Exception {
    var listener = listen();
    var random = new Random(seed);
    var errors = LogCapture.of(ClientConnection.class);

    for (int i = 0; i < 100; i++) {
      try (var client = new RawClient(listener.localAddress())) {
        client.send(rubbish(random)).closeSendingHalf();
        assertThat(client.rest()).doesNotContain("Exception", "\tat ", " 500 ");
      }
    }

    assertThat(client(listener).get("/").answer().code()).isEqualTo(200);
    assertThat(errors.lines()).isEmpty();
  }

  /// A request with some of its bytes changed or doubled, or its end cut off.
  private static String rubbish(Random random) {
    var text =
        new StringBuilder(
            head(
                "POST http://x/probe?target=a HTTP/1.1",
                "Host: x:9412",
                "Transfer-Encoding: chunked",
                "Connection: keep-alive",
                "Expect: 100-continue"));
    text.append(head("3", "abc", "0"));
    for (int i = random.nextInt(8); i >= 0; i--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(4)) {
        case 0 -> text.setCharAt(at, (char) random.nextInt(256));
        case 1 -> text.setCharAt(at, ' ');
        case 2 -> text.insert(at, text.substring(at));
        default -> text.setLength(Math.max(at, 2));
      }
    }
    return text.toString();
  }

  @Test
  void anUnsupportedTransferEncodingIsNotImplemented() throws Exception {
    var client = client(listen());

    client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n");

    assertThat(client.answer().code()).isEqualTo(501);
    assertThat(client.rest()).isEmpty();
  }

  @Test
  void http2IsAVersionNotSupported() throws Exception {
    var client = client(listen());

    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    assertThat(client.answer().code()).isEqualTo(505);
    assertThat(client.rest()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "one long line",
        "many short lines",
        "too many lines",
        "no line ends",
      })
  void aHeaderTooLargeIsRefused(String how) throws Exception {
    var client = client(listen());

    client.send(
        switch (how) {
          case "one long line" ->
              "GET / HTTP/1.1\r\nHost: x\r\nA: " + "a".repeat(17_000) + "\r\n\r\n";
          case "many short lines" ->
              "GET / HTTP/1.1\r\nHost: x\r\n"
                  + ("A: " + "a".repeat(300) + "\r\n").repeat(60)
                  + "\r\n";
          case "too many lines" ->
              "GET / HTTP/1.1\r\nHost: x\r\n" + "A: b\r\n".repeat(100) + "\r\n";
          default -> "GET /" + "a".repeat(20_000);
        });

    assertThat(client.answer().code()).isEqualTo(431);
    assertThat(client.rest()).isEmpty();
  }

  @Test
  void aHeaderJustWithinTheLimitsPasses() throws Exception {
    var client = client(listen());
    var lines = "GET / HTTP/1.1\r\nHost: x\r\n" + "A: b\r\n".repeat(98);
    var last = "B: " + "b".repeat((16 << 10) - lines.length() - 7) + "\r\n\r\n";

    client.send(lines + last);

    assertThat(client.answer().code()).isEqualTo(200);
  }

  @Test
  void aHeaderCutShortIsNotARequest() throws Exception {
    var client = client(listen());

    client.send("GET / HTTP/1.1\r\nHost: x\r\nX-Half: 1").closeSendingHalf();

    assertThat(client.rest()).isEmpty();
    assertThat(seen).isEmpty();
  }

  @Test
  void aBodyCutShortIsNotARequest() throws Exception {
    var client = client(listen());

    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhell").closeSendingHalf();

    assertThat(client.rest()).isEmpty();
    assertThat(seen).isEmpty();
  }

  @Test
  void aHandlersBugIsA500WithoutDetailsAndTheConnectionGoesOn() throws Exception {
    var listener =
        listen(
            LIMITS,
            request -> {
              if (request.path().equals("/bug")) {
                throw new IllegalStateException("secret detail");
              }
              return echo(request);
            });
    var client = client(listener);
    var errors = LogCapture.of(ClientConnection.class);

    var answer = client.get("/bug").answer();

    assertThat(answer.code()).isEqualTo(500);
    assertThat(answer.body()).isEqualTo("internal error\n");
    assertThat(client.get("/fine").answer().code()).isEqualTo(200);
    assertThat(errors.lines())
        .containsExactly("ERROR request failed method=GET path=/bug cause=secret detail");
  }
}
