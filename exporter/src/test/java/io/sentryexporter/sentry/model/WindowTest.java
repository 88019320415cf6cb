package io.sentryexporter.sentry.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowTest {
  @ParameterizedTest
  @CsvSource({
    "24, 2026-11-22T00:05:00Z, 24", // ends at midnight
    "24, 2026-11-22T12:05:00Z, 12",
    "24, 2026-11-22T10:05:00Z, 2",
    "24, 2026-11-22T11:05:00Z, 1",
    "1, 2026-11-22T12:05:00Z, 1",
    "168, 2026-11-22T00:05:00Z, 24",
    "6, 2026-11-22T12:05:00Z, 6",
    "36, 2026-11-22T12:05:00Z, 12",
  })
  void theIntervalIsTheLargestThatLeavesTheWindowAsItIs(long hours, String now, long interval) {
    Window window = Window.closed(Duration.ofHours(hours), Instant.parse(now));

    assertThat(window.largestInterval()).isEqualTo(Duration.ofHours(interval));
  }
}
