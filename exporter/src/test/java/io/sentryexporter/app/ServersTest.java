package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.api.RequestLog;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Golden;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// The default collectors with each kind of server: sentry.io, self-hosted ones of six years,
/// GlitchTip.
class ServersTest {
  private static final Path PAGES = Path.of("exporter/src/test/resources/app");
  private static final Instant MONTH = Instant.parse("2026-11-01T00:00:00Z");

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "SENTRY_IO_ENFORCING_LIMITS")
  void everyServerHasTrueValuesAndNoneOfWhatItLacks(Installation server) {
    try (var scene = scene(server)) {
      Reply page = scene.probe("acme");

      assertThat(page.value("sentry_probe_success"))
          .as("what a server cannot serve is no failure: %s", scene.trace("acme"))
          .isOne();
      assertThat(Scene.failures(page)).containsExactlyElementsOf(unsupported(server));
      assertAcceptedErrorsAreTrue(scene, page);
      if (lacks(server).contains("sessions")) {
        assertThat(page.text()).doesNotContain("sentry_sessions_", "sentry_users_");
      } else {
        assertSessionsAreTrue(scene, page);
      }
      if (server == Installation.GLITCHTIP) {
        assertThat(page.text()).as("it tells no other").doesNotContain("outcome=\"filtered\"");
      }
      if (lacks(server).contains("monitors")) {
        assertThat(page.text()).doesNotContain("sentry_monitor_");
      }
      assertThat(scene.probe("acme/web").value("sentry_probe_success")).isOne();
    }
  }

  /// The collectors that a server cannot serve.
  private static Set<String> lacks(Installation server) {
    return switch (server) {
      case SENTRY_IO, SENTRY_IO_ENFORCING_LIMITS, SELF_HOSTED, SELF_HOSTED_23 -> Set.of();
      case SELF_HOSTED_21 -> Set.of("monitors");
      case SELF_HOSTED_20_6, GLITCHTIP -> Set.of("sessions", "monitors");
    };
  }

  /// One of each collector, and the statistics that old servers have in another place.
  private static long missingEndpoints(Installation server) {
    return (long) lacks(server).size() + (server == Installation.SELF_HOSTED_20_6 ? 1 : 0);
  }

  private static List<String> unsupported(Installation server) {
    var collectors = new TreeSet<>(lacks(server));
    if (server == Installation.GLITCHTIP) {
      collectors.add("issues"); // it lists them, but does not know Sentry's searches
    }
    return collectors.stream()
        .sorted()
        .map(collector ->
            Scene.series(
                    "sentry_probe_failure_info", "collector", collector, "reason", "unsupported")
                + " 1")
        .toList();
  }

  private static void assertAcceptedErrorsAreTrue(Scene scene, Reply page) {
    for (String project : scene.world().projects("acme")) {
      assertThat(page.value(outcomes(project, "error", "accepted")))
          .as(project)
          .isBetween(accepted(scene, project, Scene.START), accepted(scene, project, now(scene)));
    }
  }

  private static double accepted(Scene scene, String project, Instant until) {
    return scene.world().quantity("acme", project, "error", "accepted", MONTH, until);
  }

  /// The end of the second that it is, unless the clock stands.
  private static Instant now(Scene scene) {
    Instant now = scene.clock().instant();
    return now.equals(Scene.START) ? now : now.plusSeconds(1);
  }

  private static void assertSessionsAreTrue(Scene scene, Reply page) {
    assertSessions(
        scene, page, "sentry_sessions_total", "healthy", "errored", "crashed", "abnormal");
    assertSessions(scene, page, "sentry_sessions_errored_total", "errored", "crashed", "abnormal");
    assertSessions(scene, page, "sentry_sessions_crashed_total", "crashed");
    assertSessions(scene, page, "sentry_sessions_abnormal_total", "abnormal");
  }

  private static void assertSessions(Scene scene, Reply page, String metric, String... statuses) {
    for (String project : scene.world().projects("acme")) {
      assertThat(page.value(Scene.series(metric, "organization", "acme", "project", project)))
          .as("%s of %s", metric, project)
          .isBetween(
              sessions(scene, project, Scene.START, statuses),
              sessions(scene, project, now(scene), statuses));
    }
  }

  private static double sessions(Scene scene, String project, Instant until, String... statuses) {
    return Arrays.stream(statuses)
        .mapToLong(status -> scene.world().sessions("acme", project, status, MONTH, until))
        .sum();
  }

  private static String outcomes(String project, String category, String outcome) {
    return Scene.series(
        "sentry_outcomes_total",
        "category",
        category,
        "organization",
        "acme",
        "outcome",
        outcome,
        "project",
        project);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "SENTRY_IO_ENFORCING_LIMITS")
  void whatAServerLacksIsConfirmedAfterAMinuteAndThenNotRequested(Installation server) {
    try (var scene = scene(server)) {
      scene.probe("acme");
      scene.probe("acme/web");
      long missing = scene.sentry().requests().count(RequestLog.UNKNOWN);
      long atOnce = lacks(server).contains("sessions") ? 2 : 0; // more than one
      assertThat(missing)
          .as("sessions are read by three requests at the same time")
          .isBetween(missingEndpoints(server), missingEndpoints(server) + atOnce);

      scene.advance(Duration.ofMinutes(1));
      scene.probe("acme");
      scene.probe("acme/web");
      long confirmed = scene.sentry().requests().count(RequestLog.UNKNOWN);
      assertThat(confirmed - missing)
          .isBetween(missingEndpoints(server), missingEndpoints(server) + atOnce);

      for (int minute = 0; minute < 6; minute++) {
        scene.advance(Duration.ofMinutes(1));
        scene.probe("acme");
        scene.probe("acme/web");
      }

      assertThat(scene.sentry().requests().count(RequestLog.UNKNOWN)).isEqualTo(confirmed);
      String metrics = scene.exporter().get("/metrics").text();
      for (String collector : List.of("sessions", "monitors")) {
        assertThat(metrics)
            .contains(
                Scene.series(
                        "sentry_exporter_endpoint_available",
                        "endpoint",
                        collector,
                        "organization",
                        "acme",
                        "sentry_instance",
                        "default")
                    + (lacks(server).contains(collector) ? " 0" : " 1"));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"SENTRY_IO", "SENTRY_IO_ENFORCING_LIMITS"})
  void theMetricsOfAProjectWithEachServer(Installation server) {
    try (var scene = scene(server)) {
      Golden.assertMatches(
          PAGES.resolve("project." + server.name().toLowerCase(Locale.ROOT) + ".prom"),
          withoutHelp(Scene.lasting(scene.probe("acme/web"))));
    }
  }

  /// Help is the same everywhere, and another test's.
  private static String withoutHelp(String page) {
    return page.lines()
        .filter(line -> !line.startsWith("# HELP") && !line.startsWith("# TYPE"))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /// Where limits are advertised their distances need a clock that goes on.
  private static Scene scene(Installation server) {
    return server == Installation.SENTRY_IO
        ? Scene.of(
            SimulatedWorld.demo(1),
            TestClock.ticking(Scene.START),
            "",
            options -> options.withInstallation(server))
        : Scene.demo(server);
  }
}
