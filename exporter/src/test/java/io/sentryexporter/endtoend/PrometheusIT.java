package io.sentryexporter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.FreePort;
import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.PrometheusServer;
import io.sentryexporter.testing.RealParts;
import io.sentryexporter.testing.RunningExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real Prometheus, set up as in the old exporters' documentation, over the packaged exporter.
@Tag(RealParts.TAG)
class PrometheusIT {
  /// As in the old exporters' README; relabelling turns a target into a parameter.
  private static final String CONFIG =
      """
      global:
        scrape_interval: 1s
      scrape_configs:
        - job_name: sentry
          metrics_path: /probe
          static_configs:
            - targets:
                - acme/web
                - globex/orders
          relabel_configs:
            - source_labels: [__address__]
              target_label: __param_target
            - source_labels: [__param_target]
              target_label: instance
            - target_label: __address__
              replacement: EXPORTER
        - job_name: sentry_organizations
          metrics_path: /probe
          params:
            module: [organization]
          static_configs:
            - targets:
                - acme
          relabel_configs:
            - source_labels: [__address__]
              target_label: __param_target
            - source_labels: [__param_target]
              target_label: instance
            - target_label: __address__
              replacement: EXPORTER
        - job_name: sentry_exporter
          static_configs:
            - targets: [EXPORTER]
      """;

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final TestClock clock = TestClock.at("2026-11-22T10:20:00Z");
  private final SimulatedWorld world = SimulatedWorld.demo(1);

  /// Not one that systems give to clients: Sentry comes back on it.
  private final int port = FreePort.find();

  @AutoClose private SimulatedSentry sentry = sentry();

  @TempDir Path work = Path.of("");

  @BeforeEach
  void configure() throws IOException {
    Files.writeString(
        work.resolve("sentry_exporter.yml"),
        RunningExporter.projects(sentry.url())
            + RunningExporter.module("organization", sentry.url() + "/api/0/organizations/")
                .replace("modules:\n", ""));
  }

  @Test
  void aPrometheusSetUpForTheOldExporterScrapesOursThroughAnOutageOfSentry() throws IOException {
    try (var exporter = PackagedExporter.start(work);
        var prometheus =
            PrometheusServer.start(work, CONFIG.replace("EXPORTER", exporter.authority()))) {
      awaitReceived(prometheus, "acme/web", received("acme", "web"));
      awaitReceived(prometheus, "globex/orders", received("globex", "orders"));
      awaitReceived(prometheus, "acme", received("acme"));
      for (String target : new String[] {"acme/web", "globex/orders", "acme"}) {
        Eventually.within( // a scrape has a second
            PATIENCE,
            () -> {
              assertThat(now(prometheus, "sentry_probe_status_code")).containsEntry(target, 200.0);
              assertThat(now(prometheus, "sentry_probe_content_length").get(target))
                  .isNotNull()
                  .isNotZero();
              assertThat(now(prometheus, "sentry_probe_duration_seconds").get(target))
                  .isNotNull()
                  .isPositive();
              assertThat(now(prometheus, "sentry_probe_success")).containsEntry(target, 1.0);
              assertThat(now(prometheus, "up")).containsEntry(target, 1.0);
            });
      }

      sentry.close();
      Eventually.within(
          PATIENCE,
          () -> {
            assertThat(now(prometheus, "sentry_probe_success").values()).containsOnly(0.0);
            assertThat(now(prometheus, "sentry_probe_error_received")).isEmpty();
            assertThat(now(prometheus, "sentry_probe_status_code").values()).containsOnly(0.0);
            assertThat(now(prometheus, "up").values()).containsOnly(1.0);
            assertThat(now(prometheus, "sentry_probe_failure_info{reason=\"connect\"}"))
                .containsOnlyKeys("acme/web", "globex/orders", "acme");
          });

      sentry = sentry();
      clock.advance(Duration.ofMinutes(5));
      awaitReceived(prometheus, "acme/web", received("acme", "web"));
      awaitReceived(prometheus, "acme", received("acme"));
      Eventually.within(
          PATIENCE,
          () -> {
            assertThat(now(prometheus, "up == 1")).hasSize(4);
            assertThat(
                    now(prometheus, "sentry_exporter_probes_failed_total{module=\"sentry\"} > 0"))
                .containsOnlyKeys(exporter.authority());
            assertThat(now(prometheus, "sentry_exporter_build_info"))
                .containsExactlyEntriesOf(Map.of(exporter.authority(), 1.0));
          });
    }
  }

  private SimulatedSentry sentry() {
    return SimulatedSentry.start(
        world,
        ServerOptions.onLoopback(clock).withInstallation(Installation.SELF_HOSTED).withPort(port));
  }

  private double received(String organization, String project) {
    var hour = clock.instant().truncatedTo(ChronoUnit.HOURS);
    return world.received(organization, project, hour, clock.instant());
  }

  private double received(String organization) {
    return world.projects(organization).stream()
        .mapToDouble(project -> received(organization, project))
        .sum();
  }

  private static void awaitReceived(PrometheusServer prometheus, String target, double events) {
    Eventually.within(
        PATIENCE,
        () ->
            assertThat(now(prometheus, "sentry_probe_error_received").get(target))
                .as("events of %s; Prometheus says:\n%s", target, prometheus.log())
                .isNotNull()
                .isCloseTo(events, within(0.0)));
  }

  /// The values of the series that match now, by instance.
  private static Map<String, Double> now(PrometheusServer prometheus, String query) {
    return prometheus.now(query, "instance");
  }
}
