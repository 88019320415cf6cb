package io.sentryexporter.endtoend;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.PrometheusServer;
import io.sentryexporter.testing.RealParts;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.TestSentry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The job of docs/service-discovery.md in a real Prometheus, which finds its targets on /sd.
@Tag(RealParts.TAG)
class DiscoveryIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Path GUIDE = Path.of("docs/service-discovery.md");
  private static final Path EXAMPLES = Path.of("examples").toAbsolutePath();
  private static final Pattern YAML =
      Pattern.compile("```yaml\n(scrape_configs.*?)```", Pattern.DOTALL);
  private static final String ADDRESS = "127.0.0.1:9412";

  private final TestClock clock = TestClock.at("2026-11-17T10:20:00Z");
  private final SimulatedWorld world = SimulatedWorld.demo(1);

  @AutoClose private final SimulatedSentry sentry = TestSentry.start(world, clock);

  @AutoClose
  private final RunningExporter exporter =
      RunningExporter.withClock(RunningExporter.collecting(sentry.url(), ""), clock, null);

  @TempDir Path work = Path.of("");

  @Test
  void oneJobFindsAndScrapesEveryProject() throws IOException {
    var projects =
        world.organizations().stream()
            .flatMap(organization -> world.projects(organization).stream())
            .collect(toSet());
    try (var prometheus = PrometheusServer.start(work, job("/sd"))) {
      Eventually.within(
          PATIENCE,
          () -> {
            assertThat(prometheus.now("up == 1", "instance").keySet())
                .as(prometheus.log())
                .isEqualTo(Set.copyOf(world.organizations()));
            assertThat(prometheus.now("sentry_project_info", "project").keySet())
                .containsAll(projects);
          });
    }
  }

  @Test
  void aNewProjectAppearsADeletedOneGoesAndWithoutSentryAllStay() throws IOException {
    list("web", "api"); // the clock stands still: what is read first is kept
    try (var prometheus = PrometheusServer.start(work, job("/sd?kind=project&organization=acme"))) {
      awaitTargets(prometheus, "acme/web", "acme/api");
      list("web", "new");
      clock.advance(Duration.ofMinutes(10));
      awaitTargets(prometheus, "acme/web", "acme/new");

      sentry.faults().clear();
      sentry.faults().when(_ -> true, new Fault.Status(502));
      clock.advance(Duration.ofHours(1));
      double lists = discoveries();
      Eventually.within(PATIENCE, () -> assertThat(discoveries()).isGreaterThan(lists + 2));
      awaitTargets(prometheus, "acme/web", "acme/new");

      clock.advance(Duration.ofDays(1)); // the last good list is too old
      double failed = failedDiscoveries();
      Eventually.within(PATIENCE, () -> assertThat(failedDiscoveries()).isGreaterThan(failed + 2));
      awaitTargets(prometheus, "acme/web", "acme/new");
    }
  }

  @Test
  void promtoolReadsTheShippedExample() throws IOException {
    Path config =
        Files.writeString(
            work.resolve("prometheus.yml"),
            here(Files.readString(EXAMPLES.resolve("prometheus.yml"))));
    Files.copy(EXAMPLES.resolve("alerts.yml"), work.resolve("alerts.yml"));

    String found =
        Program.read(
            Program.NO_INPUT,
            work,
            RealParts.program("promtool", "prometheus"),
            "check",
            "service-discovery",
            "--timeout=20s",
            config,
            "sentry");

    for (String organization : world.organizations()) {
      assertThat(found)
          .contains("\"__param_target\": \"" + organization + "\"")
          .contains("\"instance\": \"" + organization + "\"");
    }
  }

  /// The guide's job, with this exporter and short intervals.
  private String job(String path) throws IOException {
    var job = YAML.matcher(Files.readString(GUIDE));
    assertThat(job.find()).isTrue();
    String yaml = here(job.group(1));
    assertThat(yaml).contains("/sd\n", "scrape_timeout: 30s");
    return "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
        + yaml.replace("/sd\n", path + "\n        refresh_interval: 1s\n")
            .replace("scrape_timeout: 30s", "scrape_timeout: 1s");
  }

  private String here(String yaml) {
    assertThat(yaml).contains(ADDRESS);
    return yaml.replace(ADDRESS, "127.0.0.1:" + exporter.port());
  }

  /// The projects that Sentry lists from now on.
  private void list(String... slugs) {
    sentry.faults().clear();
    var json = new StringBuilder();
    for (String slug : slugs) {
      json.append(json.isEmpty() ? "[" : ",")
          .append(
              "{\"id\":\"" + (1_000 + slug.hashCode() % 1_000) + "\",\"slug\":\"" + slug + "\"}");
    }
    sentry
        .faults()
        .when(
            path -> path.endsWith("/organizations/acme/projects/"),
            new Fault.Body(200, "application/json", json.append("]").toString()));
  }

  private double discoveries() {
    return exporter.get("/metrics").value("sentry_exporter_discoveries_total");
  }

  private double failedDiscoveries() {
    return exporter.get("/metrics").value("sentry_exporter_discoveries_failed_total");
  }

  private static void awaitTargets(PrometheusServer prometheus, String... targets) {
    Eventually.within(
        PATIENCE,
        () ->
            assertThat(prometheus.now("up", "instance").keySet())
                .as(prometheus.log())
                .containsExactlyInAnyOrder(targets));
  }
}
