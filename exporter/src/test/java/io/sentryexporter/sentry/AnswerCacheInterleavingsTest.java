package io.sentryexporter.sentry;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.sentry.AnswerCache.Given;
import io.sentryexporter.sentry.AnswerCache.Kept;
import io.sentryexporter.sentry.AnswerCache.Memory;
import io.sentryexporter.sentry.AnswerCache.Source;
import io.sentryexporter.sentry.api.Json;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.testing.ChangedSource;
import io.sentryexporter.testing.StillTime;
import io.sentryexporter.testing.TestMetrics;
import io.sentryexporter.testing.Together;
import io.sentryexporter.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Callers of one cache, in the order that a scheduler of threads gives them.
public class AnswerCacheInterleavingsTest {
  private static final ExporterMetrics METRICS = TestMetrics.create();
  private static final CachePolicy MINUTE =
      new CachePolicy(Duration.ofMinutes(1), Duration.ofHours(1));
  private static final long MOST_ITEMS = 5;

  private final StillTime time = new StillTime();
  private final Together threads = new Together();
  private final Memory memory = new Memory(MOST_ITEMS);
  private final AnswerCache answers = new AnswerCache(METRICS, memory, time, threads);
  private final AtomicInteger fetches = new AtomicInteger();
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger mostUnderWay = new AtomicInteger();
  private final AtomicInteger cancelled = new AtomicInteger();
  private final List<Given<List<Integer>>> given = Collections.synchronizedList(new ArrayList<>());

  /// Two threads may claim a flight.
  public static ChangedSource lostUpdate() {
    return ChangedSource.of(
        "sentry/AnswerCache.java", "    synchronized boolean claim() {", "    boolean claim() {");
  }

  /// A fetch; may fail.
  private interface Fetch {
    List<Integer> run(int number, Deadline deadline) throws SentryException, InterruptedException;
  }

  /// Equal to others of its name.
  private record Requested(String name, Duration patience, Fetch fetch)
      implements AnswerCache.Request<List<Integer>> {
    @Override
    public String organization() {
      return "acme";
    }

    @Override
    public String collector() {
      return "test";
    }

    @Override
    public List<Integer> fetch(Json.Drops drops, Deadline deadline)
        throws SentryException, InterruptedException {
      return fetch.run(0, deadline);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Requested one && name.equals(one.name);
    }

    @Override
    public int hashCode() {
      return name.hashCode();
    }
  }

  private Requested request(String name, Duration patience, Fetch fetch) {
    return new Requested(
        name,
        patience,
        (_, deadline) -> {
          int number = fetches.incrementAndGet();
          mostUnderWay.accumulateAndGet(underWay.incrementAndGet(), Math::max);
          try {
            return fetch.run(number, deadline);
          } finally {
            underWay.decrementAndGet();
          }
        });
  }

  /// A request that goes on when its callers are gone.
  private Requested lasting(String name, Fetch fetch) {
    return request(name, Duration.ofMinutes(2), fetch);
  }

  private Deadline later() {
    return time.deadline(Duration.ofMinutes(10));
  }

  private void get(Requested request, Deadline deadline)
      throws SentryException, InterruptedException {
    given.add(answers.get(request, MINUTE, deadline));
  }

  private void getOrHangUp(Requested request, Deadline deadline)
      throws SentryException, InterruptedException {
    try {
      get(request, deadline);
    } catch (SentryException e) {
      assertThat(e.reason()).isEqualTo(Reason.CANCELLED);
      cancelled.incrementAndGet();
    }
  }

  @Test
  public void onlyOneFetchesHoweverManyWaitAndHangUp() throws Exception {
    var request = lasting("one", (number, _) -> List.of(number));
    Deadline hangsUp = later();
    threads.add(() -> get(request, later()));
    threads.add(() -> get(request, later()));
    threads.add(() -> assertThat(answers.getWithin(request, MINUTE, later())).containsExactly(1));
    threads.add(() -> getOrHangUp(request, hangsUp));
    threads.add(hangsUp::cancel);
    threads.join();
    assertThat(fetches).hasValue(1);
    assertThat(given)
        .hasSize(3 - cancelled.get())
        .extracting(Given::answer)
        .containsOnly(List.of(1));
    assertThat(given).filteredOn(one -> one.source() == Source.REQUESTED).hasSizeLessThan(2);
    get(request, later());
    assertThat(given.getLast().source()).isEqualTo(Source.KEPT);
  }

