package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.Token;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What one value, item, query or request costs that goes wrong: only itself.
class OneBadThingTest {
  private static final String ONE_PROJECT_AND_ANOTHER =
      "{\"id\":\"1\",\"slug\":\"good\"},{\"id\":\"2\",\"slug\":\"odd\"}";

  private Scene scene = Scene.demo(Installation.SELF_HOSTED);

  @AfterEach
  void close() {
    scene.close();
  }

  private void collecting(String collectors) {
    scene.close();
    scene =
        Scene.of(
            SimulatedWorld.demo(1),
            Installation.SELF_HOSTED,
            "    collectors: "
                + collectors
                + (collectors.contains("timeout:") ? "" : "\n    timeout: 10s")
                + "\n");
  }

  /// What every request to an organization's endpoint is answered.
  private void answer(String endpoint, String json) {
    answer(endpoint, _ -> true, json);
  }

  private void answer(String endpoint, Predicate<String> target, String json) {
    scene
        .sentry()
        .faults()
        .whenTarget(
            request -> request.contains("/" + endpoint + "/") && target.test(request),
            new Fault.Body(200, "application/json", json));
  }

  private void refuse(Predicate<String> target, int status, String detail) {
    scene
        .sentry()
        .faults()
        .whenTarget(
            target, new Fault.Body(status, "application/json", "{\"detail\":\"" + detail + "\"}"));
  }

  private static Predicate<String> has(String part) {
    return target -> target.contains(part);
  }

  private static String value(Reply page, String name, String... labels) {
    String series = Scene.series(name, labels);
    return page.text()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .map(line -> line.substring(series.length() + 1))
        .findFirst()
        .orElse("absent");
  }

  private double dropped(String collector, String cause) {
    return scene
        .exporter()
        .get("/metrics")
        .value(
            Scene.series("sentry_exporter_dropped_total", "cause", cause, "collector", collector));
  }

  /// Sessions by project, from the start of the month or of the day's window.
  private static String sessions(String start, String... groups) {
    String end =
        start.equals("2026-11-01T00:00:00Z") ? "2026-11-23T00:00:00Z" : "2026-11-22T10:00:00Z";
    return "{\"start\":\"%s\",\"end\":\"%s\",\"groups\":[%s]}"
        .formatted(start, end, String.join(",", groups));
  }

