package io.sentryexporter.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.simulation.Scheduler.StuckException;
import io.sentryexporter.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchedulerTest {
  private static final Instant START = Instant.parse("2026-01-31T23:00:00Z");
  private static final Duration LONG = TimeSource.LONGEST;

  private final Scheduler scheduler = new Scheduler(1, START);
  private final Scheduler.Node process = scheduler.process("one", now -> now.minusSeconds(7_200));
  private final List<String> seen = new ArrayList<>();
  private final Object lock = new Object();
  private boolean isOpen;

  @AfterEach
  void close() {
    scheduler.close();
  }

  @Test
  void theSameSeedIsTheSameRunAndOthersAreOthers() {
    assertThat(order(7)).hasSize(40).isEqualTo(order(7));
    var orders = new HashSet<List<Integer>>();
    for (int seed = 0; seed < 20; seed++) {
      orders.add(order(seed));
    }
    assertThat(orders).hasSizeGreaterThan(15);
  }

  private static List<Integer> order(long seed) {
    var order = new ArrayList<Integer>();
    try (var of = new Scheduler(seed, START)) {
      var process = of.process("one", now -> now);
      for (int i = 0; i < 10; i++) {
        int number = i;
        process.execute(() -> {
          for (int turn = 0; turn < 4; turn++) {
            order.add(number);
            sleep(process, 1);
          }
        });
      }
      of.run();
    }
    return order;
  }

  @Test
  void timersRunInTheOrderOfTheirTimes() {
    for (int second : List.of(3, 1, 2)) {
      var _ =
          process.schedule(Duration.ofSeconds(second), () -> seen.add(scheduler.instant() + ""));
    }
    process.schedule(Duration.ofSeconds(2), () -> seen.add("closed")).close();
    scheduler.at(START.plusSeconds(4), () -> seen.add("at"));

    scheduler.run();

    assertThat(seen)
        .containsExactly(
            "2026-01-31T23:00:01Z", "2026-01-31T23:00:02Z", "2026-01-31T23:00:03Z", "at");
  }

  @Test
  void aThreadWaitsForItsConditionAndNoLonger() {
    process.execute(() -> seen.add(wait(LONG) + " at " + process.nanoTime()));
    var _ = process.schedule(Duration.ofNanos(5), this::wake);
    var _ = process.schedule(Duration.ofNanos(7), this::open);

    scheduler.run();

    assertThat(seen).containsExactly("true at 7");
  }

  @Test
  void aThreadWaitsForAsLongAsItsTimeIs() {
    process.execute(() -> seen.add(wait(Duration.ofMinutes(3)) + " at " + scheduler.instant()));

    scheduler.run();

    assertThat(seen).containsExactly("false at 2026-01-31T23:03:00Z");
  }

  @Test
  void aDeadlockIsFound() {
    var first = new Object();
    var second = new Object();
    process.execute(() -> hold(first, second));
    process.execute(() -> hold(second, first));

    assertThatThrownBy(scheduler::run)
        .isInstanceOf(StuckException.class)
        .hasMessageContaining("a deadlock")
        .hasMessageContaining("SchedulerTest.acquire");
  }

  private final List<Object> held = new ArrayList<>();

  private void hold(Object one, Object another) {
    acquire(one);
    sleep(process, 1);
    acquire(another);
    held.removeAll(List.of(one, another));
    wake();
  }

  private void acquire(Object one) {
    synchronized (lock) {
      try {
        assertThat(process.await(lock, LONG, () -> !held.contains(one))).isTrue();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      held.add(one);
    }
  }

  @Test
  void aLostNotifyIsFound() {
    process.execute(() -> wait(LONG));
    var _ = process.schedule(Duration.ofSeconds(1), () -> isOpen = true);

    assertThatThrownBy(scheduler::run)
        .isInstanceOf(StuckException.class)
        .hasMessageContaining("nobody has notified it");
  }

  @Test
  void aThreadThatDoesNotEndIsFound() {
    process.execute(() -> {
      while (!isOpen) {
        sleep(process, Duration.ofMinutes(1).toNanos());
      }
    });

    assertThatThrownBy(scheduler::run)
        .isInstanceOf(StuckException.class)
        .hasMessageContaining("it does not end");
  }

  @Test
  void anExceptionAtTheTopOfAThreadEndsTheRun() {
    process.execute(() -> {
      throw new IllegalStateException("a bug");
    });

    assertThatThrownBy(scheduler::run).hasMessage("a bug");
  }

  @Test
  void whatHasCrashedNeverRunsOn() {
    var other = scheduler.process("two", now -> now);
    for (var each : List.of(process, other)) {
      each.execute(() -> {
        try {
          sleep(each, Duration.ofSeconds(2).toNanos());
          seen.add(each + " goes on");
        } finally {
          sleep(each, Duration.ofSeconds(1).toNanos()); // what has crashed has no time
        }
      });
      var _ = each.schedule(Duration.ofSeconds(3), () -> seen.add(each + "'s timer"));
    }
    scheduler.at(START.plusSeconds(1), process::crash);
    scheduler.at(START.plusSeconds(2), () -> process.execute(() -> seen.add("one starts")));

    scheduler.run();

    assertThat(seen).containsExactly("two goes on", "two's timer");
  }

  @Test
  void aWallClockMayBeWrongTheOtherIsNot() {
    assertThat(process.instant()).isEqualTo("2026-01-31T21:00:00Z");
    assertThat(process.nanoTime()).isZero();
    assertThat(scheduler.instant()).isEqualTo(START);
  }

  private boolean wait(Duration longest) {
    synchronized (lock) {
      try {
        return process.await(lock, longest, () -> isOpen);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void open() {
    isOpen = true;
    wake();
  }

  private void wake() {
    synchronized (lock) {
      lock.notifyAll();
    }
  }

  private static void sleep(TimeSource time, long nanos) {
    try (var deadline = time.deadline(Duration.ofDays(1))) {
      time.sleep(Duration.ofNanos(nanos), deadline);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
