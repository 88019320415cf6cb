package io.sentryexporter.sentry.transport;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.http.Deadline;
import io.sentryexporter.http.Headers;
import io.sentryexporter.sentry.transport.RateLimitBucket.Outcome;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Turns at half of a limit of ten a second: one each 200 ms.
class RateLimitBucketTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Map<String, String> TEN_A_SECOND = Map.of("X-Sentry-Rate-Limit-Limit", "10");

  private final TestClock clock = TestClock.at("2026-11-22T10:20:00Z");
  private final RateLimitBucket bucket = new RateLimitBucket(clock::nanos);
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Deadline deadline = Deadline.after(Duration.ofMinutes(5), timer);
  private final List<Duration> waits = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void stop() {
    threads.shutdownNow();
    timer.shutdownNow();
  }

  @Test
  void anAnswerThatTellsNoLimitDoesNotForgetTheOneThatWasTold() throws Exception {
    enter();
    bucket.leave(answer(200, TEN_A_SECOND));
    enter();
    bucket.leave(answer(502, Map.of()));
    for (int i = 0; i < 3; i++) {
      enter();
      bucket.leave(answer(502, Map.of()));
    }
    assertThat(waits).hasSize(3).allMatch(wait -> wait.equals(Duration.ofMillis(200)));
  }

  @Test
  void turnsThatPassWhileOneGoesAheadAreTakenAnew() throws Exception {
    enter();
    bucket.leave(answer(200, TEN_A_SECOND));
    enter();
    bucket.leave(answer(429, TEN_A_SECOND)); // a pause of a second, then one goes ahead
    var reserved = new CountDownLatch(5);
    var turnsCome = new CountDownLatch(1);
    var inFlight = new AtomicInteger();
    Sleeper sleeper =
        (wait, _) -> {
          waits.add(wait);
          if (reserved.getCount() > 0) {
            reserved.countDown();
            turnsCome.await();
          } else {
            new CountDownLatch(1).await(); // until the test ends
          }
        };
    List<Thread> callers = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 5; i++) {
      Future<Integer> _ =
          threads.submit(() -> {
            callers.add(Thread.currentThread());
            Duration _ = bucket.enter(0.5, deadline, sleeper);
            return inFlight.incrementAndGet();
          });
    }
    assertThat(reserved.await(10, SECONDS)).isTrue();
    waits.clear();
    clock.advance(Duration.ofSeconds(10));
    turnsCome.countDown();
    Eventually.within(
        PATIENCE,
        () -> assertThat(callers).filteredOn(RateLimitBucketTest::waitsForPlace).hasSize(4));

    bucket.leave(answer(200, TEN_A_SECOND));

    Eventually.within(PATIENCE, () -> assertThat(waits).hasSize(3));
    Eventually.within(PATIENCE, () -> assertThat(inFlight).hasValue(2));
    assertThat(waits)
        .containsExactlyInAnyOrder(
            Duration.ofMillis(200), Duration.ofMillis(400), Duration.ofMillis(600));
  }

  private static boolean waitsForPlace(Thread caller) {
    return Arrays.stream(caller.getStackTrace())
        .anyMatch(frame -> frame.getMethodName().equals("awaitPlace"));
  }

  private void enter() throws Exception {
    Duration _ =
        bucket.enter(
            0.5,
            deadline,
            (wait, _) -> {
              waits.add(wait);
              clock.advance(wait);
            });
  }

  private Outcome answer(int status, Map<String, String> headers) {
    return new Outcome(
        status,
        RateLimitHeaders.read(Headers.of(List.copyOf(headers.entrySet())), clock.instant()));
  }
}