  private void twoProjectsWithSessions(String ratioOfOdd) {
    answer("projects", "[" + ONE_PROJECT_AND_ANOTHER + "]");
    answer(
        "sessions",
        has("session.status"),
        sessions(
            "2026-11-01T00:00:00Z",
            "{\"by\":{\"project\":1,\"session.status\":\"healthy\"},\"totals\":{\"sum(session)\":9}}",
            "{\"by\":{\"project\":2,\"session.status\":\"healthy\"},\"totals\":{\"sum(session)\":4}}"));
    answer(
        "sessions",
        has("crash_free_rate"),
        sessions(
            "2026-11-21T10:00:00Z",
            "{\"by\":{\"project\":1},\"totals\":{\"count_unique(user)\":3,"
                + "\"crash_free_rate(session)\":0.9,\"crash_free_rate(user)\":1}}",
            "{\"by\":{\"project\":2},\"totals\":{\"count_unique(user)\":2,"
                + "\"crash_free_rate(session)\":%s,\"crash_free_rate(user)\":1}}"
                    .formatted(ratioOfOdd)));
    answer(
        "sessions",
        sessions(
            "2026-11-01T00:00:00Z",
            "{\"by\":{\"project\":1},\"totals\":{\"sum(session)\":10}}",
            "{\"by\":{\"project\":2},\"totals\":{\"sum(session)\":7}}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-0.5", "1.5", "\"many\""})
  void aRatioThatMakesNoSenseIsAbsentAndCountedAndCostsNothingElse(String ratio) {
    collecting("{sessions: {}}");
    twoProjectsWithSessions(ratio);

    Reply page = scene.probe("acme");

    Scene.assertSucceeded(page);
    assertThat(value(page, "sentry_sessions_total", "organization", "acme", "project", "good"))
        .isEqualTo("10.0");
    assertThat(value(page, "sentry_sessions_total", "organization", "acme", "project", "odd"))
        .isEqualTo("7.0");
    assertThat(ratio(page, "good")).isEqualTo("0.9");
    assertThat(ratio(page, "odd")).isEqualTo("absent");
    assertThat(dropped("sessions", "value")).isOne();
    assertThat(scene.trace("acme")).contains("left out of the answer", "/groups/1/totals");
  }

  private static String ratio(Reply page, String project) {
    return value(
        page,
        "sentry_sessions_crash_free_ratio",
        "organization",
        "acme",
        "project",
        project,
        "window",
        "24h");
  }

  @Test
  void aServerWithoutCrashFreeRatesGivesCountersAndUsers() {
    collecting("{sessions: {}}");
    refuse(has("crash_free_rate"), 400, "Invalid field: \\\"crash_free_rate(session)\\\"");

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
    collecting("{releases: {}}");
    refuse(has("crash_free_rate"), 400, "Invalid field: \\\"crash_free_rate(session)\\\"");

    Reply page = scene.probe("acme");

    assertThat(page.value("sentry_probe_success")).isZero();
    assertThat(page.text())
        .contains("sentry_release_info{", "sentry_release_adoption_ratio{")
        .doesNotContain("crash_free_ratio{");
  }

  @ParameterizedTest
  @CsvSource({"dateCreated, created_timestamp_seconds", "newGroups, new_issues"})
  void aReleaseWithANullLacksOnlyThat(String field, String metric) {
    collecting("{releases: {newest: 20}}");
    var releases =
        new StringBuilder(
            "{\"version\":\"odd\",\"dateCreated\":\"2026-11-20T00:00:00Z\","
                + "\"projects\":[{\"id\":200001,\"newGroups\":1}]}");
    int at = releases.indexOf("\"" + field) + field.length() + 3;
    releases.replace(at, field.equals("newGroups") ? at + 1 : at + 22, "null");
    for (int i = 1; i <= 12; i++) {
      releases
          .append(",{\"version\":\"web@")
          .append(i)
          .append("\",\"dateCreated\":\"2026-11-19T00:00:00Z\",")
          .append("\"projects\":[{\"id\":200001,\"newGroups\":2}]}");
    }
    answer("releases", "[" + releases + "]");

    Reply page = scene.probe("acme/web");

    Scene.assertSucceeded(page);
    assertThat(page.text())
        .contains("release=\"odd\"", "release=\"web@12\"")
        .contains("sentry_release_" + metric + "{");
    assertThat(page.text().lines())
        .noneMatch(line ->
            line.startsWith("sentry_release_" + metric) && line.contains("release=\"odd\""));
  }

  @Test
  void aReleaseThatCannotBeReadIsLeftOutAndCounted() {
    collecting("{releases: {newest: 20}}");
    answer(
        "releases",
        "[{\"version\":null},{\"version\":5,\"dateCreated\":\"2026-11-20T00:00:00Z\","
            + "\"projects\":[{\"id\":\"200001\",\"newGroups\":1}]}]");

    Reply page = scene.probe("acme");

    Scene.assertSucceeded(page);
    assertThat(page.text()).contains("release=\"5\"");
    assertThat(dropped("releases", "item")).isOne();
  }

  private static String monitor(String slug, String rest) {
    return "{\"slug\":\"%s\",\"project\":{\"slug\":\"web\"},\"status\":\"active\",%s}"
        .formatted(slug, rest);
  }

  @Test
  void anIncidentWithoutAStartCostsOnlyThat() {
    collecting("{monitors: {}}");
    String environments =
        "\"environments\":[{\"name\":\"production\",\"status\":\"error\",\"activeIncident\":%s}]";
    answer(
        "monitors",
        "["
            + monitor("odd", environments.formatted("{\"startingTimestamp\":null}"))
            + ","
            + monitor(
                "good", environments.formatted("{\"startingTimestamp\":\"2026-11-22T09:00:00Z\"}"))
            + "]");

    Reply page = scene.probe("acme");

    Scene.assertSucceeded(page);
    assertThat(monitors(page, "sentry_monitor_up{")).hasSize(2);
    assertThat(monitors(page, "sentry_monitor_incident_start_timestamp_seconds{"))
        .singleElement()
        .asString()
        .contains("monitor=\"good\"");
  }

  private static List<String> monitors(Reply page, String start) {
    return page.text().lines().filter(line -> line.startsWith(start)).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "{}", "[]"})
  void aMonitorWithoutEnvironmentsHasItsOwnStatus(String environments) {
    collecting("{monitors: {}}");
    answer(
        "monitors",
        "["
            + monitor(
                    "backup",
                    "\"environments\":%s,\"lastCheckIn\":\"2026-11-22T09:00:00Z\""
                        .formatted(environments))
                .replace("active", "ok")
            + "]");

    Reply page = scene.probe("acme");

    Scene.assertSucceeded(page);
    assertThat(monitors(page, "sentry_monitor_up{"))
        .containsExactly(
            "sentry_monitor_up{environment=\"\",monitor=\"backup\",organization=\"acme\","
                + "project=\"web\"} 1.0");
    assertThat(monitors(page, "sentry_monitor_last_checkin_timestamp_seconds{")).hasSize(1);
  }

