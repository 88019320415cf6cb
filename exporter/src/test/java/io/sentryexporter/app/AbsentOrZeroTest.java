package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// What Sentry does not report is absent; only what it finds nothing of is 0.
class AbsentOrZeroTest {
  @SuppressWarnings("NullAway.Init") // each test sets it
  @AutoClose
  private Scene scene;

  @Test
  void whatSentryFindsNothingOfIsZero() {
    scene = Scene.collecting("{issues: {substatuses: [regressed], levels: [debug]}}");
    scene.answer("issues", Scene.has("regressed"), "[]");
    scene.answer("issues", Scene.has("debug"), "[]");

    Reply page = scene.probe("acme");

    Scene.assertSucceeded(page);
    assertThat(page.text())
        .contains(
            "sentry_issues{organization=\"acme\",project=\"\",substatus=\"regressed\"} 0.0",
            "sentry_issues_by_level{level=\"debug\",organization=\"acme\",project=\"\"} 0.0");
  }

  @Test
  void aProjectWithoutAccessHasNoZerosAndIsCounted() {
    scene = Scene.demo(Installation.SELF_HOSTED);
    scene.answer(
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
    scene = Scene.demo(Installation.SELF_HOSTED);
    scene.answer("projects", "[]");
    scene.refuse(Scene.has("/stats_v2/"), 400, "No projects available");

    Reply page = scene.probe("acme");

    Scene.assertSucceeded(page);
    assertThat(page.value("sentry_projects{organization=\"acme\"}")).isZero();
  }

  @Test
  void projectsOfWhichNoneIsAccessibleAreAFailureWithItsReason() {
    scene = Scene.collecting("{projects: {}, outcomes: {}}");
    scene.answer("projects", "[{\"id\":\"9\",\"slug\":\"bar\",\"hasAccess\":false}]");
    scene.refuse(Scene.has("/stats_v2/"), 400, "No projects available");

    Reply page = scene.probe("acme");

    assertThat(page.value("sentry_probe_success")).isZero();
    assertThat(Scene.failures(page))
        .containsExactly("sentry_probe_failure_info{collector=\"outcomes\",reason=\"scope\"} 1");
    assertThat(scene.trace("acme")).contains("the token's user is in no team of a project");
  }

  @Test
  void theSeriesOfADeletedProjectEnd() {
    scene = Scene.collecting("{outcomes: {}, sessions: {}}");
    Scene.assertSucceeded(scene.probe("acme"));
    scene.advance(Duration.ofMinutes(11));
    scene.answer("projects", "[{\"id\":\"200002\",\"slug\":\"api\"}]");

    Reply page = scene.probe("acme");

    Scene.assertSucceeded(page);
    assertThat(Scene.values(page))
        .isNotEmpty()
        .filteredOn(line -> line.contains("project="))
        .allMatch(line -> line.contains("project=\"api\""));
  }

  @Test
  void aServerThatCountsErrorsOnlyHasNoZerosOfOtherCategories() {
    scene =
        Scene.collecting(
            Installation.SELF_HOSTED_20_6, "{outcomes: {categories: [error, transaction]}}");

    assertThat(scene.probe("acme").text())
        .contains("category=\"error\"")
        .doesNotContain("category=\"transaction\"");
  }

  @Test
  void aServerThatCountsWhatItAcceptedHasNoZerosOfOtherOutcomesAndCategories() {
    scene =
        Scene.collecting(
            Installation.GLITCHTIP,
            "{outcomes: {categories: [error, span]}, quota: {limits: {span: 5}}}");

    Reply page = scene.probe("acme");

    assertThat(page.text())
        .contains("category=\"error\"", "sentry_quota_limit{category=\"span\"")
        .doesNotContain("outcome=\"filtered\"", "sentry_quota_used{category=\"span\"");
    assertThat(page.text().lines().filter(line -> line.startsWith("sentry_outcomes_total")))
        .noneMatch(line -> line.contains("span"));
  }

  @Test
  void aServerThatDoesNotKnowSentrysSearchesHasNoZerosOfThem() {
    scene =
        Scene.collecting(
            Installation.GLITCHTIP, "{issues: {levels: [error, fatal], new_windows: [24h]}}");
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
  void monitorsThatAreUptimeMonitorsAreUnsupportedAndNotAFailedProbe() {
    scene = Scene.collecting("{projects: {}, monitors: {}}");
    scene.answer(
        "monitors",
        "[{\"id\":1,\"name\":\"site\",\"monitorType\":\"GET\",\"isUp\":true,\"url\":\"https://x\"}]");

    Reply page = scene.probe("acme");

    assertThat(page.value("sentry_probe_success")).isOne();
    assertThat(Scene.failures(page))
        .containsExactly(
            "sentry_probe_failure_info{collector=\"monitors\",reason=\"unsupported\"} 1");
  }

  @Test
  void aProbeOfWhichNothingIsSupportedIsNotASuccess() {
    scene = Scene.collecting(Installation.SELF_HOSTED_20_6, "{sessions: {}, monitors: {}}");

    Reply page = scene.probe("acme");

    assertThat(page.value("sentry_probe_success")).isZero();
    assertThat(Scene.failures(page)).hasSize(2).allMatch(line -> line.contains("unsupported"));
  }
}
