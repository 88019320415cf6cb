package io.sentryexporter.sentry;

import static io.sentryexporter.sentry.SentryScene.MINUTE;
import static io.sentryexporter.sentry.SentryScene.PROJECTS;
import static io.sentryexporter.sentry.SentryScene.STATS;
import static io.sentryexporter.testing.Failures.because;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.api.ApiRequest;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.testing.Aside;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Answers are shared by callers, kept for the next, and stand in while Sentry fails.
class SharedAnswersTest {
  @AutoClose private final SentryScene scene = SentryScene.demo();
  private final TestClock clock = scene.clock;
  private final SimulatedSentry simulated = scene.simulated;
  private final SentryClient sentry = scene.sentry;

  @Test
  void fiveHundredConcurrentCallersCostOneRequest() throws Exception {
    var release = new CountDownLatch(1);
    simulated.faults().next(1, new Fault.Held(release));
    var answers = new ArrayList<Future<String>>();
    for (int i = 0; i < 500; i++) {
      answers.add(scene.threads.submit(() -> scene.get(PROJECTS)));
    }
    Aside.awaitWaiting(500);
    release.countDown();
    for (var answer : answers) {
      assertThat(answer.get()).startsWith("[{");
    }
    assertThat(simulated.requests().total()).isEqualTo(1);
  }

  @Test
  void aYoungAnswerServesAgainAndAnOlderOneIsRequestedAnew() throws Exception {
    scene.get(STATS);
    clock.advance(Duration.ofSeconds(53));
    SentrySession api = scene.api();
    api.get(STATS);
    assertThat(api.age()).isEqualTo(Duration.ofSeconds(53));
    assertThat(api.failure()).isNull();
    assertThat(api.notes())
        .containsExactly(
            new SentrySession.Note(
                "project_stats acme",
                AnswerCache.Source.KEPT,
                Duration.ofSeconds(53),
                List.of(),
                null));
    assertThat(simulated.requests().total()).isEqualTo(1);
    clock.advance(Duration.ofSeconds(1));
    scene.get(STATS);
    assertThat(simulated.requests().total()).isEqualTo(2);
  }

  @Test
  void aFetchGoesOnWhenItsCallerHasNoMoreTimeAndServesTheNext() throws Exception {
    var release = new CountDownLatch(1);
    simulated.faults().next(1, new Fault.Held(release));
    assertThatThrownBy(() -> scene.get(sentry, STATS, Duration.ofMillis(100)))
        .satisfies(because(Reason.TIMEOUT));
    release.countDown();
    assertThat(scene.get(STATS)).startsWith("[[");
    assertThat(simulated.requests().total()).isEqualTo(1);
  }

  @Test
  void aCallerWithLittleTimeDoesNotShortenThatOfOthers() throws Exception {
    scene.get(STATS);
    clock.advance(Duration.ofMinutes(1));
    var release = new CountDownLatch(1);
    simulated.faults().next(1, new Fault.Held(release));
    scene.get(sentry, STATS, Duration.ofMillis(100));
    release.countDown();
    SentrySession patient = scene.api();
    patient.get(STATS);
    assertThat(patient.failure()).isNull();
    assertThat(patient.age()).isZero();
  }

  @Test
  void whileSentryFailsTheLastGoodAnswerStandsInUntilItIsTooOld() throws Exception {
    String good = scene.get(STATS);
    simulated.faults().when(_ -> true, new Fault.Status(503));
    clock.advance(Duration.ofMinutes(4));
    SentrySession api = scene.api();
    assertThat(api.get(STATS)).isEqualTo(good);
    assertThat(api.age()).isGreaterThanOrEqualTo(Duration.ofMinutes(4));
    assertThat(api.failure()).extracting(SentryException::reason).isEqualTo(Reason.UPSTREAM_5XX);
    assertThat(api.notes().getFirst().failure()).contains("HTTP 503");
    clock.advance(Duration.ofMinutes(1));
    assertThatThrownBy(() -> scene.get(STATS)).satisfies(because(Reason.UPSTREAM_5XX));
  }

