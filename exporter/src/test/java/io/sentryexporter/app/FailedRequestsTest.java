package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A request that fails or hangs costs only the metrics that it feeds.
class FailedRequestsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final String TWO_QUERIES =
      "{queries: {queries: [{name: by_type, aggregate: count(), group_by: [error.type]},"
          + " {name: total, aggregate: 'count()', query: 'level:fatal'}]}}";

  @SuppressWarnings("NullAway.Init") // each test sets it
  @AutoClose
  private Scene scene;

  @Test
  void aServerWithoutCrashFreeRatesGivesCountersAndUsers() {
    scene = Scene.collecting("{sessions: {}}");
    scene.refuse(
        Scene.has("crash_free_rate"), 400, "Invalid field: \\\"crash_free_rate(session)\\\"");

    Reply page = scene.probe("acme");

    assertThat(page.value("sentry_probe_success")).isZero();
    assertThat(Scene.failures(page))
        .containsExactly("sentry_probe_failure_info{collector=\"sessions\",reason=\"rejected\"} 1");
    assertThat(page.text())
        .contains(
            "sentry_sessions_total{",
            "sentry_sessions_crashed_total{",
            "sentry_sessions_abnormal_total{",
            "sentry_sessions_errored_total{",
            "sentry_users_active{",
            "sentry_probe_data_age_seconds{collector=\"sessions\"}")
        .doesNotContain("crash_free_ratio{");
  }

  @Test
  void aServerWithoutCrashFreeRatesHasReleasesWithTheirAdoption() {
    scene = Scene.collecting("{releases: {}}");
    scene.refuse(
        Scene.has("crash_free_rate"), 400, "Invalid field: \\\"crash_free_rate(session)\\\"");

    Reply page = scene.probe("acme");

    assertThat(page.value("sentry_probe_success")).isZero();
    assertThat(page.text())
        .contains("sentry_release_info{", "sentry_release_adoption_ratio{")
        .doesNotContain("crash_free_ratio{");
  }

  @Test
  void aQueryThatSentryRefusesCostsNoOtherAndIsNamed() {
    scene = Scene.collecting(TWO_QUERIES);
    scene.answer("events", Scene.has("level%3Afatal"), "{\"data\":[{\"count()\":42}]}");
    scene.refuse(Scene.has("/events/"), 400, "Invalid query");

    Reply page = scene.probe("acme");

    assertThat(page.value("sentry_probe_success")).isZero();
    assertThat(query(page, "total", "")).isEqualTo("42.0");
    assertThat(
            Scene.value(page, "sentry_query_success", "organization", "acme", "query", "by_type"))
        .isEqualTo("0.0");
    assertThat(Scene.value(page, "sentry_query_success", "organization", "acme", "query", "total"))
        .isEqualTo("1.0");
    assertThat(scene.trace("acme")).contains("request=\"events acme errors count()\"", "HTTP 400");
  }

  @ParameterizedTest
  @CsvSource({
    "groupBy=reason, outcomes, sentry_outcomes_total, sentry_outcome_reasons_total",
    "interval=1h, outcomes, sentry_outcomes_total, sentry_outcomes_closed_hour",
    "groupBy=project, outcomes, sentry_outcome_reasons_total, sentry_outcomes_total",
    "is%3Aongoing, issues, 'sentry_issues', 'substatus=\"ongoing\"'",
    "/sessions/, releases, sentry_release_info, sentry_release_adoption_ratio",
    "/releases/, releases, sentry_release_adoption_ratio, sentry_release_created",
  })
  void aRequestThatFailsCostsOnlyTheMetricsItFeeds(
      String failing, String collector, String there, String absent) {
    scene = Scene.collecting("{outcomes: {closed_hour: true}, issues: {}, releases: {}}");
    scene.refuse(
        target ->
            target.contains(failing) && (failing.startsWith("/") || !isOther(failing, target)),
        500,
        "Internal Error");

    Reply page = scene.probe("acme");

    assertThat(page.value("sentry_probe_success")).isZero();
    assertThat(Scene.failures(page))
        .containsExactly(
            Scene.series(
                    "sentry_probe_failure_info", "collector", collector, "reason", "upstream_5xx")
                + " 1");
    assertThat(page.text().lines()).anyMatch(line -> line.startsWith(there));
    assertThat(page.text().lines().filter(line -> !line.startsWith("#")))
        .noneMatch(line -> line.contains(absent));
    assertThat(Scene.age(page, collector)).isBetween(0.0, 5.0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{outcomes: {}} | groupBy=project | sentry_outcome_reasons_total{",
        "{outcomes: {reasons: false, closed_hour: true}} | interval=1d"
            + " | sentry_outcomes_closed_hour{",
        "{sessions: {}} | session.status | sentry_users_active{",
        "{releases: {}} | /releases/ | sentry_release_adoption_ratio{",
        TWO_QUERIES + " | error.type | ,query=^total^",
      })
  void aRequestThatHangsTakesNoTimeOfOthersOfItsCollector(
      String collectors, String hanging, String there) {
    Eventually.within( // on a slow machine the others may be late as well
        PATIENCE,
        () -> {
          scene = Scene.collecting(collectors + "\n    timeout: 2s");
          try (var hung = scene) {
            hung.answer("events", Scene.has("level%3Afatal"), "{\"data\":[{\"count()\":42}]}");
            hung.sentry().faults().whenTarget(Scene.has(hanging), new Fault.Hang());

            Reply page = hung.probe("acme");

            assertThat(Scene.failures(page)).singleElement().asString().contains("timeout");
            assertThat(page.text()).contains(there.replace('^', '"'));
          }
        });
  }

  @Test
  void aProjectWhoseOwnStatisticsFailCostsNoOtherProjectsCounters() {
    scene = Scene.collecting(Installation.SELF_HOSTED_20_6, "{outcomes: {}}");
    scene.refuse(Scene.has("/api/0/projects/acme/web/stats/"), 500, "Internal Error");

    Reply page = scene.probe("acme");

    assertThat(Scene.failures(page))
        .containsExactly(
            "sentry_probe_failure_info{collector=\"outcomes\",reason=\"upstream_5xx\"} 1");
    assertThat(page.text())
        .contains("outcome=\"accepted\",project=\"api\"}")
        .doesNotContain("project=\"web\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"acme", "acme/web"})
  void whereStatisticsOfProjectsServeTheirLastOnesStandInAsSoonAsOthersFail(String target) {
    scene = Scene.collecting(Installation.SELF_HOSTED_20_6, "{outcomes: {}}");
    List<String> good = counters(scene.probe(target));
    scene.fault("stats_v2", new Fault.Status(502));

    scene.advance(Duration.ofMinutes(2)); // it is requested again
    Reply bad = scene.probe(target);
    scene.advance(Duration.ofMinutes(4));
    Reply late = scene.probe(target);

    assertThat(counters(bad)).isNotEmpty().isEqualTo(good);
    assertThat(Scene.age(bad, "outcomes")).isEqualTo(120);
    assertThat(Scene.failures(bad))
        .containsExactly(
            "sentry_probe_failure_info{collector=\"outcomes\",reason=\"upstream_5xx\"} 1");
    assertThat(counters(late)).as("older than max_stale").isEmpty();
  }

  @Test
  void whereStatisticsOfProjectsServeAListOfThemThatFailsIsTheReasonOfTheCounters() {
    scene = Scene.collecting(Installation.SELF_HOSTED_20_6, "{outcomes: {}}");
    scene.fault("projects", new Fault.Status(502));

    Reply page = scene.probe("acme");

    assertThat(Scene.failures(page))
        .containsExactly(
            "sentry_probe_failure_info{collector=\"outcomes\",reason=\"upstream_5xx\"} 1");
  }

  private static List<String> counters(Reply page) {
    return Scene.lines(page, "sentry_outcomes_total{");
  }

  @Test
  void aListOfProjectsThatFailsCostsOnlyWhatNeedsIt() {
    scene =
        Scene.collecting(
            "{quota: {limits: {error: 5000}}, monitors: {}, uptime: {}, issues: {}, outcomes: {}}");
    scene.refuse(target -> target.contains("/projects/"), 503, "Service Unavailable");

    Reply page = scene.probe("acme");

    assertThat(page.value("sentry_probe_success")).isZero();
    assertThat(Scene.failures(page))
        .containsExactly(
            "sentry_probe_failure_info{collector=\"outcomes\",reason=\"upstream_5xx\"} 1");
    assertThat(page.text())
        .contains("sentry_quota_used{", "sentry_monitor_up{", "sentry_uptime_up{", "sentry_issues{")
        .doesNotContain("sentry_outcomes_total{");
  }

  @Test
  void aListOfProjectsThatHangsLeavesTimeForWhatNeedsNone() {
    Eventually.within( // on a slow machine the others may be late as well
        PATIENCE,
        () -> {
          scene = Scene.collecting("{monitors: {}, outcomes: {}}\n    timeout: 2s");
          try (var hung = scene) {
            hung.fault("projects", new Fault.Hang());

            Reply page = hung.probe("acme");

            assertThat(Scene.failures(page))
                .containsExactly(
                    "sentry_probe_failure_info{collector=\"outcomes\",reason=\"timeout\"} 1");
            assertThat(page.text()).contains("sentry_monitor_up{");
          }
        });
  }

  @Test
  void ofAProjectWhoseListFailsMonitorsAreKnown() {
    scene = Scene.collecting("{monitors: {}, outcomes: {}}");
    scene.refuse(target -> target.contains("/projects/"), 503, "Service Unavailable");

    Reply page = scene.probe("acme/web");

    assertThat(page.text()).contains("sentry_monitor_up{");
    assertThat(page.text().lines().filter(line -> line.startsWith("sentry_monitor")))
        .allMatch(line -> line.contains("project=\"web\"") || line.contains("_truncated"));
  }

  @Test
  void countsOfManyProjectsGoOnBetweenScrapesAndShowWhatIsThere() {
    scene =
        Scene.collecting(
            Installation.SELF_HOSTED, "{issues: {per_project: true}}\n    timeout: 250ms");
    scene
        .sentry()
        .faults()
        .when(path -> path.contains("/issues/"), new Fault.Delay(Duration.ofMillis(40)));
    int all = scene.world().projects("acme").size() * 4;

    int counted = 0;
    int first = -1;
    for (int scrape = 0; scrape < 200 && counted < all; scrape++) {
      counted = Scene.lines(scene.probe("acme"), "sentry_issues{").size();
      first = first < 0 ? counted : first;
    }

    assertThat(first).as("after the first scrape").isLessThan(all);
    assertThat(counted).isEqualTo(all);
    assertThat(scene.requestsTo("issues")).isBetween((long) all, all + 1L); // and how it searches
    Eventually.within(PATIENCE, () -> Scene.assertSucceeded(scene.probe("acme")));
  }

  private static String query(Reply page, String name, String errorType) {
    return Scene.value(
        page,
        "sentry_query_value",
        "error_type",
        errorType,
        "organization",
        "acme",
        "query",
        name,
        "window",
        "1h");
  }

  /// Whether a request that has the part is another than the one that is meant.
  private static boolean isOther(String part, String target) {
    return switch (part) {
      case "interval=1h" -> !target.contains("stats_v2");
      case "groupBy=project" -> !target.contains("interval=1d") || !target.contains("stats_v2");
      default -> false;
    };
  }
}
