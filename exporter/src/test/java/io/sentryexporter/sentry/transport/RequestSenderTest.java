package io.sentryexporter.sentry.transport;

import static io.sentryexporter.testing.Failures.because;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.http.Header;
import io.sentryexporter.http.HttpClient;
import io.sentryexporter.http.HttpClient.HttpSettings;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.sentry.AnswerCache;
import io.sentryexporter.sentry.AnswerCache.Given;
import io.sentryexporter.sentry.AnswerCache.Memory;
import io.sentryexporter.sentry.CachePolicy;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.transport.RequestSender.Answer;
import io.sentryexporter.sentry.transport.RequestSender.Call;
import io.sentryexporter.sentry.transport.RequestSender.Call.Statuses;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Aside;
import io.sentryexporter.testing.StillTime;
import io.sentryexporter.testing.TestMetrics;
import io.sentryexporter.testing.TestSentry;
import io.sentryexporter.testing.TestTime;
import io.sentryexporter.text.Secret;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import io.sentryexporter.time.TimeSource.Sleeper;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Requests of probes over real HTTP; waiting moves a clock instead.
class RequestSenderTest {
  private static final Duration PATIENT = Duration.ofMinutes(1);

  private final TestClock clock = TestClock.at("2026-11-22T10:20:00Z");
  private final SimulatedSentry sentry = TestSentry.start(clock);
  @AutoClose private final TimeSource real = TestTime.real();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient http =
      new HttpClient(HttpSettings.standard("test"), real, Runnable::run);
  private final List<Duration> slept = Collections.synchronizedList(new ArrayList<>());
  private final ExporterMetrics metrics = TestMetrics.create();
  private final Sleeper sleeper =
      (time, deadline) -> {
        slept.add(time);
        clock.advance(time);
      };
  private final Probes probes = new Probes(sleeper);

  @AfterEach
  void stop() {
    sentry.close();
    http.close();
    threads.shutdownNow();
  }

  @Test
  void aRequestIsRetriedAfterTheWaitThatSentryRequires() throws Exception {
    sentry.faults().next(1, retryLater(Duration.ofSeconds(3)));
    Answer answer = get("web", PATIENT);
    assertThat(answer.http().status()).isEqualTo(200);
    assertThat(answer.requests()).isEqualTo(2);
    assertThat(answer.waited()).isEqualTo(Duration.ofSeconds(3));
    assertThat(slept).containsExactly(Duration.ofSeconds(3));
    assertThat(sentry.requests().total()).isEqualTo(2);
  }

  @Test
  void a429ThatNamesTheEndOfItsWindowIsWaitedOutToo() throws Exception {
    sentry.faults().next(1, new Fault.TooFrequent());
    assertThat(get("web", PATIENT).http().status()).isEqualTo(200);
    assertThat(slept).hasSize(1);
  }

  @Test
  void inAStormOf429TheThirdIsTheAnswer() throws Exception {
    sentry.faults().next(10, new Fault.TooFrequent());

    assertThat(get("web", PATIENT).http().status()).isEqualTo(429);
    assertThat(sentry.requests().total()).isEqualTo(3);
  }

  @Test
  void a429WithoutAWaitIsTheAnswer() throws Exception {
    sentry.faults().next(1, new Fault.Status(429));
    assertThat(get("web", PATIENT).http().status()).isEqualTo(429);
    assertThat(slept).isEmpty();
    assertThat(sentry.requests().total()).isEqualTo(1);
  }

  @Test
  void aWaitBeyondTheDeadlineIsNotBegunNorByTheNextOfTheSameEndpoint() throws Exception {
    sentry.faults().next(1, retryLater(Duration.ofMinutes(2)));
    assertThat(get("web", PATIENT).http().status()).isEqualTo(429);
    assertThatThrownBy(() -> get("api", PATIENT)).satisfies(because(Reason.RATE_LIMITED));
    assertThat(sentry.requests().total()).isEqualTo(1);
    assertThat(slept).isEmpty();
  }

