package io.sentryexporter.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.Fetch;
import io.sentryexporter.testing.FreePort;
import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RealParts;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import io.sentryexporter.testing.TestClock;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// A real Prometheus, set up as the old exporters' documentation says, over the packaged exporter.
@Tag(RealParts.TAG)
class PrometheusIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final TestClock clock = TestClock.at("2026-11-22T10:20:00Z");
  private final SimulatedWorld world = SimulatedWorld.demo(1);
  private SimulatedSentry sentry =
      SimulatedSentry.start(
          world, ServerOptions.onLoopback(clock).withInstallation(Installation.SELF_HOSTED));

  @TempDir Path work = Path.of("");

  @BeforeEach
  void configure() throws IOException {
    Files.writeString(
        work.resolve("sentry_exporter.yml"),
        RunningExporter.module("sentry", sentry.url() + "/api/0/projects/")
            + RunningExporter.module("organization", sentry.url() + "/api/0/organizations/")
                .replace("modules:\n", ""));
  }

  @AfterEach
  void stop() {
    sentry.close();
  }

  @Test
  void aPrometheusSetUpForTheOldExporterScrapesOursThroughAnOutageOfSentry() throws IOException {
    Path binary = RealParts.program("prometheus", "prometheus");
    try (var exporter = PackagedExporter.start(work);
        var prometheus = new Prometheus(binary, work, exporter.authority())) {
      prometheus.awaitReceived("acme/web", received("acme", "web"));
      prometheus.awaitReceived("globex/orders", received("globex", "orders"));
      prometheus.awaitReceived("acme", received("acme"));
      for (String target : new String[] {"acme/web", "globex/orders", "acme"}) {
        assertThat(prometheus.now("sentry_probe_status_code")).containsEntry(target, 200.0);
        assertThat(prometheus.now("sentry_probe_content_length").get(target)).isNotZero();
        assertThat(prometheus.now("sentry_probe_duration_seconds").get(target)).isBetween(0.0, 1.0);
        assertThat(prometheus.now("sentry_probe_success")).containsEntry(target, 1.0);
        assertThat(prometheus.now("up")).containsEntry(target, 1.0);
      }

      int port = sentry.url().getPort();
      sentry.close();
      Eventually.within(
          PATIENCE,
          () -> {
            assertThat(prometheus.now("sentry_probe_success").values()).containsOnly(0.0);
            assertThat(prometheus.now("sentry_probe_error_received")).isEmpty();
            assertThat(prometheus.now("sentry_probe_status_code").values()).containsOnly(0.0);
            assertThat(prometheus.now("up").values()).containsOnly(1.0);
          });
      assertThat(prometheus.now("sentry_probe_failure_info{reason=\"connect\"}"))
          .containsOnlyKeys("acme/web", "globex/orders", "acme");

      sentry =
          SimulatedSentry.start(
              world,
              ServerOptions.onLoopback(clock)
                  .withInstallation(Installation.SELF_HOSTED)
                  .withPort(port));
      clock.advance(Duration.ofMinutes(5));
      prometheus.awaitReceived("acme/web", received("acme", "web"));
      prometheus.awaitReceived("acme", received("acme"));
      assertThat(prometheus.now("up")).hasSize(4);
      assertThat(prometheus.now("up").values()).containsOnly(1.0);
      assertThat(prometheus.now("sentry_exporter_probes_failed_total{module=\"sentry\"}"))
          .allSatisfy((_, failures) -> assertThat(failures).isPositive());
      assertThat(prometheus.now("sentry_exporter_build_info"))
          .containsExactlyEntriesOf(Map.of(exporter.authority(), 1.0));
    }
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

  /// Prometheus on a free port of loopback, asked through its own API.
  private static final class Prometheus implements AutoCloseable {
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

    private static final JsonMapper JSON = new JsonMapper();

    private final String address = "127.0.0.1:" + FreePort.find();
    private final Program program;

    Prometheus(Path binary, Path work, String exporter) throws IOException {
      Path config = work.resolve("prometheus.yml");
      Files.writeString(config, CONFIG.replace("EXPORTER", exporter));
      program =
          Program.start(
              work,
              binary,
              "--config.file=" + config,
              "--storage.tsdb.path=" + work.resolve("prometheus"),
              "--web.listen-address=" + address);
    }

    /// The values of the series that match now, by instance.
    Map<String, Double> now(String query) {
      Reply reply =
          Fetch.get("http://" + address + "/api/v1/query?query=" + URLEncoder.encode(query, UTF_8));
      assertThat(reply.status()).as(reply.text()).isEqualTo(200);
      var json = JSON.readTree(reply.text());
      assertThat(json.path("status").asString()).as(json.toString()).isEqualTo("success");
      var values = new HashMap<String, Double>();
      for (var series : json.path("data").path("result")) {
        values.put(
            series.path("metric").path("instance").asString(),
            Double.valueOf(series.path("value").path(1).asString()));
      }
      return values;
    }

    void awaitReceived(String target, double events) {
      Eventually.within(
          PATIENCE,
          () ->
              assertThat(now("sentry_probe_error_received").get(target))
                  .as("events of %s; Prometheus says:\n%s", target, program.err())
                  .isNotNull()
                  .isCloseTo(events, within(0.0)));
    }

    @Override
    public void close() {
      program.close();
    }
  }
}
