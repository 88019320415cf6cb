package io.sentryexporter.app;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The program's threads. None dies without a word in the log.
final class Threads {
  private static final Logger log = LoggerFactory.getLogger(Threads.class);

  private Threads() {}

  /// Logs, from now on, what ends a thread of the process that nobody else looks after, such as one
  /// that handles a signal.
  static void reportFailures() {
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> report(thread, failure));
  }

  static ThreadFactory daemons(String namePrefix) {
    return Thread.ofPlatform().daemon().name(namePrefix, 1).factory();
  }

  /// Threads for tasks that wait for others, made as they are needed; a task is refused beyond
  /// `most`, and where the system lets no further thread be.
  static ExecutorService pool(int most, ThreadFactory factory) {
    return new Pool(most, factory);
  }

  /// Its thread is there from the start, so that no probe fails for want of one.
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
    /// A thread that is not needed any more keeps its stack so long.
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

  /// One thread, which goes on after a task that failed; Java would keep its failure to itself.
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
}