  @Test
  void whenTheWaitIsOverRequestsAreSentAgain() throws Exception {
    sentry.faults().next(1, retryLater(Duration.ofMinutes(2)));
    get("web", PATIENT);
    clock.advance(Duration.ofSeconds(121));
    assertThat(get("api", PATIENT).http().status()).isEqualTo(200);
  }

  @Test
  void anotherEndpointAndAnotherTokenDoNotWait() throws Exception {
    sentry.faults().next(1, retryLater(Duration.ofMinutes(2)));
    get("web", PATIENT);
    var organization =
        call(
            sentry.url() + "/api/0/organizations/acme/stats/",
            SimulatedSentry.TOKEN,
            Duration.ZERO);
    assertThat(get(organization, PATIENT).http().status()).isEqualTo(200);
    var otherToken = call(sentry.url() + "/api/0/projects/acme/web/stats/", "other", Duration.ZERO);
    assertThat(get(otherToken, PATIENT).http().status()).isEqualTo(401);
  }

  @Test
  void theSameTokenWaitsRegardlessOfOtherHeaders() throws Exception {
    sentry.faults().next(1, retryLater(Duration.ofMinutes(2)));
    get("web", PATIENT);
    var address = URI.create(sentry.url() + "/api/0/projects/acme/api/stats/");
    var otherModule =
        new Asked(
            new Call(
                Endpoint.of(address),
                new HttpGet(
                    address,
                    List.of(
                        new Header("Accept", new Secret("application/json")),
                        new Header(
                            "authorization", new Secret("Bearer " + SimulatedSentry.TOKEN)))),
                new Statuses(Set.of(200)),
                0.5),
            Duration.ZERO);
    assertThatThrownBy(() -> get(otherModule, PATIENT)).satisfies(because(Reason.RATE_LIMITED));
    assertThat(sentry.requests().total()).isEqualTo(1);
  }

  @Test
  void concurrentIdenticalCallsAreSentOnce() throws Exception {
    var release = new CountDownLatch(1);
    sentry.faults().next(1, new Fault.Held(release));
    var answers = inParallel(50, _ -> get("web", PATIENT));
    assertThat(sentry.requests().awaitTotal(1, PATIENT)).isTrue();
    Aside.awaitWaiting(49);
    release.countDown();
    for (var answer : answers) {
      assertThat(answer.get().http().status()).isEqualTo(200);
    }
    assertThat(sentry.requests().total()).isEqualTo(1);
  }

  @Test
  void aCallThatWaitsForAnotherThatRanOutOfTimeIsSentItself() throws Exception {
    sentry.faults().next(1, new Fault.Hang());
    var still = new StillTime();
    Deadline ends = still.deadline(PATIENT);
    Future<Answer> hasty = threads.submit(() -> probes.get(project("web"), ends).answer());
    assertThat(sentry.requests().awaitTotal(1, PATIENT)).isTrue();
    Future<Answer> patient = threads.submit(() -> get("web", PATIENT));
    Aside.awaitWaiting(1);
    still.pass(PATIENT);
    assertThatThrownBy(hasty::get).cause().satisfies(because(Reason.TIMEOUT));
    assertThat(patient.get().http().status()).isEqualTo(200);
    assertThat(sentry.requests().total()).isEqualTo(2);
  }

  @Test
  void aCallThatWaitsForAnotherStillHasItsOwnDeadline() throws Exception {
    sentry.faults().next(1, new Fault.Hang());
    try (var cancelled = real.deadline(PATIENT)) {
      Future<Answer> first = threads.submit(() -> probes.get(project("web"), cancelled).answer());
      assertThat(sentry.requests().awaitTotal(1, PATIENT)).isTrue();
      assertThatThrownBy(() -> get("web", Duration.ofMillis(200)))
          .satisfies(because(Reason.TIMEOUT));
      cancelled.cancel();
      assertThatThrownBy(first::get).cause().satisfies(because(Reason.CANCELLED));
    }
  }

