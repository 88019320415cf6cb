package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.RunningExporter.Reply;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A value or an item that makes no sense is absent and counted, and costs nothing else.
class BadValuesTest {
  private static final String TWO_QUERIES =
      "{queries: {queries: [{name: by_type, aggregate: count(), group_by: [error.type]},"
          + " {name: total, aggregate: 'count()', query: 'level:fatal'}]}}";

  private static final String ONE_PROJECT_AND_ANOTHER =
      "{\"id\":\"1\",\"slug\":\"good\"},{\"id\":\"2\",\"slug\":\"odd\"}";

  @SuppressWarnings("NullAway.Init") // each test sets it
  @AutoClose
  private Scene scene;

  @ParameterizedTest
  @ValueSource(strings = {"-0.5", "1.5", "\"many\""})
  void aRatioThatMakesNoSenseIsAbsentAndCountedAndCostsNothingElse(String ratio) {
    scene = Scene.collecting("{sessions: {}}");
    twoProjectsWithSessions(ratio);

    Reply page = scene.probe("acme");

    Scene.assertSucceeded(page);
    assertThat(
            Scene.value(page, "sentry_sessions_total", "organization", "acme", "project", "good"))
        .isEqualTo("10.0");
    assertThat(Scene.value(page, "sentry_sessions_total", "organization", "acme", "project", "odd"))
        .isEqualTo("7.0");
    assertThat(ratio(page, "good")).isEqualTo("0.9");
    assertThat(ratio(page, "odd")).isEqualTo("absent");
    assertThat(scene.dropped("sessions", "value")).isOne();
    assertThat(scene.trace("acme")).contains("left out of the answer", "/groups/1/totals");
  }

  @ParameterizedTest
  @CsvSource({"dateCreated, created_timestamp_seconds", "newGroups, new_issues"})
  void aReleaseWithANullLacksOnlyThat(String field, String metric) {
    scene = Scene.collecting("{releases: {newest: 20}}");
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
    scene.answer("releases", "[" + releases + "]");

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
    scene = Scene.collecting("{releases: {newest: 20}}");
    scene.answer(
        "releases",
        "[{\"version\":null},{\"version\":5,\"dateCreated\":\"2026-11-20T00:00:00Z\","
            + "\"projects\":[{\"id\":\"200001\",\"newGroups\":1}]}]");

    Reply page = scene.probe("acme");

    Scene.assertSucceeded(page);
    assertThat(page.text()).contains("release=\"5\"");
    assertThat(scene.dropped("releases", "item")).isOne();
  }

