package io.sentryexporter.time;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.time.Deadline.State;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadlineTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private final AtomicInteger runs = new AtomicInteger();

  DeadlineTest() {
    timer.setRemoveOnCancelPolicy(true);
  }

  @AfterEach
  void stopTimer() {
    timer.shutdownNow();
  }

  @Test
  void anOpenDeadlineHasTimeLeft() {
    try (var deadline = Deadline.after(LONG, timer)) {
      assertThat(deadline.state()).isEqualTo(State.OPEN);
      assertThat(deadline.remaining()).isPositive().isLessThanOrEqualTo(LONG);
    }
  }

  @Test
  void theTimerRunsActionsAtTheEnd() throws Exception {
    var hasRun = new CountDownLatch(2);
    try (var deadline = Deadline.after(Duration.ofMillis(50), timer);
        var _ = deadline.onEnd(hasRun::countDown);
        var _ = deadline.onEnd(hasRun::countDown)) {
      assertThat(hasRun.await(60, SECONDS)).isTrue();
      assertThat(deadline.state()).isEqualTo(State.EXPIRED);
      assertThat(deadline.remaining()).isZero();
    }
  }

  @Test
  void aTimerMayBeFasterThanWhoSetsIt() {
    var failed = new AtomicReference<Throwable>();
    try (var fast =
        new ScheduledThreadPoolExecutor(1) {
          @Override
          public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            try {
              task.run();
            } catch (RuntimeException e) {
              failed.set(e);
            }
            return super.schedule(task, delay, unit);
          }
        }) {
      try (var deadline = Deadline.after(Duration.ZERO, fast)) {
        assertThat(deadline.state()).isEqualTo(State.EXPIRED);
      }
      assertThat(failed).hasNullValue();
    }
  }

  @Test
  void anActionRunsOnceWhenCancelledTwice() {
    try (var deadline = Deadline.after(LONG, timer);
        var _ = deadline.onEnd(runs::incrementAndGet)) {
      deadline.cancel();
      deadline.cancel();
      assertThat(runs).hasValue(1);
      assertThat(deadline.state()).isEqualTo(State.CANCELLED);
      assertThat(deadline.remaining()).isZero();
    }
  }

  @Test
  void anActionOnADeadlineThatIsOverRunsAtOnce() {
    try (var deadline = Deadline.after(LONG, timer)) {
      deadline.cancel();
      deadline.onEnd(runs::incrementAndGet).close();
      assertThat(runs).hasValue(1);
    }
  }

  @Test
  void aWithdrawnActionDoesNotRun() {
    try (var deadline = Deadline.after(LONG, timer)) {
      deadline.onEnd(runs::incrementAndGet).close();
      deadline.cancel();
      assertThat(runs).hasValue(0);
    }
  }

  @Test
  void withdrawingOneOfTwoLikeActionsLeavesTheOther() {
    Runnable action = runs::incrementAndGet;
    try (var deadline = Deadline.after(LONG, timer);
        var _ = deadline.onEnd(action)) {
      deadline.onEnd(action).close();
      deadline.cancel();
      assertThat(runs).hasValue(1);
    }
  }

  @Test
  void noTimeLeftIsOverAtOnceEvenIfTheTimerIsBusy() throws Exception {
    var isFree = new CountDownLatch(1);
    timer.execute(() -> {
      try {
        isFree.await();
      } catch (InterruptedException _) {
        // the test is over
      }
    });
    for (var timeout : new Duration[] {Duration.ZERO, Duration.ofSeconds(-1)}) {
      try (var deadline = Deadline.after(timeout, timer)) {
        assertThat(deadline.state()).isEqualTo(State.EXPIRED);
        assertThat(deadline.remaining()).isZero();
      }
    }
    isFree.countDown();
  }

  @Test
  void whoFindsItOverLeavesTheActionsToTheTimer() throws Exception {
    var isFree = new CountDownLatch(1);
    timer.execute(() -> {
      try {
        isFree.await();
      } catch (InterruptedException _) {
        // the test is over
      }
    });
    try (var deadline = Deadline.after(Duration.ZERO, timer);
        var _ = deadline.onEnd(runs::incrementAndGet)) {
      assertThat(deadline.state()).isEqualTo(State.EXPIRED);
      assertThat(runs).as("run by who may hold the monitor of others").hasValue(0);

      isFree.countDown();
      timer.submit(() -> {}).get(60, SECONDS);
      assertThat(runs).hasValue(1);
    }
  }

  @Test
  void theLongestDurationIsForEver() {
    try (var deadline = Deadline.after(Duration.ofSeconds(Long.MAX_VALUE), timer)) {
      assertThat(deadline.state()).isEqualTo(State.OPEN);
      assertThat(deadline.remaining()).isGreaterThan(Duration.ofDays(10_000));
    }
  }

  @Test
  void closingFreesTheTimerAndEveryAction() {
    var deadline = Deadline.after(LONG, timer);
    try (var _ = deadline.onEnd(runs::incrementAndGet)) {
      assertThat(timer.getQueue()).hasSize(1);
      deadline.close();
      deadline.cancel();
      assertThat(timer.getQueue()).isEmpty();
      assertThat(runs).hasValue(0);
    }
  }

  @Test
  void cancellingFreesTheTimer() {
    try (var deadline = Deadline.after(LONG, timer)) {
      deadline.cancel();
      assertThat(timer.getQueue()).isEmpty();
    }
  }
}
