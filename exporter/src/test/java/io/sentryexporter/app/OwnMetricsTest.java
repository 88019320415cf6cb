package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.testing.Aside;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.RunningExporter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// The exporter's own metrics, after the events that they count.
class OwnMetricsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @AutoClose private final Scene scene = Scene.http();
  private final SimulatedSentry sentry = scene.sentry();
  private final RunningExporter exporter = scene.exporter();

  @Test
  void probesAreCountedByModuleAndOutcome() {
    exporter.probe("acme/web");
    exporter.probe("acme/none");

    assertThat(own("sentry_exporter_probes_total{module=\"sentry\"}")).isEqualTo(2);
    assertThat(own("sentry_exporter_probes_failed_total{module=\"sentry\"}")).isEqualTo(1);
    assertThat(own("sentry_exporter_probe_duration_seconds_count{module=\"sentry\"}")).isEqualTo(2);
    assertThat(own("sentry_exporter_probe_duration_seconds_sum{module=\"sentry\"}")).isPositive();
  }

  @Test
  void requestsToSentryAreCountedByEndpointAndStatusOrWhatWentWrong() {
    exporter.probe("acme/web");
    exporter.probe("acme/none");
    sentry
        .faults()
        .next(2, new Fault.Reset()); // the first may be an idle connection that was closed
    exporter.probe("acme/api");

    assertThat(requests("200")).isEqualTo(1);
    assertThat(requests("404")).isEqualTo(1);
    assertThat(requests("connection_closed")).isEqualTo(1);
    assertThat(
            own("sentry_exporter_api_request_duration_seconds_count{endpoint=\"project_stats\"}"))
        .isEqualTo(3);
  }

  @Test
  void aProbeUnderWayIsInFlight() throws Exception {
    var release = new CountDownLatch(1);
    sentry.faults().next(1, new Fault.Held(release));
    var probe = Aside.run(() -> exporter.probe("acme/web"));
    assertThat(sentry.requests().awaitTotal(1, PATIENCE)).isTrue();

    assertThat(own("sentry_exporter_probes_in_flight")).isEqualTo(1);
    release.countDown();
    probe.get().assertReceived(probe.get().value("sentry_probe_error_received"));
    Eventually.within(PATIENCE, () -> assertThat(own("sentry_exporter_probes_in_flight")).isZero());
  }

  @Test
  void whatAnEarlierAnswerServedIsCounted() {
    String kept = RunningExporter.projects(sentry.url()) + "    refresh_interval: 5m\n";
    exporter.configure(kept);
    assertThat(exporter.app().reload()).isEmpty();
    for (int i = 0; i < 3; i++) {
      exporter.probe("acme/web");
    }

    assertThat(own("sentry_exporter_cache_requests_total")).isEqualTo(3);
    assertThat(own("sentry_exporter_cache_hits_total")).isEqualTo(2);
  }

  @Test
  void aReloadIsTimedByTheCalendarAndItsFailureReported() {
    String yaml = RunningExporter.projects(sentry.url());
    try (var other = RunningExporter.withClock(yaml, scene.clock(), null)) {
      assertThat(
              other
                  .get("/metrics")
                  .value("sentry_exporter_config_last_reload_success_timestamp_seconds"))
          .isEqualTo((double) scene.clock().instant().getEpochSecond());
    }
    exporter.configure("nothing: of this kind");
    assertThat(exporter.app().reload()).isNotEmpty();

    assertThat(own("sentry_exporter_config_last_reload_successful")).isZero();
  }

  @Test
  void linesOfTheLogAreCountedByLevel() {
    double before = own("sentry_exporter_log_messages_total{level=\"info\"}");
    exporter.app().reload();

    assertThat(own("sentry_exporter_log_messages_total{level=\"info\"}")).isGreaterThan(before);
    assertThat(own("sentry_exporter_log_messages_total{level=\"error\"}")).isZero();
  }

  @Test
  void theBuildIsReported() {
    assertThat(exporter.get("/metrics").text().lines())
        .filteredOn(line -> line.startsWith("sentry_exporter_build_info{"))
        .singleElement()
        .asString()
        .containsPattern("branch=\"[^\"]+\"")
        .containsPattern("javaversion=\"25[^\"]*\"")
        .containsPattern("revision=\"[^\"]+\"")
        .containsPattern("version=\"\\d+\\.\\d+\\.\\d+\"");
  }

  private double requests(String code) {
    return own(
        "sentry_exporter_api_requests_total{code=\"%s\",endpoint=\"project_stats\"}"
            .formatted(code));
  }

  private double own(String series) {
    return exporter.get("/metrics").value(series);
  }
}