  @Test
  public void whoeverWaitsSendsAnewWhatTheFirstCallerGaveUp() throws Exception {
    var lock = new Object();
    var isReady = new AtomicBoolean();
    var request =
        request(
            "theirs",
            Duration.ZERO,
            (number, deadline) -> {
              synchronized (lock) {
                if (!deadline.await(lock, isReady::get)) {
                  throw new SentryException(Reason.CANCELLED, "hung up");
                }
              }
              return List.of(number);
            });
    Deadline hangsUp = later();
    threads.add(() -> {
      synchronized (lock) {
        isReady.set(true);
        lock.notifyAll();
      }
    });
    threads.add(() -> get(request, later()));
    threads.add(() -> get(request, later()));
    threads.add(() -> getOrHangUp(request, hangsUp));
    threads.add(hangsUp::cancel);
    threads.join();
    assertThat(given).hasSize(3 - cancelled.get());
    assertThat(fetches.get()).isBetween(1, 2);
    assertThat(mostUnderWay).hasValue(1);
  }

  @Test
  public void aFailureIsRememberedOnceAndForgottenOnRequestAlsoWhileItHappens() throws Exception {
    var isBegun = new AtomicBoolean();
    var isForgottenAfterItBegan = new AtomicBoolean();
    var request =
        lasting(
            "failing",
            (number, _) -> {
              isBegun.set(true);
              if (number == 1) {
                throw new SentryException(Reason.UPSTREAM_5XX, "HTTP 500", 500, 0);
              }
              return List.of(number);
            });
    var failed = new AtomicInteger();
    Together.Part caller =
        () -> {
          try {
            get(request, later());
          } catch (SentryException e) {
            assertThat(e.reason()).isEqualTo(Reason.UPSTREAM_5XX);
            failed.incrementAndGet();
          }
        };
    threads.add(caller);
    threads.add(caller);
    threads.add(() -> {
      boolean hasBegun = isBegun.get();
      answers.forgetRefusals();
      isForgottenAfterItBegan.set(hasBegun);
    });
    threads.join();
    assertThat(failed.get() + given.size()).isEqualTo(2);
    long stoodIn = given.stream().filter(one -> one.failure() != null).count();
    assertThat(failed.get() + stoodIn).isPositive();
    assertThat(fetches).hasValue(given.isEmpty() ? 1 : 2);
    assertThat(mostUnderWay).hasValue(1);
    if (isForgottenAfterItBegan.get()) {
      get(request, later());
      assertThat(fetches).hasValue(2);
    }
  }

  @Test
  public void whatIsDroppedAndWhatCloseLeavesGivesItsMemoryBack() throws Exception {
    var other = new AnswerCache(METRICS, memory, time, threads);
    var three = lasting("three", (_, _) -> List.of(1, 2, 3));
    var four = lasting("four", (_, _) -> List.of(1, 2, 3, 4));
    threads.add(() -> get(three, later()));
    threads.add(() -> get(four, later()));
    threads.add(
        () -> given.add(other.get(lasting("two", (_, _) -> List.of(1, 2)), MINUTE, later())));
    threads.add(other::close);
    threads.join();
    assertThat(given).hasSize(3);
    assertThat(memory.isFull()).isFalse();
    Kept<List<Integer>> first = answers.last(three);
    Kept<List<Integer>> second = answers.last(four);
    assertThat(first == null || second == null).as("both do not fit").isTrue();
    assertThat(other.last(lasting("two", (_, _) -> List.of()))).isNull();
    answers.close();
    assertItems(0);
  }

  /// The memory has these items and no more: it is full with one more than the rest.
  private void assertItems(long items) {
    memory.add(MOST_ITEMS - items);
    assertThat(memory.isFull()).isFalse();
    memory.add(1);
    assertThat(memory.isFull()).isTrue();
    memory.add(items - MOST_ITEMS - 1);
  }

  @Test
  public void aFetchWithoutAThreadFailsAndTheNextCallerStartsAnother() throws Exception {
    var refused = new AtomicInteger();
    var crowded =
        new AnswerCache(
            METRICS,
            memory,
            time,
            task -> {
              if (refused.getAndIncrement() == 0) {
                throw new RejectedExecutionException("all are at work");
              }
              threads.execute(task);
            });
    var request = lasting("crowded", (number, _) -> List.of(number));
    Together.Part caller =
        () -> {
          try {
            given.add(crowded.get(request, MINUTE, later()));
          } catch (SentryException e) {
            assertThat(e).hasMessageContaining("no request to Sentry can start");
            cancelled.incrementAndGet();
          }
        };
    threads.add(caller);
    threads.add(caller);
    threads.add(() ->
        given.add(
            new Given<>(
                new Kept<>(crowded.getWithin(request, MINUTE, later()), 0, List.of()),
                Source.SHARED,
                null)));
    threads.join();
    assertThat(given.size() + cancelled.get()).isEqualTo(3);
    assertThat(given).extracting(Given::answer).allMatch(answer -> answer.size() == 1);
    time.pass(Duration.ofMinutes(2));
    assertThat(crowded.get(request, MINUTE, later()).answer()).hasSize(1);
  }
}
