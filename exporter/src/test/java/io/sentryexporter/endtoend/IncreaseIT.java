package io.sentryexporter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.FreePort;
import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.PrometheusServer;
import io.sentryexporter.testing.RealParts;
import io.sentryexporter.testing.TestSentry;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real Prometheus over the packaged exporter, which reads its counters from a Sentry of 2026.
@Tag(RealParts.TAG)
class IncreaseIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Instant MONTH = Instant.parse("2026-11-01T00:00:00Z");

  /// Of different projects, units, sizes.
  private static final String[][] WATCHED = {
    {"web", "error", "accepted"},
    {"web", "span", "filtered"},
    {"api", "error", "rate_limited"},
    {"checkout", "transaction", "client_discard"},
  };

  private final TestClock clock = TestClock.at("2026-11-17T10:20:00Z");
  private final SimulatedWorld world = SimulatedWorld.demo(1);

  @AutoClose private final SimulatedSentry sentry = TestSentry.start(world, clock);

  private final int port = FreePort.find();

  @TempDir Path work = Path.of("");

  @Test
  void increaseIsWhatSentryCountedAlsoOverARestartOfTheExporter() throws IOException {
    Files.writeString(
        work.resolve("sentry_exporter.yml"),
        """
        instances:
          default: {url: %s, auth_token: %s}
        modules:
          sentry:
            prober: sentry
            collectors:
              outcomes: {refresh_interval: 0s}
        """
            .formatted(sentry.url(), SimulatedSentry.TOKEN));
    String scrape =
        """
        global: {scrape_interval: 1s}
        scrape_configs:
          - job_name: sentry
            metrics_path: /probe
            params: {target: [acme]}
            static_configs: [{targets: ["127.0.0.1:%d"]}]
        """
            .formatted(port);
    Instant begin = clock.instant();
    try (var prometheus = PrometheusServer.start(work, scrape)) {
      try (var _ = exporter()) {
        awaitTruth(prometheus);
        clock.advance(Duration.ofMinutes(17));
        awaitTruth(prometheus);
      }
      clock.advance(Duration.ofHours(5)); // while it is away
      try (var _ = exporter()) {
        awaitTruth(prometheus);
        clock.advance(Duration.ofMinutes(41));
        awaitTruth(prometheus);
        for (String[] series : WATCHED) {
          Eventually.within( // a scrape has a second; after one that fails there is no sample
              PATIENCE, () -> assertIncrease(prometheus, series, truth(series, begin)));
        }
      }
    }
  }

  /// Waits until Prometheus has what Sentry counts by now.
  private void awaitTruth(PrometheusServer prometheus) {
    for (String[] series : WATCHED) {
      Eventually.within(
          PATIENCE,
          () ->
              assertThat(prometheus.values("sum(" + selector(series) + ")", null))
                  .as("%s; Prometheus says:\n%s", String.join(" ", series), prometheus.log())
                  .containsExactlyEntriesOf(Map.of(Map.of(), truth(series, MONTH))));
    }
  }

  /// From the first sample to the last, so that Prometheus has nothing to guess at the ends but a
  /// millisecond: newer servers leave out a sample at the range's very start.
  private static void assertIncrease(PrometheusServer prometheus, String[] series, double truth) {
    String selector = selector(series);
    Instant first = time(prometheus, "min_over_time(timestamp(" + selector + ")[1h:500ms])");
    Instant last = time(prometheus, "timestamp(" + selector + ")");
    long millis = first.until(last, ChronoUnit.MILLIS) + 1;
    double increase =
        only(prometheus.values("increase(%s[%dms])".formatted(selector, millis), last));
    assertThat(increase)
        .as("%s over %d ms", String.join(" ", series), millis)
        .isCloseTo(truth, within(1 + 2 * truth / millis));
  }

  private static String selector(String[] series) {
    return "sentry_outcomes_total{project=\"%s\",category=\"%s\",outcome=\"%s\"}"
        .formatted((Object[]) series);
  }

  private static Instant time(PrometheusServer prometheus, String query) {
    double seconds = only(prometheus.values(query, null));
    return Instant.ofEpochMilli(
        BigDecimal.valueOf(seconds)
            .movePointRight(3)
            .setScale(0, RoundingMode.HALF_UP)
            .longValue());
  }

  private static double only(Map<Map<String, String>, Double> values) {
    assertThat(values).hasSize(1);
    return values.values().iterator().next();
  }

  private double truth(String[] series, Instant from) {
    return world.quantity("acme", series[0], series[1], series[2], from, clock.instant());
  }

  private PackagedExporter exporter() {
    return PackagedExporter.start(work, "--web.listen-address=127.0.0.1:" + port);
  }
}