  @Test
  void monitorsThatAreUptimeMonitorsAreUnsupportedAndNotAFailedProbe() {
    collecting("{projects: {}, monitors: {}}");
    answer(
        "monitors",
        "[{\"id\":1,\"name\":\"site\",\"monitorType\":\"GET\",\"isUp\":true,\"url\":\"https://x\"}]");

    Reply page = scene.probe("acme");

    assertThat(page.value("sentry_probe_success")).isOne();
    assertThat(Scene.failures(page))
        .containsExactly(
            "sentry_probe_failure_info{collector=\"monitors\",reason=\"unsupported\"} 1");
  }

  private static final String TWO_QUERIES =
      "{queries: {queries: [{name: by_type, aggregate: count(), group_by: [error.type]},"
          + " {name: total, aggregate: 'count()', query: 'level:fatal'}]}}";

  @Test
  void aGroupValueThatIsAListIsItsElements() {
    collecting(TWO_QUERIES);
    answer("events", has("level%3Afatal"), "{\"data\":[{\"count()\":42}]}");
    answer(
        "events",
        "{\"data\":[{\"error.type\":[\"ValueError\"],\"count()\":3},"
            + "{\"error.type\":[],\"count()\":1}]}");

    Reply page = scene.probe("acme");

    Scene.assertSucceeded(page);
    assertThat(query(page, "by_type", "ValueError")).isEqualTo("3.0");
    assertThat(query(page, "by_type", "")).isEqualTo("1.0");
    assertThat(query(page, "total", "")).isEqualTo("42.0");
  }

