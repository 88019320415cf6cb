package io.sentryexporter.sentry.api;

import static io.sentryexporter.testing.Failures.because;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The form of answers in groups, and refusals that show what a server does not know.
class GroupedTest {
  private static final Counting BY_MONTH = Counting.refreshedEach(Duration.ZERO, Epoch.MONTH);
  private static final String NOW = "2026-11-22T10:17:33Z";
  private static final String BY =
      "\"by\": {\"project\": 1, \"outcome\": \"a\", \"category\": \"b\"}";
  private static final String TOTALS = "\"totals\": {\"sum(quantity)\": 3}";

  private static Totals totals(String fields) throws Exception {
    String body = "{\"start\": \"2026-11-01T00:00:00Z\", " + fields + "}";
    var sentry = RecordedSentry.answering(NOW, RecordedSentry.json(body));
    return new Outcomes.ByProject("acme", BY_MONTH).fetch(sentry);
  }

  private static String group(String... fields) {
    return "\"groups\": [{" + String.join(", ", fields) + "}]";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "\"groups\": 7 | value number int stands where an array should",
        "\"groups\": [7] | value number int stands where an object should",
        "\"groups\": [{\"by\": 7}] | value number int stands where an object should",
        "\"groups\": [{\"totals\": 7}] | value number int stands where an object should",
        "\"groups\": [{\"series\": 7}] | value number int stands where an object should",
        "\"groups\": [{\"series\": {\"sum(quantity)\": 7}}]"
            + " | value number int stands where an array should",
        "\"other\": 1 | the field groups is missing",
      })
  void whatHasAnotherFormIsRefusedWithItsPlace(String fields, String message) {
    assertThatThrownBy(() -> totals(fields))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining(message);
  }

  @Test
  void anAnswerThatDoesNotReportItsStartIsRefused() {
    var sentry = RecordedSentry.answering(NOW, RecordedSentry.json("{\"groups\": []}"));
    assertThatThrownBy(() -> new Outcomes.ByProject("acme", BY_MONTH).fetch(sentry))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("it begins at no known time, not at 2026-11-01T00:00:00Z");
  }

  @Test
  void whatWasNotRequestedIsSkipped() throws Exception {
    String by = BY.replace("{", "{\"region\": {\"by\": [1]}, ");
    String totals = TOTALS.replace("{", "{\"sum(other)\": {\"a\": [1]}, ");
    String series = "\"series\": {\"sum(other)\": [[9]], \"sum(quantity)\": [3, null]}";
    assertThat(totals(group(by, "\"new\": {\"a\": [{}]}", totals, series)).of(1))
        .isEqualTo(Map.of(new OutcomeKey("b", "a"), 3L));
  }

  @Test
  void aGroupWithoutARequestedSumIsRefusedByName() {
    assertThatThrownBy(() -> totals(group(BY, "\"totals\": {\"sum(other)\": 1}")))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("the field totals.sum(quantity) is missing");
  }

  @Test
  void groupsOfWhichOnlySomeHaveANameAreRefused() {
    String groups = "\"groups\": [{" + BY + ", " + TOTALS + "}, {\"series\": {}}]";
    assertThatThrownBy(() -> totals(groups))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("only some groups have a name");
  }

  @Test
  void theShapeOf2020IsThatOfAServerWithoutStatistics() {
    assertThatThrownBy(() -> totals("\"statsErrors\": {\"a\": []}"))
        .satisfies(because(Reason.UNSUPPORTED))
        .hasMessageContaining("the shape of 2020");
    assertThatThrownBy(() -> totals("\"other\": {}")).satisfies(because(Reason.PARSE));
  }

  private static RecordedSentry refusing(int projects, SentryException failure) {
    return new RecordedSentry(
        NOW,
        projects,
        _ -> {
          throw failure;
        });
  }

  @Test
  void aRefusalForWantOfProjectsIsNoGroupsWhereThereIsNoProject() throws Exception {
    var request = new Outcomes.ByReason("acme", BY_MONTH);
    var noProject = new SentryException(Reason.SCOPE, "no projects", 400, 0);
    assertThat(request.fetch(refusing(0, noProject)).byProject()).isEmpty();
    assertThatThrownBy(() -> request.fetch(refusing(1, noProject))).isSameAs(noProject);
    var forbidden = new SentryException(Reason.SCOPE, "forbidden", 403, 0);
    assertThatThrownBy(() -> request.fetch(refusing(0, forbidden))).isSameAs(forbidden);
    var failed = new SentryException(Reason.UPSTREAM_5XX, "broken", 400, 0);
    assertThatThrownBy(() -> request.fetch(refusing(0, failed))).isSameAs(failed);
  }

  @ParameterizedTest
  @CsvSource({
    "REJECTED, 400, true",
    "REJECTED, 422, true",
    "REJECTED, 405, false",
    "NOT_FOUND, 422, false",
    "UPSTREAM_5XX, 500, false",
  })
  void whatAServerRejectsIsTriedAsGlitchTipTakesIt(
      Reason reason, int status, boolean isTriedAgain) {
    var failure = new SentryException(reason, "no", status, 0);
    var sentry = refusing(1, failure);
    assertThatThrownBy(() -> new Outcomes.ByProject("acme", BY_MONTH).fetch(sentry))
        .isSameAs(failure);
    assertThat(sentry.requests()).hasSize(isTriedAgain ? 2 : 1);
  }
}
