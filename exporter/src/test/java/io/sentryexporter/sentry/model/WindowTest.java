package io.sentryexporter.sentry.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
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

  @Test
  void anHourIsClosedNinetySecondsAfterItsEnd() {
    var noon = Instant.parse("2026-11-22T12:00:00Z");

    assertThat(Window.closed(Duration.ofHours(1), noon.plusSeconds(90)))
        .isEqualTo(new Window(noon.minusSeconds(3_600), noon, true));
    assertThat(Window.closed(Duration.ofHours(1), noon.plusSeconds(89)).end())
        .isEqualTo(noon.minusSeconds(3_600));
  }

  @Test
  void aWindowThatHasJustBegunIsNotEmpty() {
    var midnight = Instant.parse("2026-11-22T00:00:00Z");

    assertThat(Window.since(midnight, midnight.plusMillis(999)).end())
        .isEqualTo(midnight.plusSeconds(1));
    assertThat(Window.since(midnight, midnight.plusMillis(2_999)).end())
        .isEqualTo(midnight.plusSeconds(2));
  }

  @Test
  void ofAClosedWindowTheLastSecondIsSentAsItsEnd() {
    var noon = Instant.parse("2026-11-22T12:00:00Z");
    Window open = Window.since(noon.minusSeconds(60), noon);

    assertThat(open.endToSend()).isEqualTo(noon);
    assertThat(new Window(open.start(), noon, true).endToSend()).isEqualTo(noon.minusSeconds(1));
  }
}
