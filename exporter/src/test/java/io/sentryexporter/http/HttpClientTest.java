package io.sentryexporter.http;

import static io.sentryexporter.http.Client.request;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests as a server gets them, and answers that are whole.
class HttpClientTest {
  private static final String JSON = "[[1,2]]";

  @Test
  void anAnswerHasStatusHeadersBodyAndLength() throws Exception {
    try (var server =
            RawServer.answering(
                "HTTP/1.1 200 OK\r\nLink: <x>\r\nContent-Length: 7\r\n\r\n" + JSON);
        var client = Client.standard()) {
      var answer = client.get(server.uri("/a/b?c=d"));
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.headers().first("link")).contains("<x>");
      assertThat(answer.headers().first("absent")).isEmpty();
      assertThat(answer.body()).asString(UTF_8).isEqualTo(JSON);
      assertThat(answer.contentLength()).isEqualTo(7);
    }
  }

  @Test
  void aListMayComeInSeveralLines() throws Exception {
    try (var server =
            RawServer.answering(
                "HTTP/1.1 200 OK\r\nLink: <x>\r\nlink: <y>, <z>\r\nContent-Length: 7\r\n\r\n"
                    + JSON);
        var client = Client.standard()) {
      var headers = client.get(server.uri("/")).headers();
      assertThat(headers.list("Link")).contains("<x>, <y>, <z>");
      assertThat(headers.list("absent")).isEmpty();
    }
  }

  @Test
  void aCodingInALineOfItsOwnIsNotOverlooked() throws Exception {
    try (var server =
            RawServer.answering(
                "HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Encoding: br\r\n"
                    + "Content-Length: 7\r\n\r\n"
                    + JSON);
        var client = Client.standard()) {
      assertThatThrownBy(() -> client.get(server.uri("/"))).isInstanceOf(HttpFailure.class);
    }
  }

  @Test
  void theRequestIsWhatOneWouldWriteByHand() throws Exception {
    try (var server = RawServer.answering(RawServer.ok(JSON));
        var client = Client.standard()) {
      client.get(request(server.uri("/a/b?c=d"), "Authorization: Bearer t"));
      assertThat(server.onlyHead())
          .isEqualTo(
              "GET /a/b?c=d HTTP/1.1\r\nHost: 127.0.0.1:"
                  + server.port()
                  + "\r\nUser-Agent: Sentry-Exporter/1.2.3\r\nAuthorization: Bearer t\r\n"
                  + "Accept-Encoding: gzip\r\n\r\n");
    }
  }

  @Test
  void aUrlWithoutPathRequestsTheRoot() throws Exception {
    try (var server = RawServer.answering(RawServer.ok(JSON));
        var client = Client.standard()) {
      client.get(server.uri(""));
      client.get(server.uri("?c=%20ü"));
      assertThat(server.heads().getFirst()).startsWith("GET / HTTP/1.1\r\n");
      assertThat(server.heads().getLast()).startsWith("GET /?c=%20%C3%BC HTTP/1.1\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Host", "host", "HOST"})
  void aHeaderNamedHostSetsTheHost(String name) throws Exception {
    try (var server = RawServer.answering(RawServer.ok(JSON));
        var client = Client.standard()) {
      client.get(request(server.uri("/"), name + ": sentry.example"));
      assertThat(server.onlyHead()).contains("Host: sentry.example\r\n").containsOnlyOnce("ost:");
    }
  }

  @Test
  void configuredHeadersReplaceOurOwn() throws Exception {
    try (var server = RawServer.answering(RawServer.ok(JSON));
        var client = Client.standard()) {
      client.get(
          request(
              server.uri("/"),
              "user-agent: mine",
              "accept-encoding: identity",
              "Content-Length: 5",
              "transfer-encoding: chunked"));
      assertThat(server.onlyHead())
          .contains("user-agent: mine\r\naccept-encoding: identity\r\n")
          .doesNotContain("Sentry-Exporter", "gzip", "Content-Length", "chunked");
    }
  }

  @Test
  void aHeaderValueBeyondAsciiIsSentAsUtf8() throws Exception {
    try (var server = RawServer.answering(RawServer.ok(JSON));
        var client = Client.standard()) {
      client.get(request(server.uri("/"), "X-Name: Grüße €"));
      assertThat(server.onlyHead().getBytes(ISO_8859_1))
          .asString(UTF_8)
          .contains("X-Name: Grüße €\r\n");
    }
  }

  @Test
  void aHostNameWithAnUnderscoreIsRequested() throws Exception {
    try (var server = RawServer.answering(RawServer.ok(JSON));
        var client =
            new Client(
                Client.settings(), _ -> new InetAddress[] {InetAddress.getLoopbackAddress()})) {
      client.get(URI.create("http://sentry_web:" + server.port() + "/"));
      assertThat(server.onlyHead()).contains("Host: sentry_web:" + server.port() + "\r\n");
    }
  }

  @Test
  void aBodyOfAnUnwantedStatusIsNotGiven() throws Exception {
    try (var server =
            RawServer.answering("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nbody");
        var client = Client.standard()) {
      var answer = client.get(server.uri("/"));
      client.get(server.uri("/"));
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.body()).isEmpty();
      assertThat(answer.contentLength()).isEqualTo(4);
      assertThat(server.accepted()).as("short enough to keep the connection").isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 9000", "Transfer-Encoding: chunked"})
  void aLongBodyOfAnUnwantedStatusIsNotWaitedFor(String length) throws Exception {
    try (var server =
            RawServer.playing(peer -> {
              peer.readHead();
              peer.send("HTTP/1.1 500 Oops\r\n" + length + "\r\n\r\n");
              peer.awaitClose();
            });
        var client = Client.standard()) {
      assertThat(client.get(server.uri("/")).status()).isEqualTo(500);
      assertThat(client.get(server.uri("/")).status()).isEqualTo(500);
      assertThat(server.accepted()).isEqualTo(2);
    }
  }

  @Test
  void aShortBodyOfAnUnwantedStatusThatDoesNotComeIsNotWaitedFor() throws Exception {
    try (var server =
            RawServer.playing(peer -> {
              peer.readHead();
              peer.send("HTTP/1.1 429 Slow down\r\nContent-Length: 3\r\n\r\n1");
              peer.awaitClose();
            });
        var client = Client.standard()) {
      assertThat(client.get(server.uri("/")).status()).isEqualTo(429);
      assertThat(client.get(server.uri("/")).status()).isEqualTo(429);
    }
  }

  @ParameterizedTest(name = "{0} | {1}")
  @CsvSource({
    "Content-Length: 7,                                    , 7",
    "Transfer-Encoding: chunked,                           , -1",
    "X-None: 1,                                            , -1",
    "Content-Length: GZ,                     Content-Encoding: gzip, -1",
    "Content-Length: GZ,                     content-encoding: GZIP, -1",
  })
  void contentLengthCountsAsGoDoes(String length, @Nullable String coding, long expected)
      throws Exception {
    var isGzip = coding != null;
    var plain = isGzip ? RawServer.gzip(JSON) : JSON.getBytes(UTF_8);
    var head =
        "HTTP/1.1 200 OK\r\n"
            + length.replace("GZ", String.valueOf(plain.length))
            + (isGzip ? "\r\n" + coding : "")
            + "\r\n\r\n";
    try (var server =
            RawServer.playing(peer -> {
              peer.readHead();
              peer.send(head);
              if (length.contains("chunked")) {
                peer.send("7\r\n" + JSON + "\r\n0\r\n\r\n");
              } else {
                peer.send(plain);
              }
            });
        var client = Client.standard()) {
      var answer = client.get(server.uri("/"));
      assertThat(answer.contentLength()).isEqualTo(expected);
      assertThat(answer.body()).asString(UTF_8).isEqualTo(JSON);
    }
  }

  @Test
  void gzipThatTheConfigurationRequestsIsDecodedAndKeepsItsLength() throws Exception {
    var body = RawServer.gzip(JSON);
    try (var server = RawServer.playing(RawServer.coded("gzip", body));
        var client = Client.standard()) {
      var answer = client.get(request(server.uri("/"), "Accept-Encoding: gzip"));
      assertThat(answer.body()).asString(UTF_8).isEqualTo(JSON);
      assertThat(answer.contentLength()).isEqualTo(body.length);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void deflateIsDecodedWithAndWithoutItsHeader(boolean isBare) throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var deflater = new Deflater(-1, isBare);
        var out = new DeflaterOutputStream(bytes, deflater)) {
      out.write(JSON.getBytes(UTF_8));
    }
    try (var server = RawServer.playing(RawServer.coded("deflate", bytes.toByteArray()));
        var client = Client.standard()) {
      assertThat(client.get(server.uri("/")).body()).asString(UTF_8).isEqualTo(JSON);
    }
  }

  @Test
  void anEmptyBodyWithContentEncodingGzipIsEmpty() throws Exception {
    try (var server = RawServer.playing(RawServer.coded("gzip", new byte[0]));
        var client = Client.standard()) {
      assertThat(client.get(server.uri("/")).body()).isEmpty();
    }
  }

  @Test
  void noContentIsAnEmptyBodyOfLengthZero() throws Exception {
    try (var server = RawServer.answering("HTTP/1.1 204 No Content\r\n\r\n");
        var client = Client.standard()) {
      try (var deadline = client.deadline(Client.LONG)) {
        var answer =
            client.caller().get(request(server.uri("/")), status -> status == 204, deadline);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.contentLength()).isZero();
      }
    }
  }

  @Test
  void earlyHintsAreNotTheAnswer() throws Exception {
    try (var server =
            RawServer.answering(
                "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + RawServer.ok(JSON));
        var client = Client.standard()) {
      assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
    }
  }
}
