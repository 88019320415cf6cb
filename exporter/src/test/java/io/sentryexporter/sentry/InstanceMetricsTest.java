package io.sentryexporter.sentry;

import static io.sentryexporter.sentry.SentryScene.PROJECTS;
import static io.sentryexporter.sentry.SentryScene.STATS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.message.SentryError;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// The exporter's own metrics of an instance.
class InstanceMetricsTest {
  @AutoClose private final SentryScene scene = SentryScene.demo();
  private final TestClock clock = scene.clock;
  private final SimulatedSentry simulated = scene.simulated;
  private final SentryClient sentry = scene.sentry;

  @Test
  void thePageShowsAgeSkewAndEndpoints() throws Exception {
    scene.get(PROJECTS);
    clock.advance(Duration.ofSeconds(7));
    assertThat(scene.page())
        .contains(
            "sentry_exporter_snapshot_age_seconds{collector=\"projects\",organization=\"acme\","
                + "sentry_instance=\"default\"} 7.0")
        .contains(
            "sentry_exporter_endpoint_available{endpoint=\"projects\",organization=\"acme\","
                + "sentry_instance=\"default\"} 1.0")
        .contains("sentry_exporter_clock_skew_seconds{sentry_instance=\"default\"}");
    sentry.close();
    assertThat(scene.page()).doesNotContain("sentry_instance");
  }

  @Test
  void whatSentryAdvertisesIsOnThePage() throws Exception {
    try (var advertising =
        SimulatedSentry.start(SimulatedWorld.demo(1), ServerOptions.onLoopback(clock))) {
      scene.get(scene.sentry(advertising), STATS);
      assertThat(scene.page())
          .contains(
              "sentry_exporter_api_rate_limit{endpoint=\"project_stats\",kind=\"limit\","
                  + "sentry_instance=\"default\"} 5.0")
          .contains("kind=\"remaining\"")
          .contains(
              "sentry_exporter_api_rate_limit{endpoint=\"project_stats\","
                  + "kind=\"concurrent_limit\",sentry_instance=\"default\"} 25.0")
          .contains("kind=\"concurrent_remaining\"");
    }
  }

  @Test
  void aWaitForSentrysLimitIsCounted() throws Exception {
    simulated
        .faults()
        .next(1, new Fault.RetryLater(Duration.ofSeconds(3), Fault.RetryAfterForm.SECONDS));
    assertThat(scene.get(STATS)).startsWith("[[");
    assertThat(scene.page())
        .contains("sentry_exporter_api_throttled_seconds_total{endpoint=\"project_stats\"} 3.0");
  }

  @Test
  void whatIsNoLongerRequestedIsNotReportedForever() throws Exception {
    simulated.faults().next(1, new Fault.Failure(SentryError.NO_PERMISSION));
    assertThatThrownBy(() -> scene.get(PROJECTS)).hasMessageContaining("org:read");
    scene.get(STATS);
    clock.advance(Duration.ofHours(2));
    assertThat(scene.page())
        .doesNotContain("sentry_exporter_token_scope_missing{")
        .contains("sentry_exporter_endpoint_available{");
    clock.advance(Duration.ofHours(23));
    assertThat(scene.page()).doesNotContain("sentry_exporter_endpoint_available{");
  }
}
