package io.sentryexporter.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.LogCapture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Request targets and hosts over raw sockets: the exporter reads the same target as a proxy in
/// front of it.
class RequestHeadTest extends ListeningTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "//x/-/reload",
        "//metrics",
        "///config",
        "//",
        "x:/config",
        "/config#x",
        "/probe?target=a#x",
        "#",
        "?target=a",
        "config",
        "*",
        "\\config",
        "ftp://x/config",
        "javascript://x/config",
        "http:/config",
        "http:///config",
        "http://x//config",
        "http://x/config#x",
        "http://u:p@x/config",
        "http://x:99999/",
        "http://u:p@h:99999/",
        "http://x:y/config",
        "http://[::/config",
        "x:443"
      })
  void aTargetThatIsNoPathOrPlainUrlIsRefused(String target) throws Exception {
    var client = client(listen());
    var errors = LogCapture.of(ClientConnection.class);

    var answer = client.get(target).answer();

    assertThat(answer.code()).isEqualTo(400);
    assertThat(answer.body()).startsWith("bad request: ");
    assertThat(seen).isEmpty();
    assertThat(errors.lines()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/a//b, /a//b",
    "/a:b@c, /a:b@c",
    "/http://x/config, /http://x/config",
    "http://x/config, /config",
    "https://[::1]:9412/config, /config",
    "HTTP://x:9412, /",
    "http://x?target=a, /",
  })
  void aPathIsTakenAsItIsAndFromAUrl(String target, String path) throws Exception {
    var client = client(listen());

    assertThat(client.get(target).answer().body()).isEqualTo("GET " + path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x:99999", "x:y", "a b", "a@b", "[::", "x/y", "x:1:2", "\u00fc", "a,b?"})
  void aHostThatIsNoneIsRefused(String host) throws Exception {
    var client = client(listen());
    var errors = LogCapture.of(ClientConnection.class);

    var answer = client.send(head("GET / HTTP/1.1", "Host: " + host)).answer();

    assertThat(answer.code()).isEqualTo(400);
    assertThat(answer.body()).startsWith("bad request: ");
    assertThat(client.rest()).isEmpty();
    assertThat(seen).isEmpty();
    assertThat(errors.lines()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x:",
        "x:65535",
        "127.0.0.1:9412",
        "[::1]",
        "[fe80::1%25eth0]:9412",
        "sentry_exporter.monitoring.svc",
        "x."
      })
  void everyKindOfHostIsUnderstood(String host) throws Exception {
    var client = client(listen());

    assertThat(client.send(head("GET / HTTP/1.1", "Host: " + host)).answer().code()).isEqualTo(200);
  }

  @Test
  void aHeaderTooLargeIsReported() throws Exception {
    var client = client(listen());

    client.send(head("GET / HTTP/1.1", "Host: x", "A: " + "a".repeat(17_000)));

    assertThat(client.answer().body()).isEqualTo("request header too large\n");
  }
}
