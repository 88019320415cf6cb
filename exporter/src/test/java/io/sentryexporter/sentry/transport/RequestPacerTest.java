package io.sentryexporter.sentry.transport;

import static io.sentryexporter.testing.Failures.because;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.http.HttpGet;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.transport.RequestPacer.Outcome;
import io.sentryexporter.sentry.transport.RequestSender.Call;
import io.sentryexporter.sentry.transport.RequestSender.Call.Statuses;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.StillTime;
import io.sentryexporter.testing.TestTime;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import io.sentryexporter.time.TimeSource.Sleeper;
import io.sentryexporter.wire.Headers;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Turns at half of a limit of ten a second: one each 200 ms.
class RequestPacerTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Map<String, String> TEN_A_SECOND = Map.of("X-Sentry-Rate-Limit-Limit", "10");

  private static final Map<String, String> FIVE_A_SECOND = Map.of("X-Sentry-Rate-Limit-Limit", "5");
  private static final Map<String, String> USED_UP =
      Map.of(
          "X-Sentry-Rate-Limit-Limit",
          "5",
          "X-Sentry-Rate-Limit-Remaining",
          "0",
          "Date",
          "Sun, 22 Nov 2026 10:20:00 GMT",
          "X-Sentry-Rate-Limit-Reset",
          "" + Instant.parse("2026-11-22T10:20:01Z").getEpochSecond());

  private static final Duration TURN = Duration.ofMillis(211);

  private final TestClock clock = TestClock.at("2026-11-22T10:20:00Z");
  private final RequestPacer bucket = new RequestPacer(clock::nanos, Duration.ofMinutes(5));
  @AutoClose private final TimeSource time = TestTime.real();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Deadline deadline = time.deadline(Duration.ofMinutes(5));
  private final List<Duration> waits = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void anAnswerWithoutALimitKeepsTheOneThatWasAdvertised() throws Exception {
    enter();
    bucket.leave(answer(200, TEN_A_SECOND));
    enter();
    bucket.leave(answer(502, Map.of()));
    for (int i = 0; i < 3; i++) {
      enter();
      bucket.leave(answer(502, Map.of()));
    }
    assertThat(waits).hasSize(4).allMatch(wait -> wait.equals(Duration.ofMillis(200)));
  }

  @Test
  void aShareOfTheLimitIsNotRoundedToWholeRequests() throws Exception {
    learn(5);
    var turns = new ArrayList<Long>();
    for (int i = 0; i < 20; i++) {
      enter(0.95);
      turns.add(clock.nanos());
    }
    // 4.75 a second, not 4
    assertThat(Duration.ofNanos(turns.getLast() - turns.getFirst()))
        .isCloseTo(Duration.ofNanos((long) (19 / 4.75 * 1e9)), Duration.ofMillis(1));
  }

  @Test
  void neverDoMoreRequestsGoInASecondThanTheLimitHoweverLateSomeAre() throws Exception {
    enter(0.95); // before the limit is known, and so without distance
    enter(0.95);
    bucket.leave(answer(200, FIVE_A_SECOND));
    bucket.leave(answer(200, FIVE_A_SECOND));
    var turns = new ArrayList<>(List.of(clock.nanos(), clock.nanos()));
    for (int i = 0; i < 50; i++) {
      int late = i % 7 * 20; // milliseconds that a thread wakes up late
      Duration _ =
          bucket.enter(
              call(0.95, false), deadline, (wait, _) -> clock.advance(wait.plusMillis(late)));
      turns.add(clock.nanos());
      bucket.leave(answer(200, FIVE_A_SECOND));
    }
    for (int i = 5; i < turns.size(); i++) {
      assertThat(turns.get(i) - turns.get(i - 5)).isGreaterThanOrEqualTo(1_000_000_000L);
    }
  }

  @Test
  void whatWentBeforeTheLimitWasKnownCountsUntilItIsASecondAgo() throws Exception {
    enter(1);
    bucket.leave(answer(200, Map.of())); // none so far
    clock.advance(Duration.ofMillis(600));
    enter(1);
    clock.advance(Duration.ofMillis(100));
    enter(1);
    clock.advance(Duration.ofMillis(350));
    bucket.leave(answer(200, Map.of("X-Sentry-Rate-Limit-Limit", "2")));
    enter(1);
    assertThat(waits)
        .as("until the second of the three is")
        .containsExactly(Duration.ofMillis(550));
  }

  @Test
  void aRetryIsNoFurtherRequestThatIsNeeded() throws Exception {
    for (boolean isRetry : List.of(false, true, false)) {
      Duration _ = bucket.enter(call(1, isRetry), deadline, (_, _) -> {});
      bucket.leave(Outcome.UNANSWERED);
    }
    assertThat(bucket.needed()).isEqualTo(2);
  }

  @Test
  void aWindowThatItsOwnRequestsHaveUsedUpIsNoReasonToPause() throws Exception {
    learn(5);
    for (int i = 0; i < 4; i++) {
      enter(0.95);
      bucket.leave(answer(200, FIVE_A_SECOND));
    }
    enter(0.95);
    bucket.leave(answer(200, USED_UP));
    waits.clear();
    enter(0.95);
    assertThat(waits).singleElement().satisfies(wait -> assertThat(wait).isLessThan(TURN));
  }

  @Test
  void aWindowThatOthersHaveUsedUpIsWaitedOut() throws Exception {
    learn(5);
    clock.advance(Duration.ofSeconds(5));
    enter(0.95);
    bucket.leave(answer(200, USED_UP));
    waits.clear();
    enter(0.95);
    assertThat(waits).containsExactly(Duration.ofSeconds(1));
  }

  @Test
  void aRetryGoesBeforeRequestsThatHaveNotBeenSent() throws Exception {
    learn(5);
    enter(0.5);
    var order = Collections.synchronizedList(new ArrayList<String>());
    var asleep = new AtomicInteger();
    Sleeper sleeper =
        (wait, _) -> {
          long end = clock.nanos() + wait.toNanos();
          asleep.incrementAndGet();
          Eventually.within(PATIENCE, () -> assertThat(clock.nanos()).isGreaterThanOrEqualTo(end));
          asleep.decrementAndGet();
        };
    Future<?> _ = goes("first", call(0.5, false), sleeper, order);
    Eventually.within(PATIENCE, () -> assertThat(asleep).hasValue(1));
    Future<?> _ = goes("second", call(0.5, false), sleeper, order);
    Eventually.within(PATIENCE, () -> assertThat(asleep).hasValue(2));
    Future<?> _ = goes("sent again", call(0.5, true), sleeper, order);
    Eventually.within(PATIENCE, () -> assertThat(asleep).hasValue(3));
    for (int i = 1; i <= 3; i++) {
      int gone = i;
      clock.advance(Duration.ofMillis(400));
      Eventually.within(PATIENCE, () -> assertThat(order).hasSize(gone));
      Eventually.within(PATIENCE, () -> assertThat(asleep).hasValue(3 - gone));
    }
    assertThat(order).containsExactly("sent again", "first", "second");
  }

  @Test
  void aTurnIsRefusedOnlyIfItTrulyComesAfterTheDeadline() throws Exception {
    learn(5);
    enter(0.5);
    var asleep = new AtomicInteger();
    Sleeper sleeper =
        (_, _) -> {
          asleep.incrementAndGet();
          new CountDownLatch(1).await(); // until the test ends
        };
    for (int i = 1; i <= 10; i++) { // turns in 0.4, 0.8, … 4 s
      Future<?> _ = goes("waits", call(0.5, false), sleeper, new ArrayList<>());
      int waiting = i;
      Eventually.within(PATIENCE, () -> assertThat(asleep).hasValue(waiting));
    }
    Deadline late = new StillTime().deadline(Duration.ofMillis(4_300));
    assertThatThrownBy(() -> bucket.enter(call(0.5, false), late, sleeper))
        .satisfies(because(Reason.RATE_LIMITED))
        .hasMessageContaining("in 4400 ms");
    try (var early = time.deadline(Duration.ofMinutes(1))) {
      Duration waited = bucket.enter(call(0.5, true), early, (wait, _) -> clock.advance(wait));
      assertThat(waited).isEqualTo(Duration.ofMillis(400));
    }
  }

  @Test
  void aCancelledRequestIsNotOneForWhichThereIsNoTurn() throws Exception {
    learn(5);
    enter();
    try (var cancelled = time.deadline(Duration.ofMinutes(1))) {
      cancelled.cancel();
      assertThatThrownBy(() -> bucket.enter(call(0.5, false), cancelled, (_, _) -> {}))
          .satisfies(because(Reason.CANCELLED));
    }
  }

  @Test
  void ofTheLimitThatSentryAdvertisesTheShareOfTheLastRequestIsGiven() throws Exception {
    assertThat(bucket.given()).isEmpty();
    learn(5);
    assertThat(bucket.given()).hasValue(2.5);
    enter(0.8);
    assertThat(bucket.given()).hasValue(4);
  }

  @Test
  void requestsAreNeededOnceHoweverOftenTheyAreSent() throws Exception {
    assertThat(bucket.needed()).isZero();
    enter();
    bucket.leave(answer(503, Map.of()));
    Duration _ = bucket.enter(call(0.5, true), deadline, (_, _) -> {});
    assertThat(bucket.needed()).isEqualTo(1);
  }

  @Test
  void refusalsBeginWithTheFirstAndEndWithATurnMinutesAfterTheLast() {
    assertThat(bucket.endsRefusals()).isFalse();
    assertThat(bucket.isFirstRefusal()).isTrue();
    assertThat(bucket.isFirstRefusal()).isFalse();
    clock.advance(Duration.ofMinutes(6));
    assertThat(bucket.endsRefusals()).isTrue();
  }

  @Test
  void aPauseEndsWhenSentryAllowsTheNextRequest() throws Exception {
    assertThat(bucket.isPaused()).isFalse();
    enter();
    bucket.leave(answer(429, Map.of("Retry-After", "7")));
    clock.advance(Duration.ofSeconds(7).minusNanos(1));
    assertThat(bucket.isPaused()).isTrue();
    clock.advance(Duration.ofNanos(1));
    assertThat(bucket.isPaused()).isFalse();
  }

  @Test
  void theLongestPauseIsWaitedForAndNoLongerOne() throws Exception {
    var patient = new RequestPacer(clock::nanos, Duration.ofSeconds(7));
    for (int asked : List.of(7, 8)) {
      Duration _ = patient.enter(call(0.5, false), deadline, (_, _) -> {});
      patient.leave(answer(429, Map.of("Retry-After", "" + asked)));
      if (asked == 7) {
        Sleeper sleeper = (wait, _) -> clock.advance(wait);
        assertThat(patient.enter(call(0.5, false), deadline, sleeper))
            .isEqualTo(Duration.ofSeconds(7));
        patient.leave(answer(200, Map.of()));
      }
    }
    assertThatThrownBy(() -> patient.enter(call(0.5, false), deadline, (_, _) -> {}))
        .satisfies(because(Reason.RATE_LIMITED))
        .hasMessageContaining("Sentry has requested to wait");
  }

  @Test
  void withoutAWordOfSentryTheWaitAfterARefusalDoublesUpToAMinute() throws Exception {
    assertThat(waitAfter(429, Map.of())).hasSeconds(1);
    assertThat(waitAfter(429, Map.of())).hasSeconds(2);
    assertThat(waitAfter(429, Map.of("Retry-After", "3"))).hasSeconds(3);
    for (int seconds : List.of(1, 2, 4, 8, 16, 32, 60, 60)) {
      assertThat(waitAfter(429, Map.of())).hasSeconds(seconds);
    }
    assertThat(waitAfter(200, Map.of())).isZero();
    assertThat(waitAfter(429, Map.of())).hasSeconds(1);
  }

  private Duration waitAfter(int status, Map<String, String> headers) throws Exception {
    enter();
    bucket.leave(answer(status, headers));
    long answered = clock.nanos();
    while (bucket.isPaused()) {
      clock.advance(Duration.ofSeconds(1));
    }
    return Duration.ofNanos(clock.nanos() - answered);
  }

  @Test
  void twoGoAtATimeUntilTheFirstAnswerThenAllIfThereIsNoLimit() throws Exception {
    assertThat(goesAtOnce()).isTrue();
    assertThat(goesAtOnce()).isTrue();
    assertThat(goesAtOnce()).isFalse();
    bucket.leave(Outcome.UNANSWERED);
    assertThat(goesAtOnce()).isTrue();
    assertThat(goesAtOnce()).isFalse();
    for (int answers = 0; answers < 2; answers++) {
      bucket.leave(answer(200, Map.of()));
      for (int i = 0; i < 4; i++) {
        assertThat(goesAtOnce()).isTrue();
      }
    }
  }

  @Test
  void onceAServerWithoutALimitHasRefusedTwoGoAtATime() throws Exception {
    enter();
    bucket.leave(answer(429, Map.of()));
    clock.advance(Duration.ofSeconds(1));
    assertThat(goesAtOnce()).isTrue();
    assertThat(goesAtOnce()).as("one goes ahead").isFalse();
    for (int answers = 0; answers < 2; answers++) {
      bucket.leave(answer(200, Map.of()));
      assertThat(goesAtOnce()).isTrue();
      assertThat(goesAtOnce()).isEqualTo(answers == 0);
      assertThat(goesAtOnce()).isFalse();
    }
  }

  /// Whether a request goes without waiting for the answer of another.
  private boolean goesAtOnce() throws InterruptedException {
    try (var over = time.deadline(Duration.ofMinutes(1))) {
      over.cancel();
      Duration _ = bucket.enter(call(0.5, false), over, (_, _) -> {});
      return true;
    } catch (SentryException e) {
      assertThat(e).satisfies(because(Reason.CANCELLED));
      return false;
    }
  }

  @Test
  void aRequestWaitsForThoseAheadOfItUntilTheyGoOrGiveUp() throws Exception {
    enter();
    bucket.leave(answer(429, Map.of("Retry-After", "1"))); // then one goes ahead
    var order = Collections.synchronizedList(new ArrayList<String>());
    var asleep = new AtomicInteger();
    Sleeper sleeper =
        (_, _) -> {
          asleep.incrementAndGet();
          new CountDownLatch(1).await(); // until it is given up
        };
    Future<?> first = goes("first", call(0.5, false), sleeper, order);
    Eventually.within(PATIENCE, () -> assertThat(asleep).hasValue(1));
    clock.advance(Duration.ofSeconds(2));
    List<Thread> callers = Collections.synchronizedList(new ArrayList<>());
    Future<?> _ =
        threads.submit(() -> {
          callers.add(Thread.currentThread());
          Duration _ = bucket.enter(call(0.5, false), deadline, sleeper);
          order.add("second");
          return null;
        });
    Eventually.within(
        PATIENCE, () -> assertThat(callers).filteredOn(RequestPacerTest::waitsForPlace).hasSize(1));
    first.cancel(true);
    Eventually.within(PATIENCE, () -> assertThat(order).containsExactly("second"));
  }

  @Test
  void whatIsCancelledOrTooLateWhileItWaitsForItsTurnIsNotSent() throws Exception {
    var still = new StillTime();
    var paced = new RequestPacer(still::nanoTime, Duration.ofMinutes(5));
    Duration _ = paced.enter(call(0.5, false), still.deadline(Duration.ofMinutes(1)), still::sleep);
    paced.leave(answer(200, TEN_A_SECOND));
    Deadline late = still.deadline(Duration.ofSeconds(1));
    Sleeper wakesUpLate = (_, _) -> still.pass(Duration.ofSeconds(2));
    assertThatThrownBy(() -> paced.enter(call(0.5, false), late, wakesUpLate))
        .satisfies(because(Reason.TIMEOUT))
        .hasMessageContaining("timed out waiting for a turn");
    Duration _ = paced.enter(call(0.5, false), still.deadline(Duration.ofMinutes(1)), still::sleep);
    Deadline hangsUp = still.deadline(Duration.ofMinutes(1));
    Sleeper isHungUp =
        (_, _) -> {
          hangsUp.cancel();
          still.pass(Duration.ofSeconds(2));
        };
    assertThatThrownBy(() -> paced.enter(call(0.5, false), hangsUp, isHungUp))
        .satisfies(because(Reason.CANCELLED));
  }

  @Test
  void aTurnAtTheVeryEndOfTheDeadlineIsTooLate() throws Exception {
    var still = new StillTime();
    var paced = new RequestPacer(still::nanoTime, Duration.ofMinutes(5));
    Duration _ = paced.enter(call(0.5, false), still.deadline(Duration.ofMinutes(1)), still::sleep);
    paced.leave(answer(200, TEN_A_SECOND));
    Deadline tooShort = still.deadline(Duration.ofMillis(200));
    assertThatThrownBy(() -> paced.enter(call(0.5, false), tooShort, still::sleep))
        .satisfies(because(Reason.RATE_LIMITED));
    Duration waited =
        paced.enter(call(0.5, false), still.deadline(Duration.ofMillis(201)), still::sleep);
    assertThat(waited).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void ownRequestsCountInAWindowForASecond() throws Exception {
    for (int i = 0; i < 2; i++) {
      enter(0.95); // before the limit is known, and so without distance
    }
    bucket.leave(answer(200, usedUpOf(3)));
    assertThat(bucket.isPaused()).as("one of three may have gone before").isFalse();
    clock.advance(Duration.ofSeconds(1).minusNanos(1));
    bucket.leave(answer(200, usedUpOf(3)));
    assertThat(bucket.isPaused()).isFalse();
    clock.advance(Duration.ofNanos(1));
    bucket.leave(answer(200, usedUpOf(3)));
    assertThat(bucket.isPaused()).as("others have used it up").isTrue();
  }

  private static Map<String, String> usedUpOf(int limit) {
    var headers = new HashMap<>(USED_UP);
    headers.put("X-Sentry-Rate-Limit-Limit", "" + limit);
    return headers;
  }

  @Test
  void turnsThatPassWhileOneGoesAheadAreTakenAnew() throws Exception {
    enter();
    bucket.leave(answer(200, TEN_A_SECOND));
    enter();
    bucket.leave(answer(429, TEN_A_SECOND)); // a pause of a second, then one goes ahead
    var turnsCome = new CountDownLatch(1);
    var turnsComeAgain = new CountDownLatch(1);
    var inFlight = new AtomicInteger();
    Sleeper sleeper =
        (wait, _) -> {
          int number;
          synchronized (waits) {
            waits.add(wait);
            number = waits.size();
          }
          if (number <= 5) {
            turnsCome.await();
          } else if (number <= 9) {
            turnsComeAgain.await();
          } else {
            new CountDownLatch(1).await(); // until the test ends
          }
        };
    waits.clear();
    List<Thread> callers = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 5; i++) {
      Future<Integer> _ =
          threads.submit(() -> {
            callers.add(Thread.currentThread());
            Duration _ = bucket.enter(call(0.5, false), deadline, sleeper);
            return inFlight.incrementAndGet();
          });
    }
    Eventually.within(PATIENCE, () -> assertThat(waits).hasSize(5));
    clock.advance(Duration.ofSeconds(10));
    turnsCome.countDown(); // one goes ahead
    Eventually.within(PATIENCE, () -> assertThat(waits).hasSize(9));
    clock.advance(Duration.ofSeconds(10));
    turnsComeAgain
        .countDown(); // and has no answer yet: the next waits for that, the others for their turns
    Eventually.within(
        PATIENCE, () -> assertThat(callers).filteredOn(RequestPacerTest::waitsForPlace).hasSize(1));

    bucket.leave(answer(200, TEN_A_SECOND));

    Eventually.within(PATIENCE, () -> assertThat(waits).hasSize(12));
    Eventually.within(PATIENCE, () -> assertThat(inFlight).hasValue(2));
    assertThat(waits.subList(9, 12))
        .containsExactlyInAnyOrder(
            Duration.ofMillis(200), Duration.ofMillis(400), Duration.ofMillis(600));
  }

  private static boolean waitsForPlace(Thread caller) {
    return caller.getState() == Thread.State.TIMED_WAITING
        && Arrays.stream(caller.getStackTrace())
            .anyMatch(frame -> frame.getMethodName().equals("goOrWait"));
  }

  private Future<?> goes(String name, Call call, Sleeper sleeper, List<String> order) {
    return threads.submit(() -> {
      Duration _ = bucket.enter(call, deadline, sleeper);
      order.add(name);
      return null;
    });
  }

  private void learn(int limit) throws Exception {
    enter();
    bucket.leave(answer(200, Map.of("X-Sentry-Rate-Limit-Limit", "" + limit)));
    clock.advance(Duration.ofSeconds(2));
    waits.clear();
  }

  private void enter() throws Exception {
    enter(0.5);
  }

  private void enter(double share) throws Exception {
    Duration _ =
        bucket.enter(
            call(share, false),
            deadline,
            (wait, _) -> {
              waits.add(wait);
              clock.advance(wait);
            });
  }

  private static Call call(double share, boolean isRetry) {
    return new Call(
        Endpoint.PROJECT_STATS,
        new HttpGet(URI.create("http://localhost/"), List.of()),
        new Statuses(Set.of()),
        share,
        isRetry);
  }

  private Outcome answer(int status, Map<String, String> headers) {
    return new Outcome(
        status,
        RateLimitHeaders.read(Headers.of(List.copyOf(headers.entrySet())), clock.instant()));
  }
}
