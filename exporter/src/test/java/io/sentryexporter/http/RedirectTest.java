package io.sentryexporter.http;

import static io.sentryexporter.http.Client.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.http.HttpFailure.RedirectRefused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectTest {
  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void aRedirectOnTheSameOriginIsFollowedWithAllHeaders(int status) throws Exception {
    try (var server = redirecting(status, "/b?c=d");
        var client = Client.standard()) {
      var answer =
          client.get(
              request(server.uri("/a"), "Authorization: Bearer t", "X-Own: 1", "Host: sentry"));
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).asString(UTF_8).isEqualTo("/b?c=d");
      assertThat(server.heads().getLast())
          .isEqualTo(server.heads().getFirst().replace("GET /a ", "GET /b?c=d "))
          .contains("Authorization: Bearer t\r\nX-Own: 1\r\n", "Host: sentry\r\n");
      assertThat(server.accepted()).isEqualTo(1);
    }
  }

  @ParameterizedTest(name = "{0} at /x/a?q=1 is {1}")
  @CsvSource({
    "b,                       /x/b",
    "../b,                    /b",
    "?r=2,                    /x/a?r=2",
    "http://127.0.0.1:PORT/b, /b",
    "HTTP://127.0.0.1:PORT/b, /b",
    "//127.0.0.1:PORT/b,      /b",
    "/b#fragment,             /b",
    "http://127.0.0.1:PORT,   /"
  })
  void aLocationIsResolved(String location, String target) throws Exception {
    try (var server = redirecting(302, location);
        var client = Client.standard()) {
      assertThat(client.get(server.uri("/x/a?q=1")).body()).asString(UTF_8).isEqualTo(target);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"b", "/b"})
  void aLocationIsResolvedWhereTheUrlHasNoPath(String location) throws Exception {
    try (var server = redirecting(302, location);
        var client = Client.standard()) {
      assertThat(client.get(server.uri("")).body()).asString(UTF_8).isEqualTo("/b");
    }
  }

  @Test
  void anotherHostIsNeverContacted() {
    try (var other = RawServer.answering(RawServer.ok("theirs"));
        var server = redirecting(302, "http://localhost:" + other.port() + "/b?token=s3cr3t");
        var client = Client.standard()) {
      var failure =
          client.failure(request(server.uri("/a"), "Authorization: Bearer t"), Client.LONG);
      assertThat(failure)
          .isInstanceOf(RedirectRefused.class)
          .hasMessageContaining(
              "http://127.0.0.1:%d redirects to http://localhost:%d, "
                  .formatted(server.port(), other.port()))
          .message()
          .doesNotContain("s3cr3t");
      assertThat(failure.status()).isEqualTo(302);
      assertThat(other.accepted()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:1/b",
        "https://127.0.0.1:PORT/b",
        "https://127.0.0.1/b",
        "http://127.0.0.1:PORT@evil.example/b",
        "//evil.example/b",
        "ftp://127.0.0.1:PORT/b",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http:///b",
        "http://[bad/b",
        "a b"
      })
  void aLocationElsewhereIsRefused(String location) {
    try (var server = redirecting(301, location);
        var client = Client.standard()) {
      var failure = client.failure(server.uri("/a"));
      assertThat(failure).isInstanceOf(RedirectRefused.class);
      assertThat(failure.status()).isEqualTo(301);
      assertThat(server.heads()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "\u00ff", "%41", "a.", "["})
  void aHostLongerThanAnyNameIsRefused(String part) {
    try (var server = redirecting(302, "//" + part.repeat(60_000 / part.length()) + "/b");
        var client = Client.standard()) {
      assertThat(client.failure(server.uri("/a"))).isInstanceOf(RedirectRefused.class);
    }
  }

  @Test
  void aCircleEndsAtTheLimit() {
    try (var server =
            RawServer.answering("HTTP/1.1 302 Found\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n");
        var client = Client.with(Client.redirects(3))) {
      var failure = client.failure(server.uri("/a"));
      assertThat(failure)
          .isInstanceOf(RedirectRefused.class)
          .hasMessageEndingWith(" redirects more than 3 times");
      assertThat(failure.status()).isEqualTo(302);
      assertThat(failure.contentLength()).isZero();
      assertThat(server.heads()).hasSize(4);
    }
  }

  @Test
  void aRedirectWithoutALocationIsAnAnswer() throws Exception {
    try (var server = RawServer.answering("HTTP/1.1 302 Found\r\nContent-Length: 2\r\n\r\nok");
        var client = Client.standard();
        var deadline = client.deadline(Client.LONG)) {
      var answer =
          client.caller().get(request(server.uri("/a")), status -> status == 302, deadline);
      assertThat(answer.body()).asString(UTF_8).isEqualTo("ok");
    }
  }

  @Test
  void aFailureAfterARedirectShowsNothingOfTheRedirectsAnswer() {
    try (var server =
            RawServer.playing(peer -> {
              peer.readHead();
              peer.send("HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n");
              peer.readHead();
              peer.send("HTTP");
            });
        var client = Client.standard()) {
      var failure = client.failure(server.uri("/a"));
      assertThat(failure).isInstanceOf(HttpFailure.NotHttp.class);
      assertThat(failure.status()).isZero();
    }
  }

  /// Redirects the first request to `location`, and answers later ones with what they requested.
  private static RawServer redirecting(int status, String location) {
    return RawServer.playing(peer -> {
      peer.readHead();
      var here = location.replace("PORT", String.valueOf(peer.socket().getLocalPort()));
      peer.send(
          "HTTP/1.1 " + status + " Moved\r\nLocation: " + here + "\r\nContent-Length: 0\r\n\r\n");
      for (var head = peer.readHead(); !head.isEmpty(); head = peer.readHead()) {
        peer.send(RawServer.ok(head.substring(4, head.indexOf(" HTTP"))));
      }
    });
  }
}
