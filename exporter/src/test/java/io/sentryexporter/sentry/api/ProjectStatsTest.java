package io.sentryexporter.sentry.api;

import static io.sentryexporter.testing.Failures.because;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.Totals;
import java.time.Duration;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
  void ofAMonthThatIsOverTheDayAfterIsLeftOut() throws Exception {
    String days =
        LongStream.rangeClosed(0, 30)
            .mapToObj(day -> "[%d, 1]".formatted(1_793_491_200 + 86_400 * day))
            .collect(joining(",", "[", "]"));
    var sentry = RecordedSentry.answering("2026-12-01T00:01:00Z", RecordedSentry.json(days));
    Totals november = new ProjectStats("acme", "web", 1, BY_MONTH).fetch(sentry);

    assertThat(november.end()).isEqualTo("2026-12-01T00:00:00Z");
    assertThat(november.of(1)).containsEntry(new OutcomeKey("error", "filtered"), 30L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7 | number int stands where an array should",
        "[7] | number int stands where an array should",
        "[[1793491200]] | end array stands where a value should",
        "[[1793491200, 1, 2]] | number int stands where the end of an array should",
      })
  void pointsOfAnotherFormAreRefused(String answer, String message) {
    assertThatThrownBy(() -> totals(answer))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining(message);
  }

  /// Of a thousand projects one after the other that would take an hour.
  @Test
  void theyAreNotReadTwice() {
    assertThat(new ProjectStats("acme", "web", 1, BY_MONTH).isReadTwice()).isFalse();
  }

  @Test
  void theirSeriesAreThoseOfTheAnswer() throws Exception {
    Totals totals = totals("[[1793491200, 1], [1793577600, 2], [1793664000, 3]]");
    assertThat(new ProjectStats("acme", "web", 1, BY_MONTH).series())
        .extracting(Totals.Series::kind)
        .containsExactlyInAnyOrderElementsOf(totals.of(1).keySet());
  }

  @Test
  void whatWasReceivedAndNeitherRejectedNorFilteredIsAccepted() throws Exception {
    var sentry =
        new RecordedSentry(
            NOW,
            1,
            request -> {
              String today =
                  switch (RecordedSentry.values(request, "stat").getFirst()) {
                    case "received" -> "100";
                    case "rejected" -> "7";
                    default -> "20";
                  };
              return RecordedSentry.json(
                  "[[1793491200, 0], [1793577600, 0], [1793664000, " + today + "]]");
            });

    assertThat(new ProjectStats("acme", "web", 1, BY_MONTH).fetch(sentry).of(1))
        .isEqualTo(
            Map.of(
                new OutcomeKey("error", "accepted"), 73L,
                new OutcomeKey("error", "filtered"), 20L,
                new OutcomeKey("error", "rate_limited"), 7L));
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
