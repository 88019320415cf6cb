package io.sentryexporter.testing;

import io.sentryexporter.time.Cancellation.Registration;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/// Time that stands still until a test lets it pass, or until something sleeps: sleeping is letting
/// time pass.
///
/// No wait has an end of its own. So a scheduler of threads sees each of them end for a reason, and
/// reports a wait that nothing ends as a deadlock.
public final class StillTime implements TimeSource {
  private static final Instant START = Instant.parse("2026-11-22T10:20:00Z");

  private final Set<Due> scheduled = new LinkedHashSet<>();
  private volatile long nanos;

  /// Not a record: two are never the same.
  private static final class Due {
    private final long at;
    private final Runnable action;

    private Due(long at, Runnable action) {
      this.at = at;
      this.action = action;
    }
  }

  /// Lets time pass, and runs what is due then on this thread.
  public void pass(Duration time) {
    due(time).forEach(due -> due.action.run());
  }

  private synchronized List<Due> due(Duration time) {
    nanos += time.toNanos();
    List<Due> due = scheduled.stream().filter(each -> each.at <= nanos).toList();
    due.forEach(scheduled::remove);
    return due;
  }

  @Override
  public Instant instant() {
    return START.plusNanos(nanos);
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public synchronized Registration schedule(Duration delay, Runnable action) {
    var due = new Due(nanos + Math.min(delay.toNanos(), LONGEST.toNanos()), action);
    scheduled.add(due);
    return () -> forget(due);
  }

  private synchronized void forget(Due due) {
    scheduled.remove(due);
  }

  @Override
  public boolean await(Object lock, Duration longest, BooleanSupplier condition)
      throws InterruptedException {
    long end = nanos + Math.min(longest.toNanos(), LONGEST.toNanos());
    try (var _ = schedule(longest, () -> wake(lock))) {
      while (!condition.getAsBoolean()) {
        if (nanos >= end) {
          return false;
        }
        lock.wait();
      }
      return true;
    }
  }

  private static void wake(Object lock) {
    synchronized (lock) {
      lock.notifyAll();
    }
  }

  @Override
  public void sleep(Duration time, Deadline deadline) {
    pass(time);
  }

  @Override
  public void close() {}
}