  @Test
  void whileSentryHangsACallerWithAnOldAnswerWaitsOnlyOnce() throws Exception {
    scene.get(STATS);
    clock.advance(Duration.ofMinutes(1));
    simulated.faults().when(_ -> true, new Fault.Hang());
    assertThat(scene.get(sentry, STATS, Duration.ofMillis(300))).as("the old one").startsWith("[[");
    clock.advance(Duration.ofSeconds(11));
    var patient = Aside.run(() -> scene.get(sentry, STATS, Duration.ofHours(1)));
    assertThat(patient.get(60, TimeUnit.SECONDS)).as("the old one").startsWith("[[");
    assertThat(simulated.requests().total()).isEqualTo(2);
  }

  @Test
  void aFailureIsRememberedSoThatACrowdDoesNotRepeatIt() throws Exception {
    simulated.faults().when(_ -> true, new Fault.Reset());
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(() -> scene.get(STATS)).satisfies(because(Reason.CONNECTION_CLOSED));
    }
    assertThat(simulated.requests().total()).isEqualTo(1);
    simulated.faults().clear();
    clock.advance(Duration.ofSeconds(10));
    assertThat(scene.get(STATS)).startsWith("[[");
  }

  @Test
  void requestsThatNeedOthersSucceedWithASingleThread() throws Exception {
    try (var single = Executors.newSingleThreadExecutor()) {
      SentryClient narrow = scene.sentry(single, scene.marks());
      var started = new CountDownLatch(1);
      var go = new CountDownLatch(1);
      single.execute(() -> {
        started.countDown();
        awaitQuietly(go);
      });
      started.await();
      List<Future<Integer>> counts = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        int number = i;
        counts.add(
            scene.threads.submit(
                () -> scene.api(narrow, MINUTE).get(new CountOfProjects(number)) - number));
      }
      Future<Integer> direct =
          scene.threads.submit(
              () -> requireNonNull(scene.api(narrow, MINUTE).projects("acme")).size());
      go.countDown();
      int expected = direct.get();
      assertThat(expected).isPositive();
      for (var count : counts) {
        assertThat(count.get()).isEqualTo(expected);
      }
      assertThat(simulated.requests().total()).isEqualTo(1);
    }
  }

  @Test
  void aRequestForWhichNoThreadCanBeStartedFailsAtOnceAndIsMadeAnew() throws Exception {
    boolean[] isFull = {true};
    Executor full =
        task -> {
          if (isFull[0]) {
            throw new RejectedExecutionException("no thread can be started");
          }
          scene.threads.execute(task);
        };
    SentryClient narrow = scene.sentry(full, scene.marks());
    assertThatThrownBy(() -> scene.get(narrow, STATS))
        .hasMessageContaining("no thread can be started");
    isFull[0] = false;
    assertThat(scene.get(narrow, STATS)).startsWith("[[");
  }

  @Test
  void afterTheEndOfItsThreadsRequestsFailAtOnce() {
    scene.threads.shutdownNow();
    assertThatThrownBy(() -> scene.get(STATS)).satisfies(because(Reason.CANCELLED));
  }

  @Test
  void aBugInTheExporterHangsNeitherCallersNorOtherRequests() throws Exception {
    assertThatThrownBy(() -> scene.api().get(new Buggy("acme")))
        .isInstanceOf(IllegalStateException.class);
    assertThat(scene.get(STATS)).startsWith("[[");
  }

  /// A request with a bug.
  record Buggy(String organization) implements ApiRequest<String> {
    @Override
    public String name() {
      return "buggy";
    }

    @Override
    public String fetch(Fetching sentry) {
      throw new IllegalArgumentException("a bug, for the test");
    }
  }

  /// Needs the projects on its way.
  record CountOfProjects(int number) implements ApiRequest<Integer> {
    @Override
    public String name() {
      return "count";
    }

    @Override
    public String organization() {
      return "acme";
    }

    @Override
    public Integer fetch(Fetching sentry) throws SentryException, InterruptedException {
      return sentry.projects().size() + number;
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
