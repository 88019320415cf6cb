package io.sentryexporter.app;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// A user's part of a pool of threads that many share: beyond a number of tasks at the same time
/// its further ones wait in line, so that a user whose tasks hang holds up no other.
final class Lane implements Executor {
  private final Executor pool;
  private final int most;
  private final Queue<Runnable> line = new ArrayDeque<>();
  private int running;

  Lane(Executor pool, int most) {
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

  /// The task, then one after the other those in line, also after one that failed: that needs no
  /// thread more.
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
