package io.sentryexporter.sentry.api;

import static io.sentryexporter.testing.Failures.because;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A server that wants one category at a time and groups by nothing.
class GlitchTipStatsTest {
  private static final Counting BY_MONTH = Counting.refreshedEach(Duration.ZERO, Epoch.MONTH);
  private static final String NOW = "2026-11-01T02:30:00Z";
  private static final Instant NOVEMBER = Instant.parse("2026-11-01T00:00:00Z");

  /// One event of the category in the first hour of the month, a quiet hour, and ten in the third;
  /// in addition, hours that were not requested.
  private static final HttpAnswer SERIES =
      RecordedSentry.json(
          """
          {"intervals": ["2026-10-31T23:00:00+00:00", "2026-11-01T00:00:00+00:00",
            "2026-11-01T01:00:00+00:00", "2026-11-01T02:00:00+00:00", "2026-11-01T03:00:00+00:00"],
           "groups": [{"series": {"sum(quantity)": [1000, 1, null, 10, 5000]}}]}
          """);

  private static RecordedSentry glitchTip(int statusWithoutCategory) {
    return new RecordedSentry(
        NOW,
        2,
        request -> {
          if (RecordedSentry.values(request, "category").isEmpty()) {
            throw SentryException.ofStatus("no category", statusWithoutCategory, 0);
          }
          return SERIES;
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 422})
  void seriesAreAddedUpForEachProjectAndCategory(int status) throws Exception {
    RecordedSentry sentry = glitchTip(status);

    Totals totals = new Outcomes.ByProject("acme", BY_MONTH).fetch(sentry);

    Map<OutcomeKey, Long> each =
        Map.of(
            new OutcomeKey("error", "accepted"),
            11L,
            new OutcomeKey("transaction", "accepted"),
            11L);
    assertThat(totals)
        .isEqualTo(
            new Totals(
                NOVEMBER,
                Instant.parse(NOW),
                Map.of(1L, each, 2L, each),
                Set.of(),
                Totals.Coverage.ACCEPTED_ERRORS_AND_TRANSACTIONS));
    assertThat(sentry.requests().subList(1, 5))
        .extracting(
            request -> RecordedSentry.values(request, "project"),
            request -> RecordedSentry.values(request, "category"),
            request -> RecordedSentry.values(request, "interval"))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(List.of("1"), List.of("error"), List.of("1h")),
            org.assertj.core.groups.Tuple.tuple(
                List.of("1"), List.of("transaction"), List.of("1h")),
            org.assertj.core.groups.Tuple.tuple(List.of("2"), List.of("error"), List.of("1h")),
            org.assertj.core.groups.Tuple.tuple(
                List.of("2"), List.of("transaction"), List.of("1h")));
  }

  @Test
  void aServerThatIgnoresTheGroupingIsOneOfThem() throws Exception {
    var sentry = RecordedSentry.answering(NOW, SERIES);

    Totals totals = new Outcomes.Accepted("acme", NOVEMBER).fetch(sentry);

    assertThat(totals.of(Totals.WHOLE_ORGANIZATION))
        .isEqualTo(
            Map.of(
                new OutcomeKey("error", "accepted"),
                11L,
                new OutcomeKey("transaction", "accepted"),
                11L));
  }

  @Test
  void anIntervalThatComesTwiceIsNotCountedTwice() {
    String twice =
        """
        {"intervals": ["2026-11-02T00:00:00Z", "2026-11-02T00:00:00Z"],
         "groups": [{"series": {"sum(quantity)": [5, 5]}}]}\
        """;
    var sentry = RecordedSentry.answering(NOW, RecordedSentry.json(twice));

    assertThatThrownBy(() -> new Outcomes.Accepted("acme", NOVEMBER).fetch(sentry))
        .isInstanceOf(SentryException.class);
  }

  @Test
  void theClosedHourIsOneHour() throws Exception {
    Totals totals = new Outcomes.OfClosedHour("acme").fetch(glitchTip(422));

    assertThat(totals.of(1)).containsEntry(new OutcomeKey("error", "accepted"), 0L);
  }

  @Test
  void itReportsNoReasons() {
    assertThatThrownBy(() ->
            new Outcomes.ByReason("acme", BY_MONTH).fetch(RecordedSentry.answering(NOW, SERIES)))
        .satisfies(because(Reason.UNSUPPORTED));
  }

  @Test
  void aSentryThatRefusesARequestIsNotTakenForOne() {
    var sentry =
        new RecordedSentry(
            NOW,
            2,
            request -> {
              if (RecordedSentry.values(request, "category").isEmpty()) {
                throw SentryException.ofStatus("Invalid field", 400, 0);
              }
              return RecordedSentry.json(
                  """
                  {"start": "2026-11-01T00:00:00Z", "intervals": ["2026-11-01T00:00:00Z"],
                   "groups": [{"by": {}, "totals": {"sum(quantity)": 6},
                     "series": {"sum(quantity)": [6]}}]}
                  """);
            });

    assertThatThrownBy(() -> new Outcomes.ByProject("acme", BY_MONTH).fetch(sentry))
        .satisfies(because(Reason.REJECTED))
        .hasMessage("Invalid field");
    assertThat(sentry.requests()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"400, first", "403, first", "404, first", "429, second", "503, second"})
  void theFirstRefusalIsReportedUnlessTheSecondPassesByItself(int status, String reported) {
    var sentry =
        new RecordedSentry(
            NOW,
            2,
            request -> {
              boolean isFirst = RecordedSentry.values(request, "category").isEmpty();
              throw SentryException.ofStatus(
                  isFirst ? "first" : "second", isFirst ? 400 : status, 0);
            });

    assertThatThrownBy(() -> new Outcomes.ByProject("acme", BY_MONTH).fetch(sentry))
        .hasMessage(reported);
  }
}
