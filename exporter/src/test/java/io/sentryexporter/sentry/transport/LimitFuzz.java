package io.sentryexporter.sentry.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.wire.Headers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Any headers of limits and times, `Name: value` in lines, an empty line between two answers: what
/// is read is within its bounds, and the server's clock stays in its centuries and never goes back
/// by a little.
public final class LimitFuzz {
  private static final Instant NOW = Instant.parse("2026-11-22T10:20:00Z");

  /// No head has more.
  private static final int MOST_FIELDS = 100;

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private LimitFuzz() {}

  public static void check(byte[] lines) {
    var clock = new ServerClock(() -> NOW, () -> 0);
    Instant last = clock.now();
    for (String answer : new String(lines, ISO_8859_1).split("\n\n", 50)) {
      Headers headers = Headers.of(fields(answer));

      assertBounded(RateLimitHeaders.read(headers, NOW));
      clock.heard(headers);
      Instant now = clock.now();
      assertThat(now).isBetween(Instant.EPOCH, Instant.parse("2200-01-02T00:00:00Z"));
      assertThat(now.isBefore(last) && !now.isBefore(last.minus(MINUTE))).isFalse();
      assertThat(clock.skewSeconds()).isFinite();
      last = now;
    }
  }

  private static List<Map.Entry<String, String>> fields(String answer) {
    var fields = new ArrayList<Map.Entry<String, String>>();
    for (String line : answer.split("\n", MOST_FIELDS)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        fields.add(Map.entry(line.substring(0, colon), line.substring(colon + 1).strip()));
      }
    }
    return fields;
  }

  private static void assertBounded(RateLimitHeaders read) {
    assertAtLeast(read.limit(), 1);
    assertAtLeast(read.remaining(), 0);
    assertAtLeast(read.concurrentLimit(), 1);
    assertAtLeast(read.concurrentRemaining(), 0);
    assertBetween(Duration.ZERO, read.reset(), MINUTE);
    assertBetween(Duration.ZERO, read.retryAfter(), Duration.ofMinutes(5));
    assertBetween(Duration.ofSeconds(1), read.askedWait(), Duration.ofMinutes(5));
    boolean asksToWait = read.retryAfter() != null || read.reset() != null;
    assertThat(read.askedWait() != null).isEqualTo(asksToWait);
  }

  private static void assertAtLeast(@Nullable Long number, long least) {
    if (number != null) {
      assertThat(number).isBetween(least, 999_999_999_999L);
    }
  }

  private static void assertBetween(Duration least, @Nullable Duration time, Duration most) {
    if (time != null) {
      assertThat(time).isBetween(least, most);
    }
  }
}
