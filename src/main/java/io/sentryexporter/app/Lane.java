package io.sentryexporter.app;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
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

  /// The task, then the next in line, also if the task failed.
  private void run(Runnable task) {
    try {
      task.run();
    } finally {
      Runnable next = next();
      if (next != null) {
        startLater(next);
      }
    }
  }

  private void startLater(Runnable task) {
    try {
      start(task);
    } catch (RejectedExecutionException _) {
      // the pool has ended, and with it what waited in line
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
