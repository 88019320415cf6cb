package io.sentryexporter.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.config.HttpModule;
import io.sentryexporter.http.Deadline;
import io.sentryexporter.http.Header;
import io.sentryexporter.http.HttpCaller;
import io.sentryexporter.http.HttpSettings;
import io.sentryexporter.http.Secret;
import io.sentryexporter.metrics.BuildInfo;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.sentry.transport.CachingTransport;
import io.sentryexporter.sentry.transport.HttpTransport;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.TestClock;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The prober with a clock moved by hand; what it does over HTTP is in `DropInTest`.
class HttpProberTest {
  private final TestClock clock = TestClock.at("2026-11-22T10:20:00Z");
  private final SimulatedSentry sentry =
      SimulatedSentry.start(SimulatedWorld.demo(1), ServerOptions.onLoopback(clock));
  private final HttpCaller http = new HttpCaller(HttpSettings.standard("test"));
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final ExporterMetrics metrics = new ExporterMetrics(new BuildInfo("1", "2", "3", "25"));
  private final HttpProber prober =
      new HttpProber(
          new CachingTransport(
              new HttpTransport(http, metrics, clock::nanos), metrics, clock::nanos),
          clock,
          clock::nanos);

  @AfterEach
  void stop() {
    sentry.close();
    http.close();
    timer.shutdownNow();
  }

  @Test
  void anAnswerThatServesAgainTellsItsAge() throws InterruptedException {
    assertThat(age()).isZero();
    clock.advance(Duration.ofSeconds(42));
    assertThat(age()).isEqualTo(42);
    clock.advance(Duration.ofSeconds(18));
    assertThat(age()).isZero();
    assertThat(sentry.requests().total()).isEqualTo(2);
  }

  private double age() throws InterruptedException {
    var module =
        new HttpModule(
            "sentry",
            Duration.ZERO,
            "",
            URI.create(sentry.url() + "/api/0/projects/"),
            Set.of(),
            List.of(new Header("Authorization", new Secret("Bearer " + SimulatedSentry.TOKEN))),
            Duration.ofMinutes(1),
            1);
    try (var deadline = Deadline.after(Duration.ofSeconds(20), timer)) {
      var trace = new Trace(clock, "sentry", "acme/web", new Mask(module.headers()));
      var result = prober.probe(module, "acme/web", deadline, trace);
      assertThat(result.failure()).as(trace.text()).isNull();
      return value(result.families(), HttpProber.DATA_AGE.name());
    }
  }

  private static double value(List<MetricFamily> families, String name) {
    return families.stream()
        .filter(family -> family.metric().name().equals(name))
        .findFirst()
        .orElseThrow()
        .samples()
        .getFirst()
        .value();
  }
}
