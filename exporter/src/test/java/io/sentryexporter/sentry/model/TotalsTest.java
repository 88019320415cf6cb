package io.sentryexporter.sentry.model;

import static io.sentryexporter.testing.Failures.because;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.model.Totals.Coverage;
import io.sentryexporter.sentry.model.Totals.Series;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TotalsTest {
  private static final Instant DAY = Instant.parse("2026-11-22T00:00:00Z");
  private static final Instant NEXT_DAY = Instant.parse("2026-11-23T00:00:00Z");
  private static final OutcomeKey ACCEPTED = new OutcomeKey("error", "accepted");
  private static final OutcomeKey FILTERED = new OutcomeKey("error", "filtered");
  private static final OutcomeKey SPANS = new OutcomeKey("span", "accepted");

  @Test
  void quantitiesOfOneKindAddUp() throws Exception {
    var builder = new Totals.Builder();
    builder.add(1, ACCEPTED, 5);
    builder.add(1, ACCEPTED, 7);
    builder.add(2, ACCEPTED, 1);

    assertThat(builder.build(DAY, NEXT_DAY).byProject())
        .isEqualTo(Map.of(1L, Map.of(ACCEPTED, 12L), 2L, Map.of(ACCEPTED, 1L)));
  }

  @Test
  void aSumBeyond64BitsIsAFailureAndNoWrongValue() throws Exception {
    var builder = new Totals.Builder();
    builder.add(1, ACCEPTED, Long.MAX_VALUE);

    assertThatThrownBy(() -> builder.add(1, ACCEPTED, 1)).satisfies(because(Reason.PARSE));
  }

  @Test
  void aValueThatMakesNoSenseIsNeitherCountedNorZero() throws Exception {
    var builder = new Totals.Builder();
    builder.add(1, ACCEPTED, null);
    builder.add(1, FILTERED, Long.valueOf(3));
    Totals totals = builder.build(DAY, NEXT_DAY);

    assertThat(totals.of(1)).isEqualTo(Map.of(FILTERED, 3L));
    assertThat(totals.isZero(1, ACCEPTED)).isFalse();
    assertThat(totals.isZero(2, ACCEPTED)).isTrue();
  }

  @Test
  void whatIsCountedIsNotZero() {
    Totals totals = day(0, Map.of(1L, Map.of(ACCEPTED, 5L)));

    assertThat(totals.isZero(1, ACCEPTED)).isFalse();
    assertThat(totals.isZero(1, FILTERED)).isTrue();
  }

  @Test
  void moreSeriesBecomeUnknownAndNoneKnownAgain() {
    Totals totals = day(0, Map.of()).withUnknown(List.of(new Series(1, ACCEPTED))).with(Map.of());
    Totals more = totals.withUnknown(List.of(new Series(1, FILTERED)));

    assertThat(more.isZero(1, ACCEPTED)).isFalse();
    assertThat(more.isZero(1, FILTERED)).isFalse();
    assertThat(more.isZero(1, SPANS)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "EVERYTHING, error, accepted, true",
    "EVERYTHING, span, invalid, true",
    "ACCEPTED_ERRORS_AND_TRANSACTIONS, error, accepted, true",
    "ACCEPTED_ERRORS_AND_TRANSACTIONS, transaction, accepted, true",
    "ACCEPTED_ERRORS_AND_TRANSACTIONS, error, filtered, false",
    "ACCEPTED_ERRORS_AND_TRANSACTIONS, span, accepted, false",
    "ERRORS, error, filtered, true",
    "ERRORS, transaction, accepted, false",
  })
  void onlyWhatTheServerCountsIsZeroWhereItIsMissing(
      Coverage coverage, String category, String outcome, boolean isZero) {
    var totals = new Totals(DAY, NEXT_DAY, Map.of(), Set.of(), coverage);

    assertThat(totals.isZero(1, new OutcomeKey(category, outcome))).isEqualTo(isZero);
  }

  @Test
  void answersAboutDifferentProjectsAreJoinedAsOfTheOldest() {
    Totals joined =
        Totals.joined(
            List.of(
                day(60, Map.of(1L, Map.of(ACCEPTED, 5L))),
                day(30, Map.of(2L, Map.of(ACCEPTED, 7L)))
                    .withUnknown(List.of(new Series(2, FILTERED))),
                day(90, Map.of(3L, Map.of(FILTERED, 9L)))));

    assertThat(joined)
        .isEqualTo(
            new Totals(
                DAY,
                DAY.plusSeconds(30),
                Map.of(
                    1L, Map.of(ACCEPTED, 5L), 2L, Map.of(ACCEPTED, 7L), 3L, Map.of(FILTERED, 9L)),
                Set.of(new Series(2, FILTERED)),
                Coverage.EVERYTHING));
  }

  @Test
  void answersOfAnEarlierEpochAreNotJoinedWithThoseOfALaterOne() {
    Totals later = new Totals(NEXT_DAY, NEXT_DAY.plusSeconds(9), Map.of(2L, Map.of(ACCEPTED, 1L)));

    assertThat(Totals.joined(List.of(day(60, Map.of(1L, Map.of(ACCEPTED, 5L))), later)))
        .isEqualTo(later);
    assertThat(Totals.joined(List.of())).isNull();
  }

  @Test
  void aCategoryIsTheSumOfItsProjectsAndOutcomes() throws Exception {
    Totals totals =
        day(0, Map.of(1L, Map.of(ACCEPTED, 5L, FILTERED, 3L, SPANS, 2L), 2L, Map.of(SPANS, 8L)));

    assertThat(totals.byCategory()).isEqualTo(Map.of("error", 8L, "span", 10L));
  }

  @Test
  void oneProjectIsPickedWithoutTheOthers() {
    Totals totals = day(0, Map.of(1L, Map.of(ACCEPTED, 5L), 2L, Map.of(SPANS, 8L)));

    assertThat(totals.onlyOf(2).byProject()).isEqualTo(Map.of(2L, Map.of(SPANS, 8L)));
  }

  @Test
  void ofTwoReadingsTheHigherValuesAndTheLaterEndCount() {
    Totals one = day(60, Map.of(1L, Map.of(ACCEPTED, 5L, FILTERED, 9L)));
    Totals other = day(30, Map.of(1L, Map.of(ACCEPTED, 7L), 2L, Map.of(SPANS, 1L)));
    Totals highest = day(60, Map.of(1L, Map.of(ACCEPTED, 7L, FILTERED, 9L), 2L, Map.of(SPANS, 1L)));

    assertThat(one.highest(other)).isEqualTo(highest);
    assertThat(other.highest(one)).isEqualTo(highest);
  }

  private static Totals day(int seconds, Map<Long, Map<OutcomeKey, Long>> byProject) {
    return new Totals(DAY, DAY.plusSeconds(seconds), byProject);
  }
}
