package io.sentryexporter.sentry.api;

import static io.sentryexporter.testing.Failures.because;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.sentry.api.ApiRequest.Fetching;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Organizations too large for one answer.
class BatchesTest {
  private static final Counting BY_MONTH = Counting.refreshedEach(Duration.ZERO, Epoch.MONTH);
  private static final String NOW = "2026-11-22T10:17:33Z";
  private static final int ROW_LIMIT = 10_000;

  /// A Sentry in which every project has rows of `error` and of others, cut short as at Sentry:
  /// rows of default, error and security are apart in the storage and one group in the answer.
  private static RecordedSentry sentry(int projects, int errorOutcomes, int others) {
    return new RecordedSentry(
        NOW, projects, request -> answer(ids(request, projects), errorOutcomes, others));
  }

  private static List<Long> ids(ApiGet request, int projects) {
    List<String> asked = RecordedSentry.values(request, "project");
    return asked.equals(List.of("-1"))
        ? LongStream.rangeClosed(1, projects).boxed().toList()
        : asked.stream().map(Long::valueOf).toList();
  }

  private static HttpAnswer answer(List<Long> ids, int errorOutcomes, int others) {
    var groups = new ArrayList<String>();
    int rows = 0;
    for (long id : ids) {
      for (int i = 0; i < errorOutcomes && rows < ROW_LIMIT; i++, rows += 3) {
        groups.add(group(id, "error", "outcome" + i, 3));
      }
      for (int i = 0; i < others && rows < ROW_LIMIT; i++, rows++) {
        groups.add(group(id, "category" + i, "accepted", id));
      }
    }
    return answer(groups);
  }

  private static HttpAnswer answer(List<String> groups) {
    return RecordedSentry.json(
        "{\"start\": \"2026-11-01T00:00:00Z\", \"groups\": [" + String.join(",", groups) + "]}");
  }

  private static String group(long project, String category, String outcome, long quantity) {
    return ("{\"by\": {\"project\": %d, \"outcome\": \"%s\", \"category\": \"%s\"},"
            + " \"totals\": {\"sum(quantity)\": %d}}")
        .formatted(project, outcome, category, quantity);
  }

