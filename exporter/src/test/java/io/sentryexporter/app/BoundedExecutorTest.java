package io.sentryexporter.app;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class BoundedExecutorTest {
  @Test
  void aLaneWhoseTasksHangHoldsUpNoOther() throws Exception {
    var released = new CountDownLatch(1);
    var others = new CountDownLatch(1);
    var all = new CountDownLatch(5);
    try (var pool = Executors.newCachedThreadPool()) {
      var hanging = Threads.bounded(pool, 2);
      for (int i = 0; i < 5; i++) {
        hanging.execute(() -> {
          await(released);
          all.countDown();
        });
      }
      Threads.bounded(pool, 2).execute(others::countDown);

      assertThat(others.await(60, SECONDS)).isTrue();
      released.countDown();
      assertThat(all.await(60, SECONDS)).isTrue();
    }
  }

  @Test
  void tasksBeyondTheNumberWaitInLineAndComeInOrderOnTheSameThreadAlsoAfterOneThatFails()
      throws Exception {
    Queue<Runnable> pool = new ArrayDeque<>();
    List<String> ran = new ArrayList<>();
    List<Throwable> reported = new ArrayList<>();
    var lane = Threads.bounded(pool::add, 1);
    lane.execute(() -> {
      throw new IllegalStateException("a bug in the exporter");
    });
    lane.execute(() -> ran.add("second"));
    lane.execute(() -> ran.add("third"));
    assertThat(pool).hasSize(1);

    var thread = new Thread(pool.remove());
    thread.setUncaughtExceptionHandler((_, failure) -> reported.add(failure));
    thread.start();
    thread.join();

    assertThat(ran).containsExactly("second", "third");
    assertThat(reported).singleElement().asString().contains("a bug in the exporter");
    assertThat(pool).isEmpty();
    lane.execute(() -> ran.add("fourth"));
    assertThat(pool).hasSize(1);
  }

  @Test
  void aTaskThatThePoolRefusesLeavesItsPlace() {
    List<Runnable> taken = new ArrayList<>();
    boolean[] isFull = {true};
    var lane =
        Threads.bounded(
            task -> {
              if (isFull[0]) {
                throw new RejectedExecutionException();
              }
              taken.add(task);
            },
            1);
    assertThatThrownBy(() -> lane.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    isFull[0] = false;
    lane.execute(() -> {});
    assertThat(taken).hasSize(1);
  }

  @Test
  void aTaskDoesNotWaitInLineForOneThatThePoolRefusesAtThatMoment() throws Exception {
    List<Runnable> taken = new ArrayList<>();
    List<Thread> others = new ArrayList<>();
    Executor[] lane = new Executor[1];
    lane[0] =
        Threads.bounded(
            task -> {
              if (!others.isEmpty()) {
                taken.add(task);
                return;
              }
              var other = new Thread(() -> lane[0].execute(() -> {}));
              others.add(other);
              other.start();
              while (other.isAlive() && other.getState() != Thread.State.BLOCKED) {
                Thread.onSpinWait();
              }
              throw new RejectedExecutionException();
            },
            1);
    assertThatThrownBy(() -> lane[0].execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class);
    others.getFirst().join();
    assertThat(taken).hasSize(1);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
