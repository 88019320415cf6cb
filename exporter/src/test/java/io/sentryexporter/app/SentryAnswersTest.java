package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.world.History;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Fetch;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What Sentry's answers may hold: nonsense, news, and other times than ours.
class SentryAnswersTest {
  private static final String START = "{\"start\":\"2026-11-01T00:00:00Z\",\"groups\":";
  private static final String BY = "{\"by\":{\"project\":200001,\"session.status\":\"healthy\"},";

  @AutoClose private final Scene scene = Scene.demo(Installation.SELF_HOSTED);

  @ParameterizedTest
  @ValueSource(
      strings = {
        START + "[" + BY + "\"totals\":{\"sum(session)\":-1}}]}",
        START + "[" + BY + "\"totals\":{\"sum(session)\":1.5}}]}",
        START + "[" + BY + "\"totals\":{\"sum(session)\":null}}]}",
        START + "[" + BY + "\"totals\":{\"sum(session)\":1e400}}]}",
        START + "[" + BY + "\"totals\":{\"sum(session)\":NaN}}]}",
        START + "[" + BY + "\"totals\":{\"sum(session)\":9223372036854775808}}]}",
        START + "[" + BY + "\"totals\":{\"sum(session)\":1,\"sum(session)\":2}}]}",
        START + "[" + BY + "\"totals\":{}}]}", // a field is removed
        START
            + "["
            + BY
            + "\"totals\":{\"sum(session)\":1}},"
            + BY
            + "\"totals\":{\"sum(session)\":1}}]}", // a group twice
        "{\"start\":\"2026-10-01T00:00:00Z\",\"groups\":[]}", // another month
        START + "[", // cut short
        START + "[]} []",
        "[]",
        "null",
        ""
      })
  void anAnswerThatIsNotWhatItShouldBeIsRefusedWhole(String body) {
    assertRefused(body);
  }

  @Test
  void anAnswerOfAHundredThousandLevelsIsRefusedWhole() {
    assertRefused(START + "[".repeat(100_000));
  }

  @Test
  void aTextOfTenMillionLettersIsRefusedWhole() {
    assertRefused("{\"start\":\"" + "x".repeat(10_000_000) + "\",\"groups\":[]}");
  }

  private void assertRefused(String body) {
    scene.fault("sessions", new Fault.Body(200, "application/json", body));

    Reply page = scene.probe("acme");

    Scene.assertOnlyFailed(page, "sessions", "parse");
    assertThat(page.text()).doesNotContain("sentry_sessions_", "sentry_users_");
  }

  @Test
  void whatANewerSentryAddsPassesThrough() {
    scene.fault(
        "stats_v2",
        new Fault.Body(
            200,
            "application/json",
            """
            {"start":"2026-11-01T00:00:00Z","end":"2026-11-23T00:00:00Z","news":{"a":[1]},"groups":[
            {"by":{"project":200001,"category":"hologram","outcome":"teleported","reason":"none"},
            "totals":{"sum(quantity)":3,"sum(other)":-1},"series":null,"new":true}]}
            """));

    Reply page = scene.probe("acme");

    Scene.assertSucceeded(page);
    assertThat(
            page.value(
                Scene.series(
                    "sentry_outcomes_total",
                    "category",
                    "hologram",
                    "organization",
                    "acme",
                    "outcome",
                    "teleported",
                    "project",
                    "web")))
        .isEqualTo(3);
  }

  @Test
  void namesThatAreNoLabelsAreEscapedOrShortened() {
    String name = "a\\\\\\\"b\\nc\\u001b\\u202e\\ud83d\\ude00" + "x".repeat(1_000);
    scene
        .sentry()
        .faults()
        .when(
            path -> path.endsWith("/projects/"),
            new Fault.Body(
                200,
                "application/json",
                "[{\"id\":\"1\",\"slug\":\"web\",\"platform\":\"%s\",\"teams\":[]}]"
                    .formatted(name)));

    Reply page = scene.probe("acme");

    assertThat(page.text().lines().filter(line -> line.startsWith("sentry_project_info{")))
        .singleElement()
        .asString()
        .hasSizeLessThan(1_000)
        .doesNotContain("\u001b");
  }

  @Test
  void whileTheMonthEndsInTheMiddleOfARefreshNoOldSumIsTakenForANewOne() {
    var clock = new TestClock(Instant.parse("2026-11-30T23:59:30Z"));
    try (var atEnd =
        Scene.of(
            SimulatedWorld.demo(1),
            clock,
            "",
            options -> options.withInstallation(Installation.SELF_HOSTED))) {
      double november = atEnd.probe("acme").value(acceptedErrors());
      clock.advance(Duration.ofSeconds(91));
      double whole = atEnd.probe("acme").value(acceptedErrors());
      clock.advance(Duration.ofSeconds(59));
      double december = atEnd.probe("acme").value(acceptedErrors());

      assertThat(whole)
          .isGreaterThan(november)
          .isEqualTo(
              happened(atEnd, "2026-11-01T00:00:00Z", Instant.parse("2026-12-01T00:00:00Z")));
      assertThat(december).isLessThan(november / 1_000);
      assertThat(december).isEqualTo(happened(atEnd, "2026-12-01T00:00:00Z", clock.instant()));
    }
  }

