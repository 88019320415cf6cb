package io.sentryexporter.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.TestTime;
import io.sentryexporter.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class CollectorRunnerTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration GRACE = Duration.ofMillis(20);

  @AutoClose private final TimeSource time = TestTime.real();
  private final ExecutorService helpers = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    helpers.shutdownNow();
  }

  @Test
  void tasksThatWaitForEachOtherAllEndSinceEachHasAThread() throws InterruptedException {
    var barrier = new CyclicBarrier(5);
    var tasks = new ArrayList<CollectorRunner.Task<Integer>>();
    for (int i = 0; i < 5; i++) {
      int number = i;
      tasks.add(() -> {
        meet(barrier);
        return number;
      });
    }
    var all = new CollectorRunner<>(tasks, helpers);

    all.run(time.deadline(LONG), GRACE);

    for (int i = 0; i < 5; i++) {
      assertThat(all.result(i)).isEqualTo(i);
    }
  }

  @Test
  void withoutHelpersTheCallerDoesAllByItself() throws InterruptedException {
    var caller = Thread.currentThread();
    CollectorRunner.Task<Thread> task = Thread::currentThread;
    var all =
        new CollectorRunner<>(
            List.of(task, task, task),
            _ -> {
              throw new RejectedExecutionException();
            });

    all.run(time.deadline(LONG), GRACE);

    assertThat(List.of(0, 1, 2)).allSatisfy(i -> assertThat(all.result(i)).isSameAs(caller));
  }

  @Test
  void oneTaskNeedsNoHelper() throws InterruptedException {
    var called = new AtomicInteger();
    var one = new CollectorRunner<>(List.of(() -> "done"), _ -> called.incrementAndGet());

    one.run(time.deadline(LONG), GRACE);

    assertThat(one.result(0)).isEqualTo("done");
    assertThat(called).hasValue(0);
  }

  @Test
  void aTaskThatDoesNotComeBackIsLeftBehindAfterTheDeadline() throws InterruptedException {
    var callerBegan = new CountDownLatch(1);
    var helperBegan = new CountDownLatch(1);
    var never = new CountDownLatch(1);
    // The caller takes one, then a helper the other.
    Executor later =
        task ->
            helpers.execute(() -> {
              awaitQuietly(callerBegan);
              task.run();
            });
    CollectorRunner.Task<String> stuckIfHelping =
        () -> {
          if (Thread.currentThread().getName().startsWith("pool")) {
            helperBegan.countDown();
            never.await();
          } else {
            callerBegan.countDown();
            helperBegan.await();
          }
          return "done";
        };
    var both = new CollectorRunner<>(List.of(stuckIfHelping, stuckIfHelping), later);
    var deadline = time.deadline(LONG);
    helpers.execute(() -> {
      awaitQuietly(helperBegan);
      deadline.cancel();
    });

    both.run(deadline, GRACE);

    assertThat(new String[] {both.result(0), both.result(1)})
        .containsExactlyInAnyOrder("done", null);
  }

  private static void meet(CyclicBarrier barrier) throws InterruptedException {
    try {
      barrier.await(60, TimeUnit.SECONDS);
    } catch (BrokenBarrierException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
