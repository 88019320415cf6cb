package io.sentryexporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.metrics.ExporterMetrics.LastHour;
import io.sentryexporter.metrics.ExporterMetrics.LastHour.Activity;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LastHourTest {
  private final LastHour hour = new LastHour();

  @Test
  void requestsAndProbesCountInTheirMinute() {
    hour.requested(seconds(-61), 200, null, null);
    hour.requested(seconds(-60), 429, 40L, 10L);
    hour.requested(seconds(-1), 200, 40L, 30L);
    hour.requested(seconds(-1), 0, null, null);
    hour.probed(seconds(0), Duration.ofMillis(10), Duration.ofSeconds(5));
    hour.probed(seconds(59), Duration.ofMillis(30), null);

    var minutes = hour.minutes(seconds(59));

    assertThat(minutes).hasSize(60);
    assertThat(minutes.get(57).requests()).isEqualTo(1);
    assertThat(minutes.get(57).limitUsed()).isNaN();
    assertThat(minutes.get(58).requests()).isEqualTo(3);
    assertThat(minutes.get(58).refused()).isEqualTo(1);
    assertThat(minutes.get(58).limitUsed()).isEqualTo(0.75);
    assertThat(minutes.get(59))
        .isEqualTo(
            new Activity(
                0,
                0,
                Double.NaN,
                2,
                Duration.ofMillis(20),
                Duration.ofMillis(30),
                Duration.ofSeconds(5)));
  }

  @Test
  void minutesLongerAgoThanAnHourAreGone() {
    hour.probed(seconds(0), Duration.ofMillis(10), null);

    assertThat(hour.minutes(seconds(59 * 60)).getFirst().probes()).isEqualTo(1);
    assertThat(hour.minutes(seconds(60 * 60))).allMatch(minute -> minute.probes() == 0);

    hour.probed(seconds(61 * 60), Duration.ofMillis(10), null);
    assertThat(hour.minutes(seconds(1_000_000))).allMatch(minute -> minute.probes() == 0);
  }

  @Test
  void beforeTheFirstProbeThereIsNothing() {
    assertThat(hour.minutes(seconds(0)))
        .hasSize(60)
        .allMatch(minute -> minute.requests() == 0 && minute.oldest() == null);
  }

  private static long seconds(int seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }
}