  private static Totals outcomes(Fetching sentry) throws SentryException, InterruptedException {
    return new Outcomes.ByProject("acme", BY_MONTH).fetch(sentry);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0", // Sentry refuses to group by project where there is none
    "1, 1",
    "240, 1",
    "241, 2",
    "500, 3",
    "1000, 5",
    "10000, 42",
  })
  void requestsFollowFromTheNumberOfProjects(int projects, int requests) throws Exception {
    RecordedSentry sentry = sentry(projects, 5, 25);

    Totals totals = outcomes(sentry);

    assertThat(sentry.requests()).hasSize(requests);
    assertThat(sentry.timesTruncated()).isZero();
    assertThat(totals.byProject()).hasSize(projects);
    assertThat(totals.byProject().values()).allSatisfy(each -> assertThat(each).hasSize(30));
  }

  @ParameterizedTest
  @CsvSource({
    "1000, 1000, true",
    "1000, 901, true",
    "1000, 899, false",
    "1000, 0, false",
    "100, 0, true", // what may have come in between the two requests
    "2000, 1800, true",
    "3000000, 2900000, true",
    "3000000, 1500000, false",
  })
  void anAnswerThatLacksMuchOfWhatAllProjectsHaveTogetherIsRefused(
      long together, long ofProjects, boolean isWhole) {
    var sentry =
        new RecordedSentry(
            NOW,
            1,
            request -> {
              assertThat(RecordedSentry.values(request, "project")).containsExactly("-1");
              assertThat(RecordedSentry.values(request, "groupBy"))
                  .containsExactly("outcome", "category");
              return answer(List.of(group(1, "error", "accepted", together)));
            });
    var totals =
        new Totals(
            Instant.parse("2026-11-01T00:00:00Z"),
            Instant.parse(NOW),
            Map.of(1L, Map.of(new OutcomeKey("error", "accepted"), ofProjects)));
    var request = new Outcomes.ByProject("acme", BY_MONTH);
    if (isWhole) {
      assertThatCode(() -> request.requireWhole(totals, sentry)).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> request.requireWhole(totals, sentry))
          .satisfies(because(Reason.TRUNCATED))
          .hasMessageContaining("in all projects together");
    }
  }

  @Test
  void aCheckThatCannotBeMadeCostsNothing() {
    var sentry =
        new RecordedSentry(
            NOW,
            1,
            _ -> {
              throw SentryException.ofStatus("HTTP 500", 500, 0);
            });
    var totals = new Totals(Instant.parse("2026-11-01T00:00:00Z"), Instant.parse(NOW), Map.of());
    assertThatCode(() -> new Outcomes.ByProject("acme", BY_MONTH).requireWhole(totals, sentry))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "1000, 1005, true",
    "100000, 100500, true",
    "100, 110, true",
    "100, 111, false",
    "2000, 2020, true",
    "2000, 2021, false",
    "1000, 0, false",
    "1000, -1, true" // no sum of what makes no sense
  })
  void totalsThatAreNotTheSumOfTheirSeriesAreRefused(long total, long series, boolean isWhole) {
    String body =
        """
        {"start": "2026-11-01T00:00:00Z", "end": "2026-11-23T00:00:00Z", "groups": [{
          "by": {"outcome": "accepted", "category": "error", "reason": "none"},
          "totals": {"sum(quantity)": %d}, "series": {"sum(quantity)": [%d, 0]}}]}
        """
            .formatted(total, series);
    var sentry = new RecordedSentry(NOW, 1, _ -> RecordedSentry.json(body));
    var request = new Outcomes.ByReason("acme", BY_MONTH);
    if (isWhole) {
      assertThatCode(() -> request.fetch(sentry)).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> request.fetch(sentry))
          .satisfies(because(Reason.TRUNCATED))
          .hasMessageContaining("the sum of its series");
    }
  }

  @Test
  void anAnswerThatEndsBeforeTheRequestedEndIsRefused() {
    String body =
        "{\"start\": \"2026-11-01T00:00:00Z\", \"end\": \"2026-11-21T00:00:00Z\", \"groups\": []}";
    var sentry = new RecordedSentry(NOW, 1, _ -> RecordedSentry.json(body));
    assertThatThrownBy(() -> outcomes(sentry))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("it ends at 2026-11-21T00:00:00Z, before 2026-11-22T10:17:33Z");
  }

  @Test
  void noBatchHasMoreThan240ProjectsAndNoneIsRequestedTwice() throws Exception {
    RecordedSentry sentry = sentry(1_001, 1, 1);

    outcomes(sentry);

    List<String> asked =
        sentry.requests().stream()
            .flatMap(request -> RecordedSentry.values(request, "project").stream())
            .toList();
    assertThat(asked).hasSize(1_001).doesNotHaveDuplicates();
    assertThat(sentry.requests())
        .allSatisfy(request ->
            assertThat(RecordedSentry.values(request, "project")).hasSizeLessThanOrEqualTo(240));
  }

  @ParameterizedTest
  @CsvSource({
    "200, 20, 0", // 4,000 groups of 12,000 rows
    "200, 0, 60",
    "240, 5, 40",
    "100, 30, 30",
  })
  void aTruncatedAnswerIsRequestedAgainInHalves(int projects, int errorOutcomes, int others)
      throws Exception {
    RecordedSentry sentry = sentry(projects, errorOutcomes, others);

    Totals totals = outcomes(sentry);

    assertThat(sentry.timesTruncated()).isPositive();
    assertThat(totals.byProject()).hasSize(projects);
    assertThat(totals.byProject().values())
        .allSatisfy(each -> assertThat(each).hasSize(errorOutcomes + others));
  }

  @Test
  void eachBatchThatIsTruncatedIsCounted() throws Exception {
    RecordedSentry sentry = sentry(480, 20, 0); // 240 have 14,400 rows
    outcomes(sentry);
    assertThat(sentry.timesTruncated()).isEqualTo(2);
    assertThat(sentry.requests()).hasSize(2 + 4);
  }

  @ParameterizedTest
  @CsvSource({"8999, 0, true", "9000, 0, false", "0, 3333, true", "1, 3333, false"})
  void anAnswerThatCannotBeDividedIsRefusedFromTheRowsThatSentryTruncatesAt(
      int others, int errors, boolean isWhole) throws Exception {
    String body =
        Stream.concat(
                IntStream.range(0, others).mapToObj(i -> reason("category" + i)),
                IntStream.range(0, errors).mapToObj(_ -> reason("error")))
            .collect(
                Collectors.joining(
                    ",", "{\"start\": \"2026-11-01T00:00:00Z\", \"groups\": [", "]}"));
    var number = new int[1];
    var sentry =
        RecordedSentry.answering(
            NOW,
            RecordedSentry.json(
                Pattern.compile("REASON").matcher(body).replaceAll(_ -> "r" + number[0]++)));
    var request = new Outcomes.ByReason("acme", BY_MONTH);
    if (isWhole) {
      assertThat(request.fetch(sentry).of(Totals.WHOLE_ORGANIZATION)).hasSize(others + errors);
    } else {
      assertThatThrownBy(() -> request.fetch(sentry)).satisfies(because(Reason.TRUNCATED));
    }
  }

  private static String reason(String category) {
    return ("{\"by\": {\"outcome\": \"invalid\", \"category\": \"%s\", \"reason\": \"REASON\"},"
            + " \"totals\": {\"sum(quantity)\": 1}}")
        .formatted(category);
  }

  @Test
  void aSingleProjectThatDoesNotFitIsWithheld() {
    assertThatThrownBy(() -> outcomes(sentry(2, 0, 9_500))).satisfies(because(Reason.TRUNCATED));
  }

  @Test
  void aServerThatIgnoresTheRequestedProjectsIsRefused() {
    var sentry = new RecordedSentry(NOW, 300, _ -> answer(ids(300), 1, 1));

    assertThatThrownBy(() -> outcomes(sentry)).satisfies(because(Reason.PARSE));
  }

  private static List<Long> ids(int projects) {
    return LongStream.rangeClosed(1, projects).boxed().toList();
  }

  @Test
  void theOrderOfGroupsDoesNotMatter() throws Exception {
    var groups = new ArrayList<String>();
    for (int project = 1; project <= 4; project++) {
      for (String category : List.of("error", "span", "log_byte", "never_heard_of")) {
        for (String outcome : List.of("accepted", "filtered", "new_outcome")) {
          groups.add(group(project, category, outcome, groups.size()));
        }
      }
    }
    Totals first = outcomes(RecordedSentry.answering(NOW, answer(groups)));

    assertThat(first.of(4)).containsEntry(new OutcomeKey("never_heard_of", "new_outcome"), 47L);
    for (long seed = 0; seed < 50; seed++) {
      Collections.shuffle(groups, new Random(seed));
      assertThat(outcomes(RecordedSentry.answering(NOW, answer(groups)))).isEqualTo(first);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"start\": \"2026-11-01T00:00:00Z\"}",
        "{\"groups\": []}",
        "{\"start\": null, \"groups\": []}",
        "{\"start\": \"2026-11-01T00:00:00Z\", \"groups\": {}}",
        "{\"start\": \"2026-11-01T00:00:00Z\", \"groups\": [[]]}",
        "{\"start\": \"2026-11-02T00:00:00Z\", \"groups\": []}",
        "[]",
        "null",
      })
  void anAnswerOfAnotherShapeIsRefused(String body) {
    assertThatThrownBy(() -> outcomes(RecordedSentry.answering(NOW, RecordedSentry.json(body))))
        .satisfies(because(Reason.PARSE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"by\": {\"project\": 1, \"outcome\": \"a\", \"category\": \"b\"}}",
        "{\"totals\": {\"sum(quantity)\": 1}}",
        "{\"by\": {\"project\": 1, \"outcome\": \"a\"}, \"totals\": {\"sum(quantity)\": 1}}",
        "{\"by\": {\"project\": 1, \"outcome\": \"a\", \"category\": \"b\"}, \"totals\": {}}",
        "{\"by\": {\"project\": \"web\", \"outcome\": \"a\", \"category\": \"b\"},"
            + " \"totals\": {\"sum(quantity)\": 1}}",
        "{\"by\": {\"project\": 1, \"outcome\": \"a\", \"category\": \"b\"},"
            + " \"totals\": {\"sum(quantity)\": -1}}",
        "{\"by\": {\"project\": 1, \"outcome\": \"a\", \"category\": \"b\"},"
            + " \"totals\": {\"sum(quantity)\": null}}",
        "{\"by\": {\"project\": 1, \"outcome\": [], \"category\": \"b\"},"
            + " \"totals\": {\"sum(quantity)\": 1}}",
      })
  void aGroupThatLacksSomethingIsRefused(String group) {
    var sentry = RecordedSentry.answering(NOW, answer(List.of(group)));

    assertThatThrownBy(() -> outcomes(sentry)).satisfies(because(Reason.PARSE));
  }

  @Test
  void aGroupThatComesTwiceIsRefused() {
    String group = group(1, "error", "accepted", 1);

    assertThatThrownBy(() -> outcomes(RecordedSentry.answering(NOW, answer(List.of(group, group)))))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("a group comes twice, /groups");
  }

  @Test
  void sessionsWithAnotherPageAreRequestedByFewerProjects() throws Exception {
    var sentry =
        new RecordedSentry(
            NOW,
            5,
            request -> {
              List<Long> ids = ids(request, 5);
              boolean byStatus =
                  RecordedSentry.values(request, "groupBy").contains("session.status");
              String status = byStatus ? ", \"session.status\": \"healthy\"" : "";
              String groups =
                  ids.stream()
                      .limit(2)
                      .map(id ->
                          "{\"by\": {\"project\": %d%s}, \"totals\": {\"sum(session)\": 3}}"
                              .formatted(id, status))
                      .collect(Collectors.joining(","));
              return RecordedSentry.json(
                  "{\"start\": \"2026-11-01T00:00:00Z\", \"groups\": [" + groups + "]}",
                  "Link: <https://x/>; rel=\"next\"; results=\"%s\"; cursor=\"0:2:0\""
                      .formatted(ids.size() > 2));
            });

    Totals totals = new Sessions.Counters("acme", BY_MONTH).fetch(sentry);

    assertThat(totals.byProject()).hasSize(5);
    assertThat(totals.of(5)).containsEntry(new OutcomeKey("session", "total"), 3L);
    assertThat(sentry.timesTruncated()).isPositive();
  }

  @Test
  void sessionsTruncatedWithoutNoticeAreRequestedByFewerProjects() throws Exception {
    int most = 5_000 / 23; // of a server of 2023, for 22 days and their total
    var sentry =
        new RecordedSentry(
            NOW,
            500,
            request -> {
              List<Long> ids = ids(request, 500);
              return sessions(request, ids.subList(0, Math.min(most, ids.size())));
            });

    Totals totals = new Sessions.Counters("acme", BY_MONTH).fetch(sentry);

    assertThat(totals.byProject()).hasSize(500);
    assertThat(sentry.timesTruncated()).isEqualTo(2);
  }

  @Test
  void asManyGroupsOfSessionsAsAServerTruncatesAtAreRequestedByFewerProjects() throws Exception {
    int most = 5_000 / (22 + 2);
    var sentry =
        new RecordedSentry(
            NOW,
            300,
            request -> {
              List<Long> ids = ids(request, 300);
              return sessions(request, ids.subList(0, Math.min(most, ids.size())));
            });

    assertThat(new Sessions.Counters("acme", BY_MONTH).fetch(sentry).byProject()).hasSize(300);
  }

  @Test
  void aServerOfSessionsThatIgnoresTheRequestedProjectsIsRefused() {
    var sentry = new RecordedSentry(NOW, 10_000, request -> sessions(request, List.of(1L)));

    assertThatThrownBy(() -> new Sessions.Counters("acme", BY_MONTH).fetch(sentry))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("projects that were not requested");
  }

  /// Three releases in use in a project, of which each has 12 intervals of two hours.
  @ParameterizedTest
  @CsvSource({"1666, 1", "1771, 16"})
  void releasesAreRequestedByAsManyProjectsAsNoServerTruncates(int projects, int requests)
      throws Exception {
    var sentry = new RecordedSentry(NOW, projects, request -> sessions(request, List.of()));

    new Sessions.HealthByRelease("acme", Duration.ofDays(1), true).fetch(sentry);

    assertThat(sentry.requests()).hasSize(requests);
  }

  /// The answer about sessions of some projects, by status if the request groups by it.
  private static HttpAnswer sessions(ApiGet request, List<Long> projects) {
    boolean byStatus = RecordedSentry.values(request, "groupBy").contains("session.status");
    String group =
        byStatus
            ? "{\"by\": {\"project\": %d, \"session.status\": \"healthy\"},"
                + " \"totals\": {\"sum(session)\": 3}}"
            : "{\"by\": {\"project\": %d}, \"totals\": {\"sum(session)\": 3,"
                + " \"count_unique(user)\": 1, \"crash_free_rate(session)\": 1,"
                + " \"crash_free_rate(user)\": 1}}";
    return RecordedSentry.json(
        projects.stream()
            .map(group::formatted)
            .collect(
                Collectors.joining(
                    ",",
                    "{\"start\": \""
                        + RecordedSentry.values(request, "start").getFirst()
                        + "\", \"end\": \""
                        + Instant.parse(RecordedSentry.values(request, "end").getFirst())
                            .plusSeconds(3_599)
                            .truncatedTo(ChronoUnit.HOURS)
                        + "\", \"groups\": [",
                    "]}")));
  }

  @ParameterizedTest
  @CsvSource({"190, 2, 1", "500, 8, 4", "1000, 12, 6", "5000, 52, 22", "10000, 98, 42"})
  void sessionsAreRequestedByAsManyProjectsAsNoServerTruncates(
      int projects, int bySession, int byHealth) throws Exception {
    var sentry =
        new RecordedSentry(NOW, projects, request -> sessions(request, ids(request, projects)));

    Totals totals = new Sessions.Counters("acme", BY_MONTH).fetch(sentry);
    assertThat(sentry.requests()).hasSize(bySession);
    var health = new Sessions.Health("acme", Duration.ofDays(1), true).fetch(sentry);

    assertThat(sentry.requests()).hasSize(bySession + byHealth);
    assertThat(totals.byProject()).hasSize(projects);
    assertThat(health).hasSize(projects);
  }
}
