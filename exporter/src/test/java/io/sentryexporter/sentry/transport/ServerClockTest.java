package io.sentryexporter.sentry.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.wire.Headers;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerClockTest {
  private static final Instant HERE = Instant.parse("2026-11-30T23:58:00Z");

  private final TestClock here = new TestClock(HERE);
  private final TestClock forward = new TestClock(HERE);
  private final ServerClock clock = new ServerClock(here, forward::nanos);

  @ParameterizedTest
  @ValueSource(ints = {-3600, -40, -1, 0, 1, 40, 300})
  void theTimeIsTheServersAndGoesOnByAClockThatOnlyGoesForward(int seconds) {
    clock.heard(date(HERE.plusSeconds(seconds)));
    here.advance(Duration.ofDays(40));
    forward.advance(Duration.ofMinutes(1));
    assertThat(clock.now()).isEqualTo(HERE.plusSeconds(seconds + 60));
  }

  @Test
  void theSkewIsHowFarTheServerIsAhead() {
    clock.heard(date(HERE.plusSeconds(300)));
    assertThat(clock.skewSeconds()).isEqualTo(300);
    here.advance(Duration.ofMillis(300_500));
    assertThat(clock.skewSeconds()).isEqualTo(-0.5);
  }

  @Test
  void aSingleOddDateMovesNothing() {
    clock.heard(date(HERE));
    clock.heard(date(HERE.plus(Duration.ofDays(365))));
    assertThat(clock.now()).isEqualTo(HERE);
    clock.heard(date(HERE));
    assertThat(clock.now()).isEqualTo(HERE);
    clock.heard(date(HERE.minus(Duration.ofDays(365))));
    assertThat(clock.now()).isEqualTo(HERE);
  }

  @Test
  void aDateIsOddFromOverAMinuteOn() {
    clock.heard(date(HERE));
    clock.heard(date(HERE.plusSeconds(60)));
    assertThat(clock.now()).isEqualTo(HERE.plusSeconds(60));
    clock.heard(date(HERE.plusSeconds(121)));
    assertThat(clock.now()).isEqualTo(HERE.plusSeconds(60));
  }

  @Test
  void twoDatesThatAgreeAreBelieved() {
    clock.heard(date(HERE));
    clock.heard(date(HERE.plus(Duration.ofDays(365))));
    forward.advance(Duration.ofMinutes(1));
    clock.heard(date(HERE.plus(Duration.ofDays(365)).plusSeconds(61)));
    assertThat(clock.now()).isEqualTo(HERE.plus(Duration.ofDays(365)).plusSeconds(61));
  }

  @Test
  void aDateOfAMomentAgoDoesNotTurnTimeBack() {
    clock.heard(date(HERE.plusSeconds(2)));
    assertThat(clock.now()).isEqualTo(HERE.plusSeconds(2));
    clock.heard(date(HERE));
    assertThat(clock.now()).isEqualTo(HERE.plusSeconds(2));
    forward.advance(Duration.ofSeconds(5));
    assertThat(clock.now()).isEqualTo(HERE.plusSeconds(5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0001-01-01T00:00:00Z", "2009-12-31T23:59:59Z", "9999-12-31T23:59:59Z"})
  void aDateOutOfAllReasonIsIgnored(String absurd) {
    for (int i = 0; i < 3; i++) {
      clock.heard(date(Instant.parse(absurd)));
    }
    assertThat(clock.now()).isEqualTo(HERE);
    assertThat(clock.skewSeconds()).isZero();
  }

  @Test
  void aServerThatSendsNoDateHasTheLocalTime() {
    clock.heard(Headers.NONE);
    clock.heard(Headers.of(List.of(Map.entry("Date", "yesterday"))));
    assertThat(clock.now()).isEqualTo(HERE);
    assertThat(clock.skewSeconds()).isZero();
  }

  private static Headers date(Instant time) {
    String text = DateTimeFormatter.RFC_1123_DATE_TIME.format(time.atZone(ZoneOffset.UTC));
    return Headers.of(List.of(Map.entry("Date", text)));
  }
}
