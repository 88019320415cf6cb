package io.sentryexporter.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulation.Judge.Invariant;
import io.sentryexporter.testing.ChangedSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each promise is broken by taking out what keeps it: a proof that cannot fail proves nothing.
class PlantedFaultsTest {
  /// What is taken out of the program, and a story in which that shows.
  enum Planted {
    MARKS_ARE_NOT_APPLIED(
        "sentry/marks/Marks.java",
        "return with(answer, below, series -> mark(marks, series));",
        "return answer;",
        story("20m", 20, "lag@10m+5m*90#0"),
        Invariant.NO_FALL),
    MARKS_ARE_NOT_STORED(
        "sentry/marks/HighWaterMarks.java",
        "boolean isStored = storage.save(identity(request), next.totals(), next.isReset());",
        "boolean isStored = true;",
        story("20m", 20, "lag@10m+5m*170#0,crash@11m+5s*0#0"),
        Invariant.NO_FALL),
    A_COUNTER_WITHOUT_MARKS_IS_READ_ONCE(
        "sentry/SentryClient.java",
        "boolean isTwice = isReadTwice();",
        "boolean isTwice = false;",
        story("10m", 20, "crash_without_storage@5m+10s*0#0,lag@5m30s+33s*100#0"),
        Invariant.NO_FALL),
    THE_FIRST_ANSWER_IS_NOT_COMPARED_WITH_THE_WHOLE(
        "sentry/SentryClient.java",
        "counter.requireWhole(totals, fetching);",
        "",
        story("20m", 20, "crash_without_storage@10m+5s*0#0,missing@10m+5m*0#0"),
        Invariant.NEVER_ZERO),
    THE_MONTH_ENDS_AT_ONCE(
        "sentry/model/Counting.java",
        "return epoch.start(now.minus(overlap));",
        "return epoch.start(now);",
        atEnd(""),
        Invariant.SWITCH),
    THE_WINDOW_IS_TAKEN_BEFORE_THE_LIST_IS_READ(
        "sentry/api/Outcomes.java",
        "sentry.projects(); // before",
        "// before",
        "seed=1003 start=2026-11-17T23:32:28Z length=34m7s exporters=1 scrapers=1 projects=1"
            + " interval=1m timeout=20s refresh=2m max_stale=10m epoch=day sessions=false limit=2"
            + " faults=reload_instance@17m36s+0s*0#1,hang@26m36s+2m36s*0#0",
        Invariant.SWITCH),
    A_RESET_IS_NOT_SHOWN(
        "sentry/marks/Marks.java",
        "ended == null ? Set.of() : notBelow(ended, raised)",
        "Set.of()",
        atEnd("create@8m30s+0s*0#0"),
        Invariant.INCREASE),
    A_SLUG_BELONGS_TO_ANY_PROJECT(
        "sentry/marks/SlugOwners.java",
        "boolean isNew = claim != null && claim.project() != project.id();",
        "boolean isNew = false;",
        story("30m", 20, "swap@5m+0s*0#2"),
        Invariant.INCREASE),
    A_RENAMED_PROJECT_COUNTS_AS_CREATED(
        "sentry/marks/SlugOwners.java",
        "return created != null && !created.isBefore(start);",
        "return true;",
        story("30m", 20, "swap@5m+0s*0#2"),
        Invariant.NEVER_ZERO),
    OWNERS_OF_SLUGS_ARE_NOT_STORED(
        "sentry/marks/HighWaterMarks.java",
        "if (unsaved != null && !storage.save(identity, unsaved, false)) {",
        "if (unsaved == null) {",
        story("30m", 20, "swap@5m+0s*0#2,crash@10m+5s*0#0"),
        Invariant.INCREASE),
    A_429_IS_NO_PAUSE(
        "sentry/transport/RequestPacer.java",
        "pause(asked != null ? asked : backoff);",
        "",
        story("20m", 20, "too_many@10m+2m*40#0"),
        Invariant.WITHIN_SHARE),
    REQUESTS_ARE_NOT_PACED(
        "sentry/transport/RequestPacer.java",
        "return limit > 0;",
        "return false;",
        story("20m", 2, ""),
        Invariant.WITHIN_SHARE),
    THE_WHOLE_LIMIT_IS_USED(
        "sentry/transport/RequestPacer.java",
        "(limit * share)",
        "(limit + 0 * share)",
        story("20m", 2, ""),
        Invariant.WITHIN_SHARE),
    A_RETRY_HAS_NO_TURN(
        "sentry/transport/RequestSender.java",
        "answer = paced(call.again(), deadline).after(answer);",
        "answer = new Answer(called(call.again(), deadline), 1, Duration.ZERO).after(answer);",
        story("20m", 20, "too_many@10m+2m*3#0"),
        Invariant.WITHIN_SHARE),
    A_FAILURE_IS_ZERO(
        "sentry/SentrySession.java",
        "organization, e)) {\n        return null;",
        "organization, e)) {\n        return new Totals("
            + "counting(epoch).start(sentry.now()), sentry.now(), Map.of());",
        story("30m", 20, "server_error@10m+15m*503#2"),
        Invariant.NEVER_ZERO),
    OLD_DATA_SERVES_FOR_EVER(
        "sentry/AnswerCache.java",
        "if (good == null || !isYounger(good, policy.maxStale()) || !request.mayStandIn()) {",
        "if (good == null || !request.mayStandIn()) {",
        story("30m", 20, "server_error@10m+15m*503#2"),
        Invariant.NOT_STALE),
    A_PROXYS_404_DELETES(
        "sentry/AnswerCache.java",
        "if (good == null || !isYounger(good, policy.maxStale()) || !request.mayStandIn()) {",
        """
        if (failure.status() == 404
            || good == null
            || !isYounger(good, policy.maxStale())
            || !request.mayStandIn()) {\
        """,
        story("20m", 20, "proxy_404@10m+3m*0#2"),
        Invariant.EVIDENCE),
    THE_TIMEOUT_OF_A_SCRAPE_IS_IGNORED(
        "probe/ProbeRequest.java",
        "ProbeTimeout.of(configured.timeout(), scrape, timeoutOffset)",
        "ProbeTimeout.of(configured.timeout(), Duration.ZERO, timeoutOffset)",
        story("20m", 20, "hang@0s+5m*0#2"),
        Invariant.IN_TIME),
    A_FAILURE_HAS_NO_REASON(
        "probe/ProbeMetrics.java",
        "families.add(new MetricFamily(FAILURE, samples));",
        "",
        story("20m", 20, "server_error@10m+2m*503#2"),
        Invariant.WELL_FORMED),
    A_RANDOM_NUMBER_COMES_FROM_INSIDE(
        "sentry/transport/RequestSender.java",
        "random.nextInt(JITTER_MILLIS)",
        "new java.util.Random().nextInt(JITTER_MILLIS)",
        story("20m", 20, "server_error@10m+2m*503#2"),
        Invariant.SAME_RUN);

