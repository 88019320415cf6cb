package io.sentryexporter.sentry.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.wire.Headers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitHeadersTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:20:00Z");
  private static final String SERVER_AN_HOUR_AHEAD = "Sun, 22 Nov 2026 11:20:00 GMT";
  private static final long RESET_IN_7_SECONDS = NOW.getEpochSecond() + 7;

  @Test
  void secondsAreSeconds() {
    assertThat(read("Retry-After", "5")).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void aDateCountsFromTheServersOwnClock() {
    assertThat(read("Date", SERVER_AN_HOUR_AHEAD, "Retry-After", "Sun, 22 Nov 2026 11:20:09 GMT"))
        .isEqualTo(Duration.ofSeconds(9));
  }

  @Test
  void withoutRetryAfterTheEndOfSentrysWindowCounts() {
    assertThat(read("X-Sentry-Rate-Limit-Reset", "" + RESET_IN_7_SECONDS))
        .isEqualTo(Duration.ofSeconds(7));
    assertThat(
            read(
                "Date",
                SERVER_AN_HOUR_AHEAD,
                "X-Sentry-Rate-Limit-Reset",
                "" + (RESET_IN_7_SECONDS + 3600)))
        .isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void retryAfterWinsOverTheWindow() {
    assertThat(read("X-Sentry-Rate-Limit-Reset", "" + RESET_IN_7_SECONDS, "Retry-After", "30"))
        .isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void aWaitIsASecondAtLeastAndAtMostFiveMinutesOrForAWindowOne() {
    assertThat(read("Retry-After", "0")).isEqualTo(Duration.ofSeconds(1));
    assertThat(read("X-Sentry-Rate-Limit-Reset", "1")).isEqualTo(Duration.ofSeconds(1));
    assertThat(read("Retry-After", "999999999999")).isEqualTo(Duration.ofMinutes(5));
    assertThat(read("X-Sentry-Rate-Limit-Reset", "4070908800")).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void limitsAreNumbersFromOneOnAndWhatIsLeftOfThemFromNone() {
    RateLimitHeaders some =
        headers(
            "X-Sentry-Rate-Limit-Limit",
            "40",
            "X-Sentry-Rate-Limit-Remaining",
            "0",
            "X-Sentry-Rate-Limit-ConcurrentLimit",
            "25",
            "X-Sentry-Rate-Limit-ConcurrentRemaining",
            "24");
    assertThat(some).isEqualTo(new RateLimitHeaders(40L, 0L, null, 25L, 24L, null));

    RateLimitHeaders none =
        headers("X-Sentry-Rate-Limit-Limit", "0", "X-Sentry-Rate-Limit-ConcurrentLimit", "0");
    assertThat(none).isEqualTo(new RateLimitHeaders(null, null, null, null, null, null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"None", "", "-1", "soon", "5.5", "9999999999999", "٣"})
  void whatIsNoTimeIsNoWait(String text) {
    assertThat(read("Retry-After", text, "X-Sentry-Rate-Limit-Reset", text)).isNull();
  }

  private static @Nullable Duration read(String... namesAndValues) {
    return headers(namesAndValues).askedWait();
  }

  private static RateLimitHeaders headers(String... namesAndValues) {
    var fields = new ArrayList<Map.Entry<String, String>>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.add(Map.entry(namesAndValues[i], namesAndValues[i + 1]));
    }
    return RateLimitHeaders.read(Headers.of(List.copyOf(fields)), NOW);
  }
}
