package io.sentryexporter.probe;

import io.sentryexporter.time.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Runs tasks in parallel, so that a slow one does not delay the others.
///
/// The caller takes them one by one, and so does a helper, which calls the next helper as long as
/// tasks are left. Where all are quick, as from kept answers, the caller has done most of them
/// before the first helper is up; where they are slow, each soon has a thread of its own.
final class CollectorRunner<T> {
  private final List<Task<T>> tasks;
  private final Executor helpers;
  private final AtomicInteger taken = new AtomicInteger();
  private final AtomicReferenceArray<@Nullable T> results;

  /// Tasks that have not ended; guarded by `this`.
  private int left;

  /// A task. An exception is a bug in the exporter.
  interface Task<T> {
    T run() throws InterruptedException;
  }

  /// @param tasks at least one
  /// @param helpers may refuse: then fewer threads share the tasks
  CollectorRunner(List<Task<T>> tasks, Executor helpers) {
    this.tasks = List.copyOf(tasks);
    this.helpers = helpers;
    this.results = new AtomicReferenceArray<>(tasks.size());
    this.left = tasks.size();
  }

  /// Runs all tasks and returns when they have ended; does not wait for those of helpers longer
  /// than a short time after the deadline.
  void run(Deadline deadline, Duration grace) throws InterruptedException {
    if (tasks.size() > 1) {
      callHelper();
    }
    runWhatIsLeft();
    awaitOthers(deadline, grace);
  }

  private synchronized void awaitOthers(Deadline deadline, Duration grace)
      throws InterruptedException {
    if (!deadline.await(this, () -> left == 0)) {
      boolean _ = deadline.awaitGrace(this, grace, () -> left == 0);
    }
  }

  private synchronized void ended() {
    left--;
    notifyAll();
  }

  /// The result of a task; null if it has not ended, or failed because of a bug.
  @Nullable T result(int task) {
    return results.get(task);
  }

  private void help() {
    if (taken.get() < tasks.size() - 1) {
      callHelper();
    }
    try {
      runWhatIsLeft();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // the program ends
    }
  }

  private void callHelper() {
    try {
      helpers.execute(this::help);
    } catch (RejectedExecutionException _) {
      // those at work take what is left
    }
  }

  private void runWhatIsLeft() throws InterruptedException {
    for (int task = taken.getAndIncrement(); task < tasks.size(); task = taken.getAndIncrement()) {
      try {
        results.set(task, tasks.get(task).run());
      } finally {
        ended();
      }
    }
  }
}