  private static String query(Reply page, String name, String errorType) {
    return value(
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

  @Test
  void aQueryThatSentryRefusesCostsNoOtherAndIsNamed() {
    collecting(TWO_QUERIES);
    answer("events", has("level%3Afatal"), "{\"data\":[{\"count()\":42}]}");
    refuse(has("/events/"), 400, "Invalid query");

    Reply page = scene.probe("acme");

    assertThat(page.value("sentry_probe_success")).isZero();
    assertThat(query(page, "total", "")).isEqualTo("42.0");
    assertThat(value(page, "sentry_query_success", "organization", "acme", "query", "by_type"))
        .isEqualTo("0.0");
    assertThat(value(page, "sentry_query_success", "organization", "acme", "query", "total"))
        .isEqualTo("1.0");
    assertThat(scene.trace("acme")).contains("request=\"events acme errors count()\"", "HTTP 400");
  }

  @Test
  void groupsThatAreTheSameAsLabelsAreAddedUp() {
    collecting("{queries: {queries: [{name: a, aggregate: count(), group_by: [release]}]}}");
    answer(
        "events",
        "{\"data\":[{\"release\":null,\"count()\":5},{\"release\":\"\",\"count()\":2},"
            + "{\"release\":\"x\",\"count()\":1}]}");

    assertThat(scene.probe("acme").text())
        .contains(
            "sentry_query_value{organization=\"acme\",query=\"a\",release=\"\",window=\"1h\"} 7.0");
  }

  @Test
  void groupsThatAreTheSameAsLabelsAreLeftOutWhereTheyCannotBeAddedUp() {
    collecting("{queries: {queries: [{name: a, aggregate: p95(x), group_by: [release]}]}}");
    answer(
        "events",
        "{\"data\":[{\"release\":null,\"p95(x)\":5},{\"release\":\"\",\"p95(x)\":2},"
            + "{\"release\":\"x\",\"p95(x)\":1}]}");

    assertThat(scene.probe("acme").text())
        .contains("release=\"x\",window=\"1h\"} 1.0")
        .doesNotContain("release=\"\"");
    assertThat(dropped("queries", "value")).isOne();
  }

  @Test
  void aProjectWithoutAccessHasNoZerosAndIsCounted() {
    answer(
        "projects",
        "[{\"id\":\"200001\",\"slug\":\"web\",\"hasAccess\":true},"
            + "{\"id\":\"9\",\"slug\":\"bar\",\"hasAccess\":false}]");

    Reply page = scene.probe("acme");

    Scene.assertSucceeded(page);
    assertThat(page.value("sentry_projects{organization=\"acme\"}")).isEqualTo(2);
    assertThat(page.value("sentry_projects_inaccessible{organization=\"acme\"}")).isEqualTo(1);
    assertThat(page.text().lines().filter(line -> line.contains("project=\"bar\"")))
        .singleElement()
        .asString()
        .startsWith("sentry_project_info{");
  }

  @Test
  void anOrganizationWithoutProjectsIsAnAnswer() {
    answer("projects", "[]");
    refuse(has("/stats_v2/"), 400, "No projects available");

    Reply page = scene.probe("acme");

    Scene.assertSucceeded(page);
    assertThat(page.value("sentry_projects{organization=\"acme\"}")).isZero();
  }

  @Test
  void projectsOfWhichNoneIsAccessibleAreAFailureWithItsReason() {
    collecting("{projects: {}, outcomes: {}}");
    answer("projects", "[{\"id\":\"9\",\"slug\":\"bar\",\"hasAccess\":false}]");
    refuse(has("/stats_v2/"), 400, "No projects available");

    Reply page = scene.probe("acme");

    assertThat(page.value("sentry_probe_success")).isZero();
    assertThat(Scene.failures(page))
        .containsExactly("sentry_probe_failure_info{collector=\"outcomes\",reason=\"scope\"} 1");
    assertThat(scene.trace("acme")).contains("the token's user is in no team of a project");
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
    collecting("{outcomes: {closed_hour: true}, issues: {}, releases: {}}");
    refuse(
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
    collecting(collectors + "\n    timeout: 4s");
    answer("events", has("level%3Afatal"), "{\"data\":[{\"count()\":42}]}");
    scene.sentry().faults().whenTarget(has(hanging), new Fault.Hang());

    Reply page = scene.probe("acme");

    assertThat(Scene.failures(page)).singleElement().asString().contains("timeout");
    assertThat(page.text()).contains(there.replace('^', '"'));
  }

  /// Whether a request that has the part is another than the one that is meant.
  private static boolean isOther(String part, String target) {
    return switch (part) {
      case "interval=1h" -> !target.contains("stats_v2");
      case "groupBy=project" -> !target.contains("interval=1d") || !target.contains("stats_v2");
      default -> false;
    };
  }

  @Test
  void aProjectWhoseOwnStatisticsFailCostsNoOtherProjectsCounters() {
    scene.close();
    scene =
        Scene.of(
            SimulatedWorld.demo(1),
            Installation.SELF_HOSTED_20_6,
            "    collectors: {outcomes: {}}\n");
    refuse(has("/api/0/projects/acme/web/stats/"), 500, "Internal Error");

    Reply page = scene.probe("acme");

    assertThat(Scene.failures(page))
        .containsExactly(
            "sentry_probe_failure_info{collector=\"outcomes\",reason=\"upstream_5xx\"} 1");
    assertThat(page.text())
        .contains("outcome=\"accepted\",project=\"api\"}")
        .doesNotContain("project=\"web\"");
  }

  @Test
  void aListOfProjectsThatFailsCostsOnlyWhatNeedsIt() {
    collecting(
        "{quota: {limits: {error: 5000}}, monitors: {}, uptime: {}, issues: {}, outcomes: {}}");
    refuse(target -> target.contains("/projects/"), 503, "Service Unavailable");

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
    collecting("{monitors: {}, outcomes: {}}\n    timeout: 4s");
    scene.fault("projects", new Fault.Hang());

    Reply page = scene.probe("acme");

    assertThat(Scene.failures(page))
        .containsExactly("sentry_probe_failure_info{collector=\"outcomes\",reason=\"timeout\"} 1");
    assertThat(page.text()).contains("sentry_monitor_up{");
  }

  @Test
  void ofAProjectWhoseListFailsMonitorsAreKnown() {
    collecting("{monitors: {}, outcomes: {}}");
    refuse(target -> target.contains("/projects/"), 503, "Service Unavailable");

    Reply page = scene.probe("acme/web");

    assertThat(page.text()).contains("sentry_monitor_up{");
    assertThat(page.text().lines().filter(line -> line.startsWith("sentry_monitor")))
        .allMatch(line -> line.contains("project=\"web\"") || line.contains("_truncated"));
  }

  @Test
  void theSeriesOfADeletedProjectEnd() {
    collecting("{outcomes: {}, sessions: {}}");
    Scene.assertSucceeded(scene.probe("acme"));
    scene.advance(Duration.ofMinutes(11));
    answer("projects", "[{\"id\":\"200002\",\"slug\":\"api\"}]");

    Reply page = scene.probe("acme");

    Scene.assertSucceeded(page);
    assertThat(Scene.figures(page))
        .isNotEmpty()
        .filteredOn(line -> line.contains("project="))
        .allMatch(line -> line.contains("project=\"api\""));
  }

  @ParameterizedTest
  @CsvSource({"1, 1.0", "2, 0.0", "'\"1\"', 1.0"})
  void anUptimeMonitorOfAnOldServerIsUpByItsStatus(String status, String up) {
    collecting("{uptime: {}}");
    answer(
        "uptime",
        "[{\"id\":\"7\",\"projectSlug\":\"web\",\"name\":null,\"status\":%s},".formatted(status)
            + "{\"id\":8,\"projectSlug\":\"web\",\"status\":\"news\"}]");

    Reply page = scene.probe("acme");

    Scene.assertSucceeded(page);
    assertThat(
            value(
                page,
                "sentry_uptime_up",
                "environment",
                "",
                "monitor",
                "7",
                "organization",
                "acme",
                "project",
                "web"))
        .isEqualTo(up);
    assertThat(page.text()).doesNotContain("monitor=\"8\"", "sentry_uptime_enabled{");
    assertThat(dropped("uptime", "item")).isOne();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"window\":60,\"count\":null}", "{}", "null"})
  void aClientKeyWithoutAWholeLimitHasNone(String limit) {
    collecting("{client_keys: {}}");
    answer(
        "project-keys",
        "[{\"id\":\"a\",\"projectId\":\"200001\",\"isActive\":true,\"rateLimit\":%s},"
                .formatted(limit)
            + "{\"id\":\"b\",\"projectId\":200001,\"isActive\":null}]");

    Reply page = scene.probe("acme/web");

    Scene.assertSucceeded(page);
    assertThat(
            value(
                page,
                "sentry_client_keys",
                "organization",
                "acme",
                "project",
                "web",
                "status",
                "active"))
        .isEqualTo("1.0");
    assertThat(page.text()).doesNotContain("sentry_client_key_rate_limit_events_per_second{");
    assertThat(dropped("client_keys", "item")).isOne();
  }

  @Test
  void aCounterThatMakesNoSenseIsAbsentAndNotZero() {
    collecting("{outcomes: {reasons: false}}");
    answer("projects", "[" + ONE_PROJECT_AND_ANOTHER + "]");
    String group =
        "{\"by\":{\"project\":%d,\"category\":\"error\",\"outcome\":\"accepted\"},"
            + "\"totals\":{\"sum(quantity)\":%s}}";
    answer(
        "stats_v2",
        "{\"start\":\"2026-11-01T00:00:00Z\",\"end\":\"2026-11-23T00:00:00Z\",\"groups\":["
            + group.formatted(1, "10")
            + ","
            + group.formatted(2, "-3")
            + "]}");

    Reply page = scene.probe("acme");

    assertThat(accepted(page, "good")).isEqualTo("10.0");
    assertThat(accepted(page, "odd")).isEqualTo("absent");
    assertThat(page.text()).contains("outcome=\"filtered\",project=\"odd\"} 0.0");
    assertThat(dropped("outcomes", "value")).isOne();
  }

  private static String accepted(Reply page, String project) {
    return value(
        page,
        "sentry_outcomes_total",
        "category",
        "error",
        "organization",
        "acme",
        "outcome",
        "accepted",
        "project",
        project);
  }

  @Test
  void aProbeOfWhichNothingIsSupportedIsNotASuccess() {
    scene.close();
    scene =
        Scene.of(
            SimulatedWorld.demo(1),
            Installation.SELF_HOSTED_20_6,
            "    collectors: {sessions: {}, monitors: {}}\n",
            Token.reading("simulated-api-token"));

    Reply page = scene.probe("acme");

    assertThat(page.value("sentry_probe_success")).isZero();
    assertThat(Scene.failures(page)).hasSize(2).allMatch(line -> line.contains("unsupported"));
  }

  @Test
  void countsOfManyProjectsGoOnBetweenScrapesAndShowWhatIsThere() {
    scene.close();
    scene =
        Scene.of(
            SimulatedWorld.demo(1),
            Installation.SELF_HOSTED,
            "    collectors: {issues: {per_project: true}}\n    timeout: 250ms\n");
    scene
        .sentry()
        .faults()
        .when(path -> path.contains("/issues/"), new Fault.Delay(Duration.ofMillis(40)));
    int all = scene.world().projects("acme").size() * 4;

    int counted = 0;
    int first = -1;
    for (int scrape = 0; scrape < 200 && counted < all; scrape++) {
      counted = monitors(scene.probe("acme"), "sentry_issues{").size();
      first = first < 0 ? counted : first;
    }

    assertThat(first).as("after the first scrape").isLessThan(all);
    assertThat(counted).isEqualTo(all);
    assertThat(scene.requestsTo("issues")).isBetween((long) all, all + 1L); // and how it searches
    Scene.assertSucceeded(scene.probe("acme"));
  }

  @Test
  void aServerThatCountsErrorsOnlyHasNoZerosOfOtherCategories() {
    scene.close();
    scene =
        Scene.of(
            SimulatedWorld.demo(1),
            Installation.SELF_HOSTED_20_6,
            "    collectors: {outcomes: {categories: [error, transaction]}}\n");

    assertThat(scene.probe("acme").text())
        .contains("category=\"error\"")
        .doesNotContain("category=\"transaction\"");
  }

  @Test
  void aServerThatCountsWhatItAcceptedHasNoZerosOfOtherOutcomesAndCategories() {
    scene.close();
    scene =
        Scene.of(
            SimulatedWorld.demo(1),
            Installation.GLITCHTIP,
            "    collectors: {outcomes: {categories: [error, span]}, quota: {limits: {span:"
                + " 5}}}\n");

    Reply page = scene.probe("acme");

    assertThat(page.text())
        .contains("category=\"error\"", "sentry_quota_limit{category=\"span\"")
        .doesNotContain("outcome=\"filtered\"", "sentry_quota_used{category=\"span\"");
    assertThat(page.text().lines().filter(line -> line.startsWith("sentry_outcomes_total")))
        .noneMatch(line -> line.contains("span"));
  }

  @Test
  void aServerThatDoesNotKnowSentrysSearchesHasNoZerosOfThem() {
    scene.close();
    scene =
        Scene.of(
            SimulatedWorld.demo(1),
            Installation.GLITCHTIP,
            "    collectors: {issues: {levels: [error, fatal], new_windows: [24h]}}\n");
    long errors = scene.world().projects("acme").size();

    Reply page = scene.probe("acme");

    assertThat(page.text()).doesNotContain("sentry_issues{", "sentry_issues_new{");
    assertThat(errors).isPositive();
    assertThat(
            page.value(
                Scene.series(
                    "sentry_issues_by_level",
                    "level",
                    "error",
                    "organization",
                    "acme",
                    "project",
                    "")))
        .isPositive();
    assertThat(Scene.failures(page))
        .containsExactly(
            "sentry_probe_failure_info{collector=\"issues\",reason=\"unsupported\"} 1");
    assertThat(page.value("sentry_probe_success")).isOne();
  }

  @Test
  void whatSentryFindsNothingOfIsZero() {
    collecting("{issues: {substatuses: [regressed], levels: [debug]}}");
    answer("issues", has("regressed"), "[]");
    answer("issues", has("debug"), "[]");

    Reply page = scene.probe("acme");

    Scene.assertSucceeded(page);
    assertThat(page.text())
        .contains(
            "sentry_issues{organization=\"acme\",project=\"\",substatus=\"regressed\"} 0.0",
            "sentry_issues_by_level{level=\"debug\",organization=\"acme\",project=\"\"} 0.0");
  }
}
