package io.sentryexporter.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.fuzz.Sound;
import io.sentryexporter.testing.TestTime;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.hc.core5.http.HttpException;
import org.jspecify.annotations.Nullable;

/// Any bytes as the answer of a server: a whole answer within the limits, or one of the declared
/// failures, whose message quotes nothing of it. A body whose end is announced is what a plain
/// reader takes it for, and no shorter answer looks whole.
public final class ResponseFuzz {
  private static final int LIMIT = 1 << 20;
  private static final TimeSource TIME = TestTime.real();
  private static final Deadline OPEN = Deadlines.open();
  private static final HttpGet GET =
      new HttpGet(URI.create("http://sentry.example/api/0/"), List.of());

  private ResponseFuzz() {}

  public static void check(byte[] sent) {
    HttpAnswer answer = answer(sent);
    if (answer == null) {
      return;
    }
    assertThat(answer.status()).isBetween(200, 999);
    assertThat(answer.body().length).isLessThanOrEqualTo(LIMIT);
    assertThat(answer.contentLength()).isGreaterThanOrEqualTo(-1);
    byte[] plain = Plain.body(sent);
    if (plain == null) {
      return;
    }
    assertThat(answer.body()).isEqualTo(plain);
    if (plain.length > 0) {
      byte[] shorter = Arrays.copyOf(sent, Plain.end(sent) - 1);
      assertThat(answer(shorter)).as("an answer that lacks its last byte").isNull();
    }
  }

  /// As [HttpClient] reads it; null after a failure.
  private static @Nullable HttpAnswer answer(byte[] sent) {
    var wire = new Wire(sent);
    var call = new CallState(Origin.of(GET.uri()), null, OPEN);
    var budget = new Body.Budget(LIMIT);
    try (var share = budget.share()) {
      var connection = new UpstreamConnection(wire, wire, TIME);
      var route = ProxyRules.NONE.routeTo(Origin.of(GET.uri()));
      var response = connection.send(GET.head(GET.uri(), route, "fuzz", null));
      var head = HttpAnswer.Head.of(response);
      assertThat(head.idleTime()).isBetween(Duration.ZERO, Duration.ofDays(12));
      byte[] body = {};
      if (head.hasBody()) {
        body = Body.read(connection.body(response), head.coding(), LIMIT, share);
      }
      return new HttpAnswer(head.status(), head.headers(), body, head.contentLength(true));
    } catch (Body.TooLong | Body.Budget.UsedUp _) {
      return null;
    } catch (IOException | HttpException e) {
      Sound.assertMessage(call.brokenOff(e).getMessage());
      return null;
    }
  }

  /// Reads the plainest of answers, a single head of few headers in their usual letters: what it
  /// does not understand it leaves alone.
  private static final class Plain {
    /// The body of an answer with a length and without a coding; null of any other.
    static byte @Nullable [] body(byte[] sent) {
      var text = new String(sent, ISO_8859_1);
      int head = text.indexOf("\r\n\r\n");
      int length = length(text, head);
      return length < 0 || head + 4 + length > sent.length
          ? null
          : Arrays.copyOfRange(sent, head + 4, head + 4 + length);
    }

    static int end(byte[] sent) {
      var text = new String(sent, ISO_8859_1);
      int head = text.indexOf("\r\n\r\n");
      return head + 4 + length(text, head);
    }

    private static int length(String text, int end) {
      if (end < 0 || !text.startsWith("HTTP/1.1 200 OK\r\n")) {
        return -1;
      }
      var lines = List.of(text.substring(0, end).split("\r\n", -1));
      var lengths = lines.stream().filter(line -> line.startsWith("Content-Length: ")).toList();
      boolean isPlain =
          lines.stream()
              .skip(1)
              .allMatch(line -> line.matches("(Content-Length: [0-9]{1,6}|X-[A-Za-z]+: [a-z]*)"));
      return isPlain && lengths.size() == 1
          ? Integer.parseInt(lengths.getFirst().substring("Content-Length: ".length()))
          : -1;
    }
  }
}
