package io.sentryexporter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.PrometheusServer;
import io.sentryexporter.testing.RealParts;
import io.sentryexporter.testing.RunningExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/// A real Prometheus with as many targets of the old kind as Sentry's limit lets pass: 250 a
/// minute, 4.2 a second, of 5.
///
/// Two rounds and a little more, in `.ci/run`; elsewhere only with its length, such as
/// `-Drate.limit.seconds=300` for five minutes.
@Tag(RealParts.TAG)
class RateLimitIT {
  private static final int TARGETS = 250;
  private static final Duration LENGTH =
      Duration.ofSeconds(Integer.getInteger("rate.limit.seconds", 130));

  private static final Duration START = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final String CONFIG =
      """
      scrape_configs:
        - job_name: sentry
          metrics_path: /probe
          scrape_interval: 60s
          scrape_timeout: 10s
          static_configs:
            - targets: [TARGETS]
          relabel_configs:
            - source_labels: [__address__]
              target_label: __param_target
            - source_labels: [__param_target]
              target_label: instance
            - target_label: __address__
              replacement: EXPORTER
      """;

  @TempDir Path work = Path.of("");

  @Test
  void theSwapOfAnOldExporterThatFitsIntoSentrysLimitLosesNoProbe(TestReporter reporter)
      throws IOException {
    RealParts.assumeThereIsTime("rate.limit.seconds");
    SimulatedWorld world = SimulatedWorld.empty(1).withOrganization("acme", TARGETS);
    var limited =
        ServerOptions.onLoopback(InstantSource.system())
            .withInstallation(Installation.SENTRY_IO_ENFORCING_LIMITS)
            .withLatency(Duration.ofMillis(150));
    try (var sentry = SimulatedSentry.start(world, limited)) {
      Files.writeString(
          work.resolve("sentry_exporter.yml"),
          RunningExporter.module("sentry", sentry.url() + "/api/0/projects/acme/")
              .replace("timeout: 5s", "timeout: 10s"));
      String targets = world.projects("acme").stream().collect(Collectors.joining(", "));
      try (var exporter = PackagedExporter.start(work);
          var prometheus =
              PrometheusServer.start(
                  work,
                  CONFIG
                      .replace("[TARGETS]", "[" + targets + "]")
                      .replace("EXPORTER", exporter.authority()))) {
        Eventually.within(PATIENCE, () -> assertThat(prometheus.values("up", null)).isNotEmpty());
        long end = System.nanoTime() + LENGTH.toNanos();
        Eventually.within(
            LENGTH.plusSeconds(30), () -> assertThat(System.nanoTime() - end).isNotNegative());

        double least = (double) LENGTH.minus(START).toSeconds() / 60 * TARGETS;
        String seen = "[" + LENGTH.plus(PATIENCE).toSeconds() + "s]"; // all that there is
        double probes = only(prometheus, "sum(count_over_time(sentry_probe_success" + seen + "))");
        double worst = only(prometheus, "min(min_over_time(sentry_probe_success" + seen + "))");
        double longest =
            only(prometheus, "max(max_over_time(sentry_probe_duration_seconds" + seen + "))");
        reporter.publishEntry(
            "%.0f probes, the longest took %.2f s, %d requests"
                .formatted(probes, longest, sentry.requests().total()));
        String page = exporter.get("/metrics").text();
        assertThat(probes).as(page).isGreaterThanOrEqualTo(least);
        assertThat(worst).as(page).isOne();
        assertThat(page).doesNotContain("sentry_exporter_api_turns_refused_total{");
      }
    }
  }

  private static double only(PrometheusServer prometheus, String query) {
    return prometheus.values(query, null).values().iterator().next();
  }
}