  @Test
  void anIncidentWithoutAStartCostsOnlyThat() {
    scene = Scene.collecting("{monitors: {}}");
    String environments =
        "\"environments\":[{\"name\":\"production\",\"status\":\"error\",\"activeIncident\":%s}]";
    scene.answer(
        "monitors",
        "["
            + monitor("odd", environments.formatted("{\"startingTimestamp\":null}"))
            + ","
            + monitor(
                "good", environments.formatted("{\"startingTimestamp\":\"2026-11-22T09:00:00Z\"}"))
            + "]");

    Reply page = scene.probe("acme");

    Scene.assertSucceeded(page);
    assertThat(Scene.lines(page, "sentry_monitor_up{")).hasSize(2);
    assertThat(Scene.lines(page, "sentry_monitor_incident_start_timestamp_seconds{"))
        .singleElement()
        .asString()
        .contains("monitor=\"good\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "{}", "[]"})
  void aMonitorWithoutEnvironmentsHasItsOwnStatus(String environments) {
    scene = Scene.collecting("{monitors: {}}");
    scene.answer(
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
    assertThat(Scene.lines(page, "sentry_monitor_up{"))
        .containsExactly(
            "sentry_monitor_up{environment=\"\",monitor=\"backup\",organization=\"acme\","
                + "project=\"web\"} 1.0");
    assertThat(Scene.lines(page, "sentry_monitor_last_checkin_timestamp_seconds{")).hasSize(1);
  }

  @Test
  void aGroupValueThatIsAListIsItsElements() {
    scene = Scene.collecting(TWO_QUERIES);
    scene.answer("events", Scene.has("level%3Afatal"), "{\"data\":[{\"count()\":42}]}");
    scene.answer(
        "events",
        "{\"data\":[{\"error.type\":[\"ValueError\"],\"count()\":3},"
            + "{\"error.type\":[],\"count()\":1}]}");

    Reply page = scene.probe("acme");

    Scene.assertSucceeded(page);
    assertThat(query(page, "by_type", "ValueError")).isEqualTo("3.0");
    assertThat(query(page, "by_type", "")).isEqualTo("1.0");
    assertThat(query(page, "total", "")).isEqualTo("42.0");
  }

  @Test
  void groupsThatAreTheSameAsLabelsAreAddedUp() {
    scene =
        Scene.collecting(
            "{queries: {queries: [{name: a, aggregate: count(), group_by: [release]}]}}");
    scene.answer(
        "events",
        "{\"data\":[{\"release\":null,\"count()\":5},{\"release\":\"\",\"count()\":2},"
            + "{\"release\":\"x\",\"count()\":1}]}");

    assertThat(scene.probe("acme").text())
        .contains(
            "sentry_query_value{organization=\"acme\",query=\"a\",release=\"\",window=\"1h\"} 7.0");
  }

  @Test
  void groupsThatAreTheSameAsLabelsAreLeftOutWhereTheyCannotBeAddedUp() {
    scene =
        Scene.collecting(
            "{queries: {queries: [{name: a, aggregate: p95(x), group_by: [release]}]}}");
    scene.answer(
        "events",
        "{\"data\":[{\"release\":null,\"p95(x)\":5},{\"release\":\"\",\"p95(x)\":2},"
            + "{\"release\":\"x\",\"p95(x)\":1}]}");

    assertThat(scene.probe("acme").text())
        .contains("release=\"x\",window=\"1h\"} 1.0")
        .doesNotContain("release=\"\"");
    assertThat(scene.dropped("queries", "value")).isOne();
  }

  @ParameterizedTest
  @CsvSource({"1, 1.0", "2, 0.0", "'\"1\"', 1.0"})
  void anUptimeMonitorOfAnOldServerIsUpByItsStatus(String status, String up) {
    scene = Scene.collecting("{uptime: {}}");
    scene.answer(
        "uptime",
        "[{\"id\":\"7\",\"projectSlug\":\"web\",\"name\":null,\"status\":%s},".formatted(status)
            + "{\"id\":8,\"projectSlug\":\"web\",\"status\":\"news\"}]");

    Reply page = scene.probe("acme");

    Scene.assertSucceeded(page);
    assertThat(
            Scene.value(
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
    assertThat(scene.dropped("uptime", "item")).isOne();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"window\":60,\"count\":null}", "{}", "null"})
  void aClientKeyWithoutAWholeLimitHasNone(String limit) {
    scene = Scene.collecting("{client_keys: {}}");
    scene.answer(
        "project-keys",
        "[{\"id\":\"a\",\"projectId\":\"200001\",\"isActive\":true,\"rateLimit\":%s},"
                .formatted(limit)
            + "{\"id\":\"b\",\"projectId\":200001,\"isActive\":null}]");

    Reply page = scene.probe("acme/web");

    Scene.assertSucceeded(page);
    assertThat(
            Scene.value(
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
    assertThat(scene.dropped("client_keys", "item")).isOne();
  }

  @Test
  void aCounterThatMakesNoSenseIsAbsentAndNotZero() {
    scene = Scene.collecting("{outcomes: {reasons: false}}");
    scene.answer("projects", "[" + ONE_PROJECT_AND_ANOTHER + "]");
    String group =
        "{\"by\":{\"project\":%d,\"category\":\"error\",\"outcome\":\"accepted\"},"
            + "\"totals\":{\"sum(quantity)\":%s}}";
    scene.answer(
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
    assertThat(scene.dropped("outcomes", "value")).isOne();
  }

  private void twoProjectsWithSessions(String ratioOfOdd) {
    scene.answer("projects", "[" + ONE_PROJECT_AND_ANOTHER + "]");
    scene.answer(
        "sessions",
        Scene.has("session.status"),
        sessions(
            "2026-11-01T00:00:00Z",
            "{\"by\":{\"project\":1,\"session.status\":\"healthy\"},"
                + "\"totals\":{\"sum(session)\":9}}",
            "{\"by\":{\"project\":2,\"session.status\":\"healthy\"},"
                + "\"totals\":{\"sum(session)\":4}}"));
    scene.answer(
        "sessions",
        Scene.has("crash_free_rate"),
        sessions(
            "2026-11-21T10:00:00Z",
            "{\"by\":{\"project\":1},\"totals\":{\"count_unique(user)\":3,"
                + "\"crash_free_rate(session)\":0.9,\"crash_free_rate(user)\":1}}",
            "{\"by\":{\"project\":2},\"totals\":{\"count_unique(user)\":2,"
                + "\"crash_free_rate(session)\":%s,\"crash_free_rate(user)\":1}}"
                    .formatted(ratioOfOdd)));
    scene.answer(
        "sessions",
        sessions(
            "2026-11-01T00:00:00Z",
            "{\"by\":{\"project\":1},\"totals\":{\"sum(session)\":10}}",
            "{\"by\":{\"project\":2},\"totals\":{\"sum(session)\":7}}"));
  }

  private static String ratio(Reply page, String project) {
    return Scene.value(
        page,
        "sentry_sessions_crash_free_ratio",
        "organization",
        "acme",
        "project",
        project,
        "window",
        "24h");
  }

  private static String monitor(String slug, String rest) {
    return "{\"slug\":\"%s\",\"project\":{\"slug\":\"web\"},\"status\":\"active\",%s}"
        .formatted(slug, rest);
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

  private static String accepted(Reply page, String project) {
    return Scene.value(
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

  /// Sessions by project, from the start of the month or of the day's window.
  private static String sessions(String start, String... groups) {
    String end =
        start.equals("2026-11-01T00:00:00Z") ? "2026-11-23T00:00:00Z" : "2026-11-22T10:00:00Z";
    return "{\"start\":\"%s\",\"end\":\"%s\",\"groups\":[%s]}"
        .formatted(start, end, String.join(",", groups));
  }
}