    private final String file;
    private final String text;
    private final String replacement;
    private final String story;
    private final Invariant invariant;

    Planted(String file, String text, String replacement, String story, Invariant invariant) {
      this.file = file;
      this.text = text;
      this.replacement = replacement;
      this.story = story;
      this.invariant = invariant;
    }

    private static String story(String length, int limit, String faults) {
      return "seed=3 start=2026-11-18T05:00:00Z length=%s exporters=1 scrapers=1 projects=3"
          .formatted(length)
          .concat(" interval=1m timeout=10s refresh=1m max_stale=5m epoch=month sessions=false")
          .concat(" limit=%d faults=%s".formatted(limit, faults));
    }

    /// Over the end of November.
    private static String atEnd(String faults) {
      return story("20m", 20, faults).replace("2026-11-18T05:00:00Z", "2026-11-30T23:50:00Z");
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsTakenOutIsFoundByItsPromise(Planted planted) throws ReflectiveOperationException {
    var loader = ChangedSource.of(planted.file, planted.text, planted.replacement).loader();

    var found =
        loader
            .loadClass(PlantedRun.class.getName())
            .getMethod("of", String.class)
            .invoke(null, planted.story);

    assertThat((String) found).startsWith(planted.invariant.name() + ": ");
  }

  @ParameterizedTest
  @EnumSource
  void theStoryBreaksNoPromiseOfTheProgramAsItIs(Planted planted) {
    assertThat(PlantedRun.of(planted.story)).isEmpty();
  }

  @Test
  void eachPromiseIsBrokenByAtLeastOne() {
    assertThat(
            Arrays.stream(Planted.values())
                .map(planted -> planted.invariant)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Invariant.class))))
        .isEqualTo(EnumSet.allOf(Invariant.class));
  }
}
