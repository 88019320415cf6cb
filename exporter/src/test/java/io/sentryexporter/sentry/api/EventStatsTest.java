package io.sentryexporter.sentry.api;

import static io.sentryexporter.testing.Failures.because;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The running hour of statistics, at 1793491200.
class EventStatsTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_793_491_200);

  private static double newest(String body) throws SentryException {
    return EventStats.newestBucket(RecordedSentry.json(body), NOW);
  }

  private static double newestOfGroups(String body) throws SentryException {
    return EventStats.newestBucketOfGroups(RecordedSentry.json(body));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | 0",
        "[[1793487600, 3], [1793491200, 5]] | 5",
        "[[1793491200, 5.5], [1793487600, 3]] | 5.5",
        "[[1793491200, 5], [1793491200, 7]] | 7",
        "[[1793491290, 9]] | 9", // its two clocks may differ by 90 s
      })
  void theNewestHourIsTheOneOfTheGreatestTimeAndTheLastOfSeveral(String body, double events)
      throws Exception {
    assertThat(newest(body)).isEqualTo(events);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[[1793491291, 9]] | a bucket is of the future",
        "7 | number int stands where an array should",
        "[7] | number int stands where an array should",
        "[[1793491200]] | end array stands where a value should",
        "[[1793491200, 1, 2]] | number int stands where the end of an array should",
      })
  void anHourOfTheFutureAndPointsOfAnotherFormAreRefused(String body, String message) {
    assertThatThrownBy(() -> newest(body))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | 0",
        "[{\"series\": {\"sum(quantity)\": [7, 2]}}, {\"series\": {\"sum(quantity)\": [3]}}] | 5",
      })
  void theNewestHourOfGroupsIsTheSumOfTheirLast(String groups, double events) throws Exception {
    assertThat(newestOfGroups("{\"groups\": " + groups + "}")).isEqualTo(events);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7 | number int stands where an array should",
        "[{\"series\": {\"sum(quantity)\": 7}}] | number int stands where an array should",
        "[{\"series\": {\"sum(quantity)\": []}}] | the field sum(quantity) is missing",
      })
  void groupsOfAnotherFormAreRefused(String groups, String message) {
    assertThatThrownBy(() -> newestOfGroups("{\"groups\": " + groups + "}"))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining(message);
  }
}