  @Test
  void projectsThatSwapSlugsHaveNoCountersUntilTheMonthEnds() {
    projects("200001", "200002");
    assertThat(scene.probe("acme").has(acceptedErrors())).isTrue();
    projects("200002", "200001");
    scene.advance(Duration.ofMinutes(11));

    Reply page = scene.probe("acme");

    Scene.assertSucceeded(page);
    assertThat(page.text())
        .doesNotContain("sentry_outcomes_total{", "sentry_sessions_total{")
        .contains("sentry_users_active{");
    assertThat(scene.exporter().get("/metrics").text())
        .contains("sentry_exporter_counters_withheld{collector=\"outcomes\"} 2.0");
    assertThat(scene.probe("acme/web").text()).doesNotContain("sentry_sessions_total{");
  }

  @Test
  void aCategoryThatOnlyAWithheldProjectHasStaysAsZerosOfTheOthers() {
    var history =
        List.of(
            History.Stream.of("web", "transaction", "accepted", "none"),
            History.Stream.of("web", "error", "accepted", "none"),
            History.Stream.of("mobile", "error", "accepted", "none"));
    var world = SimulatedWorld.demo(1).withHistory("acme", history, (_, _, _, _) -> 7);
    String zero =
        "sentry_outcomes_total{category=\"transaction\",organization=\"acme\","
            + "outcome=\"accepted\",project=\"mobile\"}";
    try (var swapping = Scene.of(world, Installation.SELF_HOSTED, "")) {
      var list = swapping.sentry().url().resolve("/api/0/organizations/acme/projects/");
      String projects =
          Fetch.get(list + "?all_projects=1", "Authorization", "Bearer " + SimulatedSentry.TOKEN)
              .text();
      assertThat(swapping.probe("acme").value(zero)).isZero();
      String swapped =
          projects
              .replace("\"slug\":\"web\"", "\"slug\":\"was-api\"")
              .replace("\"slug\":\"api\"", "\"slug\":\"web\"")
              .replace("\"slug\":\"was-api\"", "\"slug\":\"api\"");
      swapping
          .sentry()
          .faults()
          .when(
              path -> path.endsWith("/projects/"),
              new Fault.Body(200, "application/json", swapped));
      swapping.advance(Duration.ofMinutes(11));

      Reply page = swapping.probe("acme");

      assertThat(page.text()).doesNotContain("outcome=\"accepted\",project=\"web\"");
      assertThat(page.value(zero)).isZero();
    }
  }

  /// The list of projects from now on.
  private void projects(String web, String api) {
    String project = "{\"id\":\"%s\",\"slug\":\"%s\",\"dateCreated\":\"2018-11-06T21:19:58.536Z\"}";
    scene.sentry().faults().clear();
    scene
        .sentry()
        .faults()
        .when(
            path -> path.endsWith("/projects/"),
            new Fault.Body(
                200,
                "application/json",
                "[" + project.formatted(web, "web") + "," + project.formatted(api, "api") + "]"));
  }

  @ParameterizedTest
  @ValueSource(longs = {-86_400, -3_600, 3_600, 86_400, 10 * 86_400})
  void aWrongLocalClockDoesNotMoveTheEpochNorMakeAgesNegative(long seconds) {
    var ours = new TestClock(Scene.START.plusSeconds(seconds));
    var theirs = new TestClock(Scene.START);
    try (var skewed =
        Scene.of(
            SimulatedWorld.demo(1),
            ours,
            "",
            options -> options.withInstallation(Installation.SELF_HOSTED).withClock(theirs))) {
      skewed.probe("acme"); // hears what time it is
      ours.advance(Duration.ofMinutes(6));
      theirs.advance(Duration.ofMinutes(6));

      Reply page = skewed.probe("acme");

      Scene.assertSucceeded(page);
      assertThat(page.value(acceptedErrors()))
          .isEqualTo(happened(skewed, "2026-11-01T00:00:00Z", theirs.instant()));
      assertThat(Scene.DEFAULTS)
          .allSatisfy(collector -> assertThat(Scene.age(page, collector)).isBetween(0.0, 400.0));
    }
  }

  private static double happened(Scene scene, String from, Instant until) {
    return scene.world().quantity("acme", "web", "error", "accepted", Instant.parse(from), until);
  }

  private static String acceptedErrors() {
    return Scene.series(
        "sentry_outcomes_total",
        "category",
        "error",
        "organization",
        "acme",
        "outcome",
        "accepted",
        "project",
        "web");
  }
}
