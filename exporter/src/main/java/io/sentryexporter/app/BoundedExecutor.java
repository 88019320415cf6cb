package io.sentryexporter.app;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Limits the tasks that one user of a shared thread pool runs at the same time. Further tasks wait
/// in line, so that hanging tasks of one user do not delay another.
final class BoundedExecutor implements Executor {
  private final Executor pool;
  private final int most;
  private final Queue<Runnable> line = new ArrayDeque<>();
  private int running;

  BoundedExecutor(Executor pool, int most) {
    this.pool = pool;
    this.most = most;
  }

  /// @throws java.util.concurrent.RejectedExecutionException if the pool refuses it
  @Override
  public void execute(Runnable task) {
    synchronized (this) {
      if (running == most) {
        line.add(task);
        return;
      }
      running++;
    }
    start(task);
  }

  private void start(Runnable task) {
    boolean isTaken = false;
    try {
      pool.execute(() -> run(task));
      isTaken = true;
    } finally {
      if (!isTaken) {
        leave();
      }
    }
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

  private synchronized void leave() {
    running--;
  }
}