  @Test
  void anAnswerServesAgainUntilItIsTooOldForTheCall() throws Exception {
    var call =
        call(
            sentry.url() + "/api/0/projects/acme/web/stats/",
            SimulatedSentry.TOKEN,
            Duration.ofSeconds(30));
    var first = given(call, PATIENT);
    assertThat(first.source()).isEqualTo(AnswerCache.Source.REQUESTED);
    clock.advance(Duration.ofSeconds(26));
    var second = given(call, PATIENT);
    assertThat(second.source()).isEqualTo(AnswerCache.Source.KEPT);
    assertThat(second.kept()).isEqualTo(first.kept());
    clock.advance(Duration.ofSeconds(1));
    assertThat(given(call, PATIENT).source()).isEqualTo(AnswerCache.Source.REQUESTED);
    assertThat(sentry.requests().total()).isEqualTo(2);
  }

  @Test
  void anErrorDoesNotServeAgainNorDoesTheAnswerToAnotherToken() throws Exception {
    sentry.faults().next(1, new Fault.Status(503));
    var call =
        call(
            sentry.url() + "/api/0/projects/acme/web/stats/",
            SimulatedSentry.TOKEN,
            Duration.ofSeconds(30));
    assertThat(get(call, PATIENT).http().status()).isEqualTo(503);
    assertThat(get(call, PATIENT).http().status()).isEqualTo(200);
    var stranger =
        call(sentry.url() + "/api/0/projects/acme/web/stats/", "wrong", Duration.ofSeconds(30));
    assertThat(get(stranger, PATIENT).http().status()).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource({
    "https://sentry.io/api/0/projects/acme/web/stats/, project_stats",
    "https://x.example/tools/sentry/api/0/projects/acme/web/stats/, project_stats",
    "https://sentry.io/api/0/organizations/acme/stats/, organization_stats",
    "https://sentry.io/api/0/organizations/acme/stats_v2/?field=x, organization_stats_v2",
    "https://sentry.io/api/0/projects/acme/stats/, other",
    "https://sentry.io/api/0/projects/acme//stats/, other",
    "https://sentry.io/, other",
    "https://sentry.io, other",
  })
  void anAddressLeadsToAnEndpointWithOrWithoutAPathPrefix(URI address, String name) {
    assertThat(Endpoint.of(address).name()).isEqualTo(name);
  }

  @Test
  void onlyTheShareOfTheAdvertisedLimitIsUsedByConcurrentCalls() throws Exception {
    try (var advertising =
        SimulatedSentry.start(
            SimulatedWorld.demo(1),
            ServerOptions.onLoopback(clock).withInstallation(Installation.SENTRY_IO))) {
      Instant started = clock.instant();
      Sleeper untilItsTurn = (time, _) -> clock.advanceTo(clock.instant().plus(time));
      var paced = new Probes(untilItsTurn);
      List<String> slugs = SimulatedWorld.demo(1).projects("acme");
      var answers =
          inParallel(
              12,
              number -> {
                var call =
                    call(
                        advertising.url() + "/api/0/projects/acme/" + slugs.get(number) + "/stats/",
                        SimulatedSentry.TOKEN,
                        Duration.ZERO);
                try (var deadline = real.deadline(PATIENT)) {
                  return paced.get(call, deadline).answer();
                }
              });
      for (var answer : answers) {
        assertThat(answer.get().http().status()).isEqualTo(200);
      }
      // 5 a second are advertised: half of it leaves 2.5, and two go before it is known
      assertThat(Duration.between(started, clock.instant()))
          .isGreaterThanOrEqualTo(Duration.ofSeconds(4));
      assertThat(advertising.requests().total()).isEqualTo(12);
    }
  }

  @Test
  void aTurnBeyondTheDeadlineIsRefusedAtOnceAndCostsNoRequest() throws Exception {
    try (var strict =
        SimulatedSentry.start(
            SimulatedWorld.demo(1),
            ServerOptions.onLoopback(clock).withInstallation(Installation.SENTRY_IO))) {
      String path = strict.url() + "/api/0/projects/acme/web/stats/";
      for (int i = 0; i < 3; i++) {
        get(call(path, SimulatedSentry.TOKEN, Duration.ZERO), PATIENT);
      }
      long before = strict.requests().total();
      Deadline soon = new StillTime().deadline(Duration.ofMillis(100));
      assertThatThrownBy(() -> probes.get(call(path, SimulatedSentry.TOKEN, Duration.ZERO), soon))
          .satisfies(because(Reason.RATE_LIMITED))
          .hasMessageContaining("in 400 ms");
      assertThat(strict.requests().total()).isEqualTo(before);
    }
  }

  @Test
  void afterAPauseOneRequestGoesAheadOfACrowd() throws Exception {
    sentry.faults().next(1, retryLater(Duration.ofSeconds(1)));
    Deadline soon = new StillTime().deadline(Duration.ofMillis(500));
    assertThat(probes.get(project("web"), soon).answer().http().status()).isEqualTo(429);
    var release = new CountDownLatch(1);
    sentry.faults().next(1, new Fault.Held(release));
    Future<Answer> ahead = threads.submit(() -> get("web", PATIENT));
    assertThat(sentry.requests().awaitTotal(2, PATIENT)).isTrue();
    List<String> slugs = SimulatedWorld.demo(1).projects("acme");
    var crowd = inParallel(9, number -> get(project(slugs.get(number)), Duration.ofMillis(300)));
    for (var waiting : crowd) {
      assertThatThrownBy(waiting::get).hasCauseInstanceOf(SentryException.class);
    }
    assertThat(sentry.requests().total()).as("while the first has no answer").isEqualTo(2);
    release.countDown();
    assertThat(ahead.get().http().status()).isEqualTo(200);
    assertThat(get("api", PATIENT).http().status()).isEqualTo(200);
  }

  /// @param maxAge refresh interval of the module
  private record Asked(Call call, Duration maxAge) {}

  /// Sends calls as `prober: http` does: identical ones once, and young answers again.
  private final class Probes {
    private final RequestSender sender;
    private final AnswerCache answers;

    Probes(Sleeper sleepingBy) {
      var time = new TestTime(clock, clock::nanos, sleepingBy, real);
      sender = RequestSender.ofProbes(http::get, metrics, time);
      answers = new AnswerCache(metrics, Memory.ofHeap(1L << 30), time, Runnable::run);
    }

    Given<Answer> get(Asked asked, Deadline deadline) throws SentryException, InterruptedException {
      return answers.get(
          new AnswerCache.OneCall(sender, asked.call(), asked.maxAge().isPositive()),
          new CachePolicy(asked.maxAge(), asked.maxAge()),
          deadline);
    }
  }

  private Answer get(String project, Duration timeout) throws Exception {
    return get(project(project), timeout);
  }

  private Answer get(Asked call, Duration timeout) throws Exception {
    return given(call, timeout).answer();
  }

  private Given<Answer> given(Asked call, Duration timeout) throws Exception {
    try (var deadline = real.deadline(timeout)) {
      return probes.get(call, deadline);
    }
  }

  private Asked project(String slug) {
    return call(
        sentry.url() + "/api/0/projects/acme/" + slug + "/stats/",
        SimulatedSentry.TOKEN,
        Duration.ZERO);
  }

  private Asked call(String url, String token, Duration maxAge) {
    var address = URI.create(url);
    var headers = List.of(new Header("Authorization", new Secret("Bearer " + token)));
    return new Asked(
        new Call(
            Endpoint.of(address), new HttpGet(address, headers), new Statuses(Set.of(200)), 0.5),
        maxAge);
  }

  /// Work that runs in several threads, each with a number.
  private interface Work {
    Answer with(int number) throws Exception;
  }

  private List<Future<Answer>> inParallel(int times, Work work) {
    var results = new ArrayList<Future<Answer>>();
    for (int i = 0; i < times; i++) {
      int number = i;
      results.add(threads.submit(() -> work.with(number)));
    }
    return results;
  }

  private static Fault retryLater(Duration after) {
    return new Fault.RetryLater(after, Fault.RetryAfterForm.SECONDS);
  }
}
