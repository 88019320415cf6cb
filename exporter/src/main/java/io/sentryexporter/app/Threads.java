package io.sentryexporter.app;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The exporter's threads. No thread ends without a log line.
final class Threads {
  private static final Logger log = LoggerFactory.getLogger(Threads.class);

  private Threads() {}

  /// Logs, from now on, exceptions that end a thread without a handler of its own, such as one that
  /// handles a signal.
  static void reportFailures() {
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> report(thread, failure));
  }

  /// Returns a factory of daemon threads with numbered names. Java's own counts by a `VarHandle`,
  /// for which it writes classes at the start.
  static ThreadFactory daemons(String namePrefix) {
    var started = new AtomicInteger();
    return task ->
        Thread.ofPlatform().daemon().name(namePrefix + started.incrementAndGet()).unstarted(task);
  }

  /// Returns a pool for tasks that wait for others. Threads are created as needed; a task is
  /// refused beyond `most`, and where the system allows no further thread.
  static ExecutorService pool(int most, ThreadFactory factory) {
    return new Pool(most, factory);
  }

  /// Returns an executor that runs at most `most` tasks at the same time on a pool that others
  /// share with it.
  static Executor bounded(Executor pool, int most) {
    return bounded(pool, most, Integer.MAX_VALUE);
  }

  /// The same; a task is refused if `longestLine` others wait.
  static Executor bounded(Executor pool, int most, int longestLine) {
    return new BoundedExecutor(pool, most, longestLine);
  }

  /// Returns a timer whose thread is started at once, so that no probe fails for lack of a thread.
  static ScheduledExecutorService timer() {
    var timer = new Timer();
    timer.setRemoveOnCancelPolicy(true);
    timer.prestartCoreThread();
    return timer;
  }

  private static void report(Thread thread, Throwable failure) {
    log.atError()
        .addKeyValue("thread", thread.getName())
        .setCause(failure)
        .log("internal error in a thread");
  }

  private static final class Pool extends ThreadPoolExecutor {
    /// Time after which an unused thread ends and releases its stack.
    private static final int IDLE_SECONDS = 20;

    Pool(int most, ThreadFactory factory) {
      super(
          0, most, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), factory, Pool::refuse);
    }

    private static void refuse(Runnable task, ThreadPoolExecutor pool) {
      throw new RejectedExecutionException(
          pool.isShutdown() ? "the exporter is stopping" : "all threads are at work");
    }

    @Override
    public void execute(Runnable task) {
      try {
        super.execute(task);
      } catch (OutOfMemoryError e) { // of the heap's this process does not outlive one
        throw new RejectedExecutionException("no thread can be started", e);
      }
    }
  }

  /// A single thread, which continues after a task that failed and logs the failure; Java would
  /// discard it.
  private static final class Timer extends ScheduledThreadPoolExecutor {
    Timer() {
      super(1, daemons("timer-"));
    }

    @Override
    protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
      super.afterExecute(task, thrown);
      if (task instanceof Future<?> done && done.state() == Future.State.FAILED) {
        report(Thread.currentThread(), done.exceptionNow());
      }
    }
  }

  /// Limits the tasks that one user of a shared thread pool runs at the same time. Further tasks
  /// wait in line, so that hanging tasks of one user do not delay another.
  private static final class BoundedExecutor implements Executor {
    private final Executor pool;
    private final int most;
    private final int longestLine;
    private final Queue<Runnable> line = new ArrayDeque<>();
    private int running;

    BoundedExecutor(Executor pool, int most, int longestLine) {
      this.pool = pool;
      this.most = most;
      this.longestLine = longestLine;
    }

    /// @throws RejectedExecutionException if the pool refuses it, or too many wait
    @Override
    public synchronized void execute(Runnable task) {
      if (running == most) {
        if (line.size() == longestLine) {
          throw new RejectedExecutionException("too many tasks wait");
        }
        line.add(task);
        return;
      }
      pool.execute(() -> run(task)); // others wait meanwhile: not in line for what is refused
      running++;
    }

    /// Runs the task, then those in line one after the other, even after one that failed: so they
    /// need no further thread.
    private void run(Runnable first) {
      for (Runnable task = first; task != null; task = next()) {
        try {
          task.run();
        } catch (RuntimeException | Error e) { // as at the top of a thread
          Thread thread = Thread.currentThread();
          thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
      }
    }

    private synchronized @Nullable Runnable next() {
      Runnable next = line.poll();
      if (next == null) {
        running--;
      }
      return next;
    }
  }
}
