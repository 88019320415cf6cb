package io.sentryexporter.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.http.Wire;
import io.sentryexporter.server.Listener.Limits;
import io.sentryexporter.wire.HttpSyntax;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Any bytes that a client sends on one connection: each request that a handler sees has a sound
/// path, and is the one that a plain reader sees at that place; each gets one answer, in order, and
/// at most one error ends the connection.
public final class ConnectionFuzz {
  private static final Pattern ANSWER =
      Pattern.compile("HTTP/1\\.1 ([0-9]{3}) [A-Za-z ]+\r\n((?:[!-9;-~]+: [ -~]*\r\n)*)\r\n");
  private static final Pattern LENGTH = Pattern.compile("Content-Length: ([0-9]+)\r\n");

  private ConnectionFuzz() {}

  public static void check(byte[] sent) {
    var seen = new ArrayList<Request>();
    var wire = new Wire(sent);
    var connection =
        new ClientConnection(
            wire,
            Limits.STANDARD,
            request -> {
              seen.add(request);
              return Response.text(200, "seen " + seen.size() + "\n");
            },
            () -> false,
            null);

    connection.run();

    assertThat(connection.stepNanos(0)).as("it is closed").isEqualTo(-1);
    seen.forEach(ConnectionFuzz::assertSound);
    assertAnswered(wire.sent(), seen);
    assertPlain(new String(sent, ISO_8859_1), seen);
  }

  private static void assertSound(Request request) {
    assertThat(request.path()).startsWith("/").doesNotStartWith("//").doesNotContain("?", "#");
    assertThat(HttpSyntax.isToken(request.method())).isTrue();
    assertThat(HttpSyntax.isRequestTarget(request.path() + "?" + request.query())).isTrue();
    assertThat(request.headers().first("Host").map(HttpSyntax::isHost).orElse(true)).isTrue();
  }

  /// Asserts that there is one answer for each request, then at most one error, and nothing else.
  private static void assertAnswered(String written, List<Request> seen) {
    int at = 0;
    int answers = 0;
    Matcher answer = ANSWER.matcher(written);
    while (at < written.length()) {
      assertThat(answer.find(at) && answer.start() == at).as(written.substring(at)).isTrue();
      int status = Integer.parseInt(answer.group(1));
      at = answer.end();
      if (status == 100) {
        continue;
      }
      boolean isHead = answers < seen.size() && seen.get(answers).method().equals("HEAD");
      Matcher length = LENGTH.matcher(answer.group(2));
      int bytes = length.find() ? Integer.parseInt(length.group(1)) : 0;
      String body = written.substring(at, at + (isHead ? 0 : bytes));
      at += body.length();
      if (answers < seen.size()) {
        assertThat(status).isEqualTo(200);
        assertThat(isHead || body.equals("seen " + (answers + 1) + "\n")).as(body).isTrue();
      } else {
        assertThat(status).isBetween(400, 505);
        assertThat(at).as("nothing follows an error").isEqualTo(written.length());
      }
      answers++;
    }
    assertThat(answers).isBetween(seen.size(), seen.size() + 1);
  }

  /// The plainest of requests, one after the other: as long as the input has nothing else, these
  /// are the requests that were seen.
  private static void assertPlain(String sent, List<Request> seen) {
    Matcher plain =
        Pattern.compile(
                "(GET|POST) (/[a-z]*)(\\?[a-z=&]*)? HTTP/1\\.1\\r\\nHost: [a-z]+\\r\\n"
                    + "(?:Content-Length: ([0-9]{1,4})\\r\\n)?\\r\\n")
            .matcher(sent);
    int at = 0;
    for (int i = 0; plain.find(at) && plain.start() == at; i++) {
      at = plain.end();
      int body = plain.group(4) == null ? 0 : Integer.parseInt(plain.group(4));
      if (at + body > sent.length()) {
        return;
      }
      at += body;
      assertThat(seen.size()).isGreaterThan(i);
      assertThat(seen.get(i).method()).isEqualTo(plain.group(1));
      assertThat(seen.get(i).path()).isEqualTo(plain.group(2));
      String query = seen.get(i).query();
      assertThat(query == null ? null : "?" + query).isEqualTo(plain.group(3));
    }
  }
}
