package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.world.History;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Golden;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RealParts;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whole pages of the default module over a small organization, and their values against what
/// happened there.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WholePagesTest {
  private static final Path PAGES = Path.of("exporter/src/test/resources/app");
  private static final String OPENMETRICS = "application/openmetrics-text;version=1.0.0";
  private static final Instant MONTH = Instant.parse("2026-11-01T00:00:00Z");
  private static final List<History.Stream> STREAMS =
      List.of(
          History.Stream.of("project-0001", "error", "accepted", "none"),
          History.Stream.of("project-0001", "error", "filtered", "web-crawlers"),
          History.Stream.of("project-0001", "error", "filtered", "legacy-browsers"),
          History.Stream.of("project-0001", "attachment", "accepted", "none"),
          History.Stream.of("project-0001", "profile_duration", "accepted", "none"),
          History.Stream.ofSessions("project-0001", "healthy"),
          History.Stream.ofSessions("project-0001", "crashed"));

  @AutoClose private final Scene scene = Scene.of(world(), Installation.SELF_HOSTED, "");

  /// One of each in a minute, in one project of two.
  private static SimulatedWorld world() {
    return SimulatedWorld.empty(1)
        .withOrganization("small", 2)
        .withHistory(
            "small", STREAMS, (_, from, until, _) -> Duration.between(from, until).toMinutes());
  }

  @ParameterizedTest
  @CsvSource({
    "small, text/plain, organization.prom",
    "small/project-0001, text/plain, project.prom",
    "small, application/openmetrics-text;version=1.0.0, organization.openmetrics",
    "small/project-0001, application/openmetrics-text;version=1.0.0, project.openmetrics"
  })
  void thePageOfTheDefaultModule(String target, String accept, String file) {
    Golden.assertMatches(PAGES.resolve(file), Scene.lasting(page(target, accept)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "small/project-0001"})
  @Tag(RealParts.TAG)
  void promtoolAcceptsThePage(String target, @TempDir Path work) throws IOException {
    Path promtool = RealParts.program("promtool", "prometheus");
    Path page = Files.writeString(work.resolve("page"), page(target, "text/plain").text());

    assertThat(Program.read(page, work, promtool, "check", "metrics")).isEmpty();
  }

  @Test
  void aCounterIsOneSeriesInOpenMetricsToo() {
    assertThat(page("small", OPENMETRICS).text()).doesNotContain("_created{");
  }

  @ParameterizedTest
  @CsvSource({
    "sentry_outcomes_total, error, accepted, 1",
    "sentry_outcomes_total, error, filtered, 1",
    "sentry_outcomes_bytes_total, attachment, accepted, 1",
    "sentry_outcomes_duration_seconds_total, profile_duration, accepted, 1000"
  })
  void everyUnitCountsWhatHappened(String metric, String category, String outcome, int unit) {
    double happened =
        scene.world().quantity("small", "project-0001", category, outcome, MONTH, Scene.START);

    assertThat(
            page("small", "text/plain")
                .value(
                    Scene.series(
                        metric,
                        "category",
                        category,
                        "organization",
                        "small",
                        "outcome",
                        outcome,
                        "project",
                        "project-0001")))
        .isPositive()
        .isEqualTo(happened / unit);
  }

  @Test
  void theReasonsOfAnOutcomeAddUpToIt() {
    Reply page = page("small", "text/plain");
    double reasons =
        page.text()
            .lines()
            .filter(line -> line.startsWith("sentry_outcome_reasons_total{category=\"error\""))
            .filter(line -> line.contains("outcome=\"filtered\""))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
            .sum();
    double filtered =
        scene.world().quantity("small", "project-0001", "error", "filtered", MONTH, Scene.START);
    assertThat(reasons).isPositive().isEqualTo(filtered);
  }

  @Test
  void theCrashFreeRatioIsTheShareOfTheSessionsThatDidNotCrash() {
    assertThat(
            page("small", "text/plain")
                .value(
                    Scene.series(
                        "sentry_sessions_crash_free_ratio",
                        "organization",
                        "small",
                        "project",
                        "project-0001",
                        "window",
                        "24h")))
        .isEqualTo(0.5); // one healthy and one crashed each minute
  }

  private Reply page(String target, String accept) {
    return scene.exporter().get("/probe?target=" + target, "Accept", accept);
  }
}
