package io.sentryexporter.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.config.HttpModule;
import io.sentryexporter.http.Header;
import io.sentryexporter.http.HttpClient;
import io.sentryexporter.http.HttpClient.HttpSettings;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.sentry.AnswerCache;
import io.sentryexporter.sentry.AnswerCache.Memory;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.transport.RequestSender;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.message.SentryError;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.TestMetrics;
import io.sentryexporter.testing.TestTime;
import io.sentryexporter.text.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The prober with a clock moved by hand; what it does over HTTP is in the classes `DropIn…Test`.
class HttpProberTest {
  private final TestClock clock = TestClock.at("2026-11-22T10:20:00Z");

  @AutoClose
  private final SimulatedSentry sentry =
      SimulatedSentry.start(SimulatedWorld.demo(1), ServerOptions.onLoopback(clock));

  @AutoClose private final TestTime time = new TestTime(clock, (pause, _) -> clock.advance(pause));

  @AutoClose
  private final HttpClient http =
      new HttpClient(HttpSettings.standard("test"), time, Runnable::run);

  private final ExporterMetrics metrics = TestMetrics.create();
  private final HttpProber prober =
      new HttpProber(
          RequestSender.ofProbes(http::get, metrics, time),
          new AnswerCache(metrics, Memory.ofHeap(1L << 30), time, Runnable::run),
          time,
          new FailureLog(clock::nanos));

  @Test
  void anAnswerThatServesAgainShowsItsAge() throws InterruptedException {
    assertThat(age()).isZero();
    clock.advance(Duration.ofSeconds(42));
    assertThat(age()).isEqualTo(42);
    clock.advance(Duration.ofMillis(17_500)); // a scrape each minute never comes to the millisecond
    assertThat(age()).isZero();
    assertThat(sentry.requests().total()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"404 text/html <h1>Not Found</h1>", "404 text/plain no", "410 text/html x"})
  void anotherWebServerIsNamedByThePrefix(String answer) throws InterruptedException {
    String[] words = answer.split(" ", 3);
    sentry.faults().when(_ -> true, new Fault.Body(Integer.parseInt(words[0]), words[1], words[2]));

    for (String target : List.of("projects/acme/web", "organizations/acme")) {
      var trace = trace();
      assertThat(probe(target, trace).failure()).isEqualTo(Reason.NOT_SENTRY.label());
      assertThat(trace.text()).contains("does not look like Sentry", sentry.url().toString());
    }
  }

  @Test
  void anUnknownProjectOfSentrysIsNotFound() throws InterruptedException {
    assertThat(probe("projects/acme/none", trace()).failure()).isEqualTo(Reason.NOT_FOUND.label());
  }

  @Test
  void organizationStatisticsThatHaveWorkedAreRequestedAgainAfterAMinute()
      throws InterruptedException {
    assertThat(probe("organizations/acme", trace()).failure()).isNull();
    sentry
        .faults()
        .when(path -> path.endsWith("/acme/stats/"), new Fault.Failure(SentryError.GONE));
    for (int minute = 0; minute < 3; minute++) {
      clock.advance(Duration.ofSeconds(61));
      assertThat(probe("organizations/acme", trace()).failure()).isNull();
      assertThat(oldStatistics()).isEqualTo(minute + 2);
    }
  }

  @Test
  void organizationStatisticsThatAreGoneAreRequestedAgainRarelyAndAfterAReload()
      throws InterruptedException {
    sentry
        .faults()
        .when(path -> path.endsWith("/acme/stats/"), new Fault.Failure(SentryError.GONE));
    var times =
        List.of(Duration.ZERO, Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofHours(24));
    for (Duration time : times) {
      clock.advance(time.minusSeconds(1).isNegative() ? time : time.minusSeconds(1));
      long before = oldStatistics();
      if (!time.isZero()) {
        probe("organizations/acme", trace());
        assertThat(oldStatistics()).isEqualTo(before);
        clock.advance(Duration.ofSeconds(1));
      }
      probe("organizations/acme", trace());
      assertThat(oldStatistics()).isEqualTo(before + 1);
    }
    prober.forgetRefusals();
    probe("organizations/acme", trace());
    assertThat(oldStatistics()).isEqualTo(5);
  }

  private long oldStatistics() {
    return sentry.requests().count("/api/0/organizations/{organization}/stats/");
  }

  private double age() throws InterruptedException {
    var trace = trace();
    var result = probe("projects/acme/web", trace);
    assertThat(result.failure()).as(trace.text()).isNull();
    return value(result.families(), ProbeMetrics.DATA_AGE.name());
  }

  private ProbeResult probe(String target, Trace trace) throws InterruptedException {
    try (var deadline = time.deadline(Duration.ofMinutes(1))) {
      return prober.probe(module(), target, deadline, trace);
    }
  }

  private Trace trace() {
    return new Trace(clock, "sentry", "target", Header.redactor(module().headers()));
  }

  private HttpModule module() {
    return new HttpModule(
        "sentry",
        Duration.ZERO,
        "",
        URI.create(sentry.url() + "/api/0/"),
        Set.of(),
        List.of(new Header("Authorization", new Secret("Bearer " + SimulatedSentry.TOKEN))),
        Duration.ofMinutes(1),
        1,
        null);
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
