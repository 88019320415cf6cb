package io.sentryexporter.sentry.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.sentry.model.Counting.Epoch;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountingTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @ParameterizedTest
  @CsvSource({
    "MONTH, 2026-11-30T23:59:59Z, 2026-11-01T00:00:00Z, 2026-11-30T23:59:59Z, false",
    "MONTH, 2026-12-01T00:00:00Z, 2026-11-01T00:00:00Z, 2026-12-01T00:00:00Z, true",
    "MONTH, 2026-12-01T00:01:59Z, 2026-11-01T00:00:00Z, 2026-12-01T00:00:00Z, true",
    "MONTH, 2026-12-01T00:02:00Z, 2026-12-01T00:00:00Z, 2026-12-01T00:02:00Z, false",
    "MONTH, 2028-02-29T12:00:00Z, 2028-02-01T00:00:00Z, 2028-02-29T12:00:00Z, false",
    "DAY, 2026-12-31T23:59:59Z, 2026-12-31T00:00:00Z, 2026-12-31T23:59:59Z, false",
    "DAY, 2027-01-01T00:01:59Z, 2026-12-31T00:00:00Z, 2027-01-01T00:00:00Z, true",
    "DAY, 2027-01-01T00:02:00Z, 2027-01-01T00:00:00Z, 2027-01-01T00:02:00Z, false",
  })
  void theOldWindowStandsToItsEndForTwoMinutesMore(
      Epoch epoch, String now, String start, String end, boolean isClosed) {
    assertThat(Counting.refreshedEach(MINUTE, epoch).window(Instant.parse(now)))
        .isEqualTo(new Window(Instant.parse(start), Instant.parse(end), isClosed));
  }

  @Test
  void aLongRefreshIntervalPostponesTheSwitch() {
    var counting = Counting.refreshedEach(Duration.ofMinutes(10), Epoch.DAY);
    var midnight = Instant.parse("2026-12-01T00:00:00Z");

    assertThat(counting.start(midnight.plusSeconds(599))).isEqualTo("2026-11-30T00:00:00Z");
    assertThat(counting.start(midnight.plusSeconds(600))).isEqualTo(midnight);
  }

  @Test
  void anEpochIsNamedAsInTheConfiguration() {
    assertThat(Epoch.MONTH.label()).isEqualTo("month");
    assertThat(Epoch.DAY.label()).isEqualTo("day");
  }

  @Test
  void aResetIsShownForHalfTheOverlap() {
    assertThat(Counting.refreshedEach(MINUTE, Epoch.DAY).resetShown()).isEqualTo(MINUTE);
    assertThat(Counting.refreshedEach(Duration.ofMinutes(10), Epoch.DAY).resetShown())
        .isEqualTo(Duration.ofMinutes(5));
  }
}
