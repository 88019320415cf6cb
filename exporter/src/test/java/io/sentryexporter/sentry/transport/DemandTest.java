package io.sentryexporter.sentry.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sentryexporter.simulator.TestClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DemandTest {
  private final TestClock clock = TestClock.at("2026-11-22T10:20:00Z");
  private final RequestPacer.Demand demand = new RequestPacer.Demand(clock.nanos());

  @Test
  void theRateIsThatOfTheLastMinute() {
    request(600, Duration.ofMillis(100)); // ten a second for a minute
    assertThat(demand.rate(clock.nanos())).isCloseTo(10, within(0.2));
    request(60, Duration.ofMillis(500));
    assertThat(demand.rate(clock.nanos())).isCloseTo(6, within(0.2));
    clock.advance(Duration.ofHours(5));
    assertThat(demand.rate(clock.nanos())).isZero();
  }

  @Test
  void inTheFirstMinuteTheRateIsThatSinceTheStart() {
    request(50, Duration.ofMillis(200));
    assertThat(demand.rate(clock.nanos())).isCloseTo(5, within(0.1));
  }

  @Test
  void aRequestCountsForAWholeMinute() {
    request(1, Duration.ofSeconds(59));
    assertThat(demand.rate(clock.nanos())).isPositive();
    assertThat(demand.rate(clock.nanos())).isPositive();
    clock.advance(Duration.ofSeconds(1));
    assertThat(demand.rate(clock.nanos())).isZero();
  }

  @Test
  void refusalsBeginOnceAndEndAfterFiveMinutesWithoutOne() {
    assertThat(demand.given(clock.nanos())).isFalse();
    assertThat(demand.refused(clock.nanos())).isTrue();
    assertThat(demand.refused(clock.nanos())).isFalse();
    clock.advance(Duration.ofMinutes(4));
    assertThat(demand.given(clock.nanos())).isFalse();
    assertThat(demand.refused(clock.nanos())).isFalse();
    clock.advance(Duration.ofMinutes(5));
    assertThat(demand.given(clock.nanos())).isFalse();
    clock.advance(Duration.ofSeconds(1));
    assertThat(demand.given(clock.nanos())).isTrue();
    assertThat(demand.given(clock.nanos())).isFalse();
    assertThat(demand.refused(clock.nanos())).isTrue();
  }

  private void request(int times, Duration apart) {
    for (int i = 0; i < times; i++) {
      demand.needed(clock.nanos());
      clock.advance(apart);
    }
  }
}
