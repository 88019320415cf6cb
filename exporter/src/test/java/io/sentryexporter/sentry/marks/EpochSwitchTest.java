package io.sentryexporter.sentry.marks;

import static io.sentryexporter.sentry.marks.MarkedCounters.ACCEPTED;
import static io.sentryexporter.sentry.marks.MarkedCounters.ACME;
import static io.sentryexporter.sentry.marks.MarkedCounters.DECEMBER;
import static io.sentryexporter.sentry.marks.MarkedCounters.FILTERED;
import static io.sentryexporter.sentry.marks.MarkedCounters.accepted;
import static io.sentryexporter.sentry.marks.MarkedCounters.december;
import static io.sentryexporter.sentry.marks.MarkedCounters.november;
import static io.sentryexporter.testing.Failures.because;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.marks.MarkedCounters.Requested;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.Totals;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Counters over the end of a month or day: the reset is shown, and no epoch comes back.
class EpochSwitchTest {
  @TempDir Path parent;

  private final MarkedCounters counters = new MarkedCounters();

  @Test
  void nothingIsCarriedIntoAnotherEpoch() throws Exception {
    var marks = counters.marks(MarksStorage.none());
    marks.raise(ACME, november(1, 100, 10));
    var december = new Totals(DECEMBER, DECEMBER.plusSeconds(1), Map.of(7L, Map.of(ACCEPTED, 1L)));
    assertThat(marks.raise(ACME, december).of(7)).isEqualTo(Map.of(ACCEPTED, 1L, FILTERED, 0L));
    assertThat(counters.corrections()).isZero();
  }

  @Test
  void aSeriesThatWouldNotShowTheResetIsZeroForOneRefresh() throws Exception {
    var marks = counters.marks(MarksStorage.none());
    marks.raise(ACME, november(1, 3, 1000));
    Totals atSwitch = marks.raise(ACME, december(120, 3, 7));
    assertThat(atSwitch.of(7)).isEqualTo(Map.of(ACCEPTED, 0L, FILTERED, 7L));
    assertThat(accepted(marks.raise(ACME, december(150, 4, 7)))).as("another scraper").isZero();
    assertThat(accepted(marks.raise(ACME, december(180, 4, 8)))).isEqualTo(4);
    assertThat(counters.corrections()).isZero();
  }

  @Test
  void aSeriesThatTheNewEpochDoesNotHaveYetIsZero() throws Exception {
    var marks = counters.marks(MarksStorage.none());
    marks.raise(ACME, november(1, 3, 0));
    Totals atSwitch = marks.raise(ACME, new Totals(DECEMBER, DECEMBER.plusSeconds(120), Map.of()));
    assertThat(atSwitch.of(7)).isEqualTo(Map.of(ACCEPTED, 0L));
    assertThat(accepted(marks.raise(ACME, december(180, 5, 0)))).isEqualTo(5);
    assertThat(counters.corrections()).isZero();
  }

  @Test
  void theResetIsShownAlsoByAProcessThatStartsAfterTheSwitch() throws Exception {
    var storage = MarksStorage.in(parent);
    var before = counters.marks(storage);
    before.raise(ACME, november(1, 3, 10));
    before.save(ACME);
    var after = counters.marks(storage);
    assertThat(accepted(after.raise(ACME, december(150, 5, 11)))).isZero();
    after.save(ACME);
    var onceMore = counters.marks(storage);
    assertThat(accepted(onceMore.raise(ACME, december(170, 5, 11)))).as("not seen yet").isZero();
    assertThat(accepted(onceMore.raise(ACME, december(230, 5, 11)))).isEqualTo(5);
    onceMore.save(ACME);
    assertThat(accepted(counters.marks(storage).raise(ACME, december(240, 5, 11)))).isEqualTo(5);
  }

  @Test
  void modulesThatSwitchAtOtherTimesEachKeepTheirEpoch() throws Exception {
    var rare = new Requested("acme", Epoch.MONTH, Duration.ofMinutes(10));
    var marks = counters.marks(MarksStorage.none());
    marks.raise(ACME, november(1, 100, 10));
    marks.raise(rare, november(1, 100, 10));
    marks.raise(ACME, december(120, 101, 1));
    assertThat(accepted(marks.raise(ACME, december(180, 101, 1)))).isEqualTo(101);
    assertThat(accepted(marks.raise(rare, november(2, 90, 10)))).as("held").isEqualTo(100);
    assertThat(accepted(marks.raise(rare, december(600, 102, 1)))).as("its switch").isZero();
    assertThat(accepted(marks.raise(rare, december(1200, 102, 1)))).isEqualTo(102);
  }

  @Test
  void aModuleThatComesLaterShowsNoReset() throws Exception {
    var marks = counters.marks(MarksStorage.none());
    marks.raise(ACME, november(1, 3, 10));
    marks.raise(ACME, december(120, 5, 1));
    var rare = new Requested("acme", Epoch.MONTH, Duration.ofMinutes(10));
    assertThat(accepted(marks.raise(rare, december(9000, 50, 1)))).isEqualTo(50);
  }

  @Test
  void theEpochNeverMovesBack() throws Exception {
    var marks = counters.marks(MarksStorage.none());
    marks.raise(ACME, december(120, 5, 1));
    assertThatThrownBy(() -> marks.raise(ACME, november(1, 776_661, 10)))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("a clock went back");
  }
}
