package io.sentryexporter.sentry.api;

import static io.sentryexporter.testing.Failures.because;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.Totals;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Statistics by day from 1 to 3 November 2026, whose first seconds are 1793491200, 1793577600 and
/// 1793664000.
class ProjectStatsTest {
  private static final Counting BY_MONTH = Counting.refreshedEach(Duration.ZERO, Epoch.MONTH);
  private static final String NOW = "2026-11-03T10:17:33Z";

  private static Totals totals(String answer) throws Exception {
    var sentry = RecordedSentry.answering(NOW, RecordedSentry.json(answer));
    return new ProjectStats("acme", "web", 1, BY_MONTH).fetch(sentry);
  }

  @Test
  void theDayBeforeIsLeftOut() throws Exception {
    Totals totals = totals("[[1793404800, 70], [1793491200, 1], [1793577600, 2], [1793664000, 3]]");

    assertThat(totals.of(1)).containsEntry(new OutcomeKey("error", "filtered"), 6L);
  }

  @Test
  void aDayThatHasNotComeIsNotCounted() {
    String future = "[[1793491200, 1], [1793577600, 2], [1793664000, 3], [99999999999, 4]]";

    assertThatThrownBy(() -> totals(future))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("a day that has not come");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]", // else nothing known would be nothing happened
        "[[1793577600, 2], [1793664000, 3]]",
        "[[1793491200, 1], [1793577600, 2]]",
        "[[1793664000, 3]]",
        "[[1793491200, 1], [1793577600, 2], [1793577600, 2], [1793664000, 3]]",
        "[[1793664000, 3], [1793577600, 2], [1793491200, 1]]",
        "[[1793664000, 3], [1793667600, 3], [1793671200, 3], [1793674800, 3]]", // since ignored
      })
  void statisticsWithoutEachDayOnceAreRefused(String answer) {
    assertThatThrownBy(() -> totals(answer)).satisfies(because(Reason.PARSE));
  }
}
