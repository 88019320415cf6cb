package io.sentryexporter.sentry.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.http.Headers;
import io.sentryexporter.testing.TestClock;
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
  private final ServerClock clock = new ServerClock(here);

  @Test
  void aClockThatIsFarOffIsFollowed() {
    clock.heard(date(HERE.plus(Duration.ofMinutes(5))));
    assertThat(clock.now()).isEqualTo("2026-12-01T00:03:00Z");
    here.advance(Duration.ofMinutes(1));
    assertThat(clock.now()).isEqualTo("2026-12-01T00:04:00Z");
    assertThat(clock.skew()).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void aClockThatIsBehindIsFollowedToo() {
    clock.heard(date(HERE.minus(Duration.ofHours(1))));
    assertThat(clock.now()).isEqualTo(HERE.minus(Duration.ofHours(1)));
  }

  @ParameterizedTest
  @ValueSource(ints = {-60, -1, 0, 1, 60})
  void upToAMinuteOursCounts(int seconds) {
    clock.heard(date(HERE.plusSeconds(seconds)));
    assertThat(clock.now()).isEqualTo(HERE);
    assertThat(clock.skew()).isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void aSingleOddAnswerMovesNothing() {
    clock.heard(date(HERE));
    clock.heard(date(HERE.plus(Duration.ofDays(365))));
    assertThat(clock.now()).isEqualTo(HERE);
    clock.heard(date(HERE));
    assertThat(clock.now()).isEqualTo(HERE);
  }

  @Test
  void aServerThatDoesNotTellItsTimeHasOurs() {
    clock.heard(Headers.NONE);
    clock.heard(Headers.of(List.of(Map.entry("Date", "yesterday"))));
    assertThat(clock.now()).isEqualTo(HERE);
    assertThat(clock.skew()).isZero();
  }

  private static Headers date(Instant time) {
    String text = DateTimeFormatter.RFC_1123_DATE_TIME.format(time.atZone(ZoneOffset.UTC));
    return Headers.of(List.of(Map.entry("Date", text)));
  }
}
