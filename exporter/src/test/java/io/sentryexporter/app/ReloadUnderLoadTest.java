package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Aside;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import io.sentryexporter.testing.TestSentry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Probes while the configuration changes under them, between two servers whose data differs.
class ReloadUnderLoadTest {
  private static final int RELOADS = 200;
  private static final int PROBES_BETWEEN_RELOADS = 5;
  private static final int THREADS = 8;

  private final TestClock clock = TestClock.at("2026-11-22T10:20:00Z");
  @AutoClose private final SimulatedSentry first = sentry(1);
  @AutoClose private final SimulatedSentry second = sentry(2);
  @AutoClose private final RunningExporter exporter = RunningExporter.with(config(first));

  @Test
  void noProbeFailsWhileTheConfigurationIsReplacedOrRefused() throws Exception {
    double before = value(exporter.probe("acme/web"));
    exporter.configure(config(second));
    assertThat(exporter.send("POST", "/-/reload").status()).isEqualTo(200);
    double after = value(exporter.probe("acme/web"));
    assertThat(after).isNotEqualTo(before);

    var done = new AtomicBoolean();
    var probed = new Semaphore(0);
    var probing = new ArrayList<Future<List<Double>>>();
    for (int i = 0; i < THREADS; i++) {
      probing.add(Aside.run(() -> probeUntil(done, probed)));
    }
    var broken =
        List.of(
            "", "modules: [", "modules: {}", config(first).replace("timeout: 1m", "timeout: x"));
    for (int i = 0; i < RELOADS; i++) {
      boolean good = i % 2 == 0;
      exporter.configure(
          good ? config(i % 4 == 0 ? first : second) : broken.get(i / 2 % broken.size()));
      assertThat(exporter.send("POST", "/-/reload").status()).isEqualTo(good ? 200 : 500);
      assertThat(probed.tryAcquire(PROBES_BETWEEN_RELOADS, 60, TimeUnit.SECONDS)).isTrue();
    }
    done.set(true);
    var values = new ArrayList<Double>();
    for (var task : probing) {
      values.addAll(task.get(60, TimeUnit.SECONDS));
    }
    assertThat(values).containsOnly(before, after);
    assertThat(
            exporter
                .get("/metrics")
                .value("sentry_exporter_probes_failed_total{module=\"sentry\"}"))
        .isZero();
  }

  @Test
  void aProbeUnderWayEndsWithTheConfigurationItBeganWith() throws Exception {
    double before = value(exporter.probe("acme/web"));
    var release = new CountDownLatch(1);
    first.faults().next(1, new Fault.Held(release));
    var underWay = Aside.run(() -> exporter.probe("acme/web"));
    assertThat(first.requests().awaitTotal(2, Duration.ofMinutes(1))).isTrue();
    exporter.configure(config(second));
    assertThat(exporter.send("POST", "/-/reload").status()).isEqualTo(200);
    assertThat(value(exporter.probe("acme/web"))).isNotEqualTo(before);
    release.countDown();
    assertThat(value(underWay.get(60, TimeUnit.SECONDS))).isEqualTo(before);
  }

  private List<Double> probeUntil(AtomicBoolean done, Semaphore probed) {
    var values = new ArrayList<Double>();
    while (!done.get()) {
      values.add(value(exporter.probe("acme/web")));
      probed.release();
    }
    return values;
  }

  private static double value(Reply reply) {
    assertThat(reply.value("sentry_probe_success")).as(reply.text()).isEqualTo(1);
    return reply.value("sentry_probe_error_received");
  }

  private SimulatedSentry sentry(long seed) {
    return TestSentry.start(SimulatedWorld.demo(seed), clock);
  }

  private static String config(SimulatedSentry sentry) {
    return RunningExporter.patient(RunningExporter.projects(sentry.url()));
  }
}
