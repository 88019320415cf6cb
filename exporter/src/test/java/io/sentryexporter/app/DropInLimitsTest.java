package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Aside;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Many probes of `prober: http` at once: Sentry's rate limit, shared requests, kept answers, the
/// exporter's own limit.
class DropInLimitsTest {
  private static final String PROJECT_STATS = "/api/0/projects/{organization}/{project}/stats/";

  @AutoClose private final Scene scene = Scene.http();
  private final SimulatedSentry sentry = scene.sentry();
  private final RunningExporter exporter = scene.exporter();

  @Test
  void aCrowdWaitsOutA429AndThenSendsInTurnWithoutReachingTheLimitAgain() throws Exception {
    try (var strict = strict()) {
      strict.sentry().faults().next(1, new Fault.TooFrequent());
      var replies =
          together(
              strict.world().projects("acme").stream()
                  .limit(6)
                  .map(slug -> () -> strict.probe("acme/" + slug)));
      assertThat(replies).hasSize(6);
      replies.forEach(reply -> assertThat(reply.value("sentry_probe_success")).isEqualTo(1));
      // Six and the one refused; two may have gone before the limit was known.
      assertThat(strict.sentry().requests().total()).isBetween(7L, 8L);
    }
  }

  @Test
  void turnsThatComeTooLateAreReportedOnceWithBothRatesAndTheWayOut() throws Exception {
    try (var strict = strict()) {
      strict
          .exporter()
          .reload(
              RunningExporter.projects(strict.sentry().url())
                  .replace("timeout: 5s", "timeout: 1s"));
      for (int attempt = 0; attempt < 10 && !isShortOfTurns(strict); attempt++) {
        together( // on a slow machine all may end before an answer shows the limit
            strict.world().projects("acme").stream()
                .map(slug -> () -> strict.probe("acme/" + slug)));
      }
      String server = "server=\"127.0.0.1:";
      assertThat(strict.exporter().log())
          .containsOnlyOnce("more requests are needed than sentry's rate limit leaves turns for")
          .contains("needed_per_second=")
          .contains("given_per_second=4.75")
          .contains("remedy=\"prober: sentry reads all projects of an organization");
      String page = strict.exporter().get("/metrics").text();
      assertThat(page)
          .containsPattern(
              "sentry_exporter_api_turns_refused_total\\{endpoint=\"project_stats\"} [1-9]")
          .containsPattern(
              "sentry_exporter_api_needed_requests_per_second\\{endpoint=\"project_stats\","
                  + server
                  + "[0-9]+\"} [1-9]")
          .containsPattern(
              "sentry_exporter_api_given_requests_per_second\\{endpoint=\"project_stats\","
                  + server
                  + "[0-9]+\"} 4.75");
    }
  }

  private static boolean isShortOfTurns(Scene strict) {
    return strict.exporter().log().contains("more requests are needed than");
  }

  /// A server that refuses what is beyond its limits, by real time as the exporter.
  private static Scene strict() {
    return Scene.http(
        SimulatedWorld.demo(1),
        server ->
            server
                .withClock(InstantSource.system())
                .withInstallation(Installation.SENTRY_IO_ENFORCING_LIMITS));
  }

  /// The results of tasks that run at the same time.
  private static List<Reply> together(Stream<Callable<Reply>> tasks) throws Exception {
    var replies = new ArrayList<Reply>();
    for (var future : tasks.map(Aside::run).toList()) {
      replies.add(future.get());
    }
    return replies;
  }

  @Test
  void aShortRetryAfterIsWaitedForWithinTheProbe() {
    sentry
        .faults()
        .next(1, new Fault.RetryLater(Duration.ofSeconds(1), Fault.RetryAfterForm.SECONDS));
    exporter.probe("acme/web").assertReceived(scene.received("acme", "web"));
    assertThat(sentry.requests().count(PROJECT_STATS)).isEqualTo(2);
    assertThat(
            exporter
                .get("/metrics")
                .value("sentry_exporter_api_retries_total{endpoint=\"project_stats\"}"))
        .isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Fault.RetryAfterForm.class)
  void aRetryAfterBeyondTheDeadlineFailsAtOnceAndTheNextProbeSendsNoRequest(
      Fault.RetryAfterForm form) {
    sentry.faults().next(1, new Fault.RetryLater(Duration.ofSeconds(200), form));
    exporter.probe("acme/web").assertFailed("rate_limited", 429);
    exporter.probe("acme/api").assertFailed("rate_limited", 0);
    assertThat(sentry.requests().total()).isEqualTo(1);
  }

  @Test
  void concurrentProbesOfOneTargetAreOneRequest() throws Exception {
    var release = new CountDownLatch(1);
    sentry.faults().next(1, new Fault.Held(release));
    var replies =
        Stream.generate(() -> Aside.run(() -> exporter.probe("acme/web"))).limit(20).toList();
    assertThat(sentry.requests().awaitTotal(1, Duration.ofMinutes(1))).isTrue();
    Aside.awaitWaiting(19);
    release.countDown();
    for (var reply : replies) {
      reply.get().assertReceived(scene.received("acme", "web"));
    }
    assertThat(sentry.requests().total()).isEqualTo(1);
    assertThat(exporter.get("/metrics").value("sentry_exporter_coalesced_requests_total"))
        .isEqualTo(19);
  }

  @Test
  void anAnswerYoungerThanTheRefreshIntervalServesAgainAndShowsItsAge() {
    exporter.reload(
        RunningExporter.projects(sentry.url())
            .replace("timeout: 5s", "timeout: 1m\n    refresh_interval: 1h"));
    exporter.probe("acme/web").assertReceived(scene.received("acme", "web"));
    Reply second = exporter.probe("acme/web").assertReceived(scene.received("acme", "web"));
    assertThat(second.value("sentry_probe_data_age_seconds{collector=\"http\"}"))
        .isBetween(0.0, 60.0);
    assertThat(sentry.requests().total()).isEqualTo(1);
    assertThat(exporter.get("/metrics").value("sentry_exporter_cache_hits_total")).isEqualTo(1);
  }

  @Test
  void moreProbesAtOnceThanAllowedAre503AndTheOwnMetricsStillAnswer() throws Exception {
    try (var small =
        RunningExporter.with(
            RunningExporter.patient(RunningExporter.projects(sentry.url())),
            web -> web.withMaxRequests(1))) {
      sentry.faults().next(1, new Fault.Hang());
      var held = Aside.run(() -> small.probe("acme/web"));
      assertThat(sentry.requests().awaitTotal(1, Duration.ofSeconds(50))).isTrue();
      assertThat(small.probe("acme/api").status()).isEqualTo(503);
      assertThat(small.get("/metrics").value("sentry_exporter_requests_rejected_total"))
          .isEqualTo(1);
      sentry.close();
      held.get();
    }
  }
}
