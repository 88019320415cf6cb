package io.sentryexporter.time;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.sentryexporter.time.Cancellation.Registration;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;

/// The clocks, the timer and the waits of the exporter.
///
/// Nothing else reads a clock, and above the sockets nothing else blocks a thread: another source,
/// handed in by a test, decides when time passes and which thread goes on.
public interface TimeSource extends InstantSource, AutoCloseable {
  /// Longest time that can be waited for; anything beyond is unlimited.
  Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 4);

  /// Monotonic time in nanoseconds, from any origin.
  long nanoTime();

  /// Runs `action` once after `delay`, on the timer's thread or earlier on this one. It must
  /// neither block nor throw.
  ///
  /// @throws java.util.concurrent.RejectedExecutionException if the timer has ended
  Registration schedule(Duration delay, Runnable action);

  /// Waits until `condition` holds, at most for a time.
  ///
  /// The caller holds the monitor of `lock`, which guards what the condition reads, and is released
  /// meanwhile. A change of it must be followed by a `notifyAll()`.
  ///
  /// @return whether the condition holds
  boolean await(Object lock, Duration longest, BooleanSupplier condition)
      throws InterruptedException;

  /// Starts a deadline that ends `timeout` from now; at once if `timeout` is not positive.
  default Deadline deadline(Duration timeout) {
    return new Deadline(timeout, this);
  }

  /// Waits for time to pass: a part of a source of time, for what needs no more.
  @FunctionalInterface
  interface Sleeper {
    /// Returns after the time, or sooner if the deadline ends before.
    void sleep(Duration time, Deadline deadline) throws InterruptedException;
  }

  /// Returns after the time, or sooner if the deadline ends before.
  default void sleep(Duration time, Deadline deadline) throws InterruptedException {
    var lock = new Object();
    synchronized (lock) {
      boolean _ = deadline.await(lock, time, () -> false);
    }
  }

  /// Ends the timer; what is scheduled does not run any more.
  @Override
  void close();

  /// The time of this machine.
  static TimeSource system(ScheduledExecutorService timer) {
    return new OfMachine(timer);
  }

  /// Real time.
  final class OfMachine implements TimeSource {
    private final ScheduledExecutorService timer;

    private OfMachine(ScheduledExecutorService timer) {
      this.timer = timer;
    }

    @Override
    public Instant instant() {
      return Instant.now();
    }

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public Registration schedule(Duration delay, Runnable action) {
      var scheduled = timer.schedule(action, NANOSECONDS.convert(delay), NANOSECONDS);
      return () -> scheduled.cancel(false);
    }

    @Override
    public boolean await(Object lock, Duration longest, BooleanSupplier condition)
        throws InterruptedException {
      if (condition.getAsBoolean()) {
        return true;
      }
      long nanos = Math.min(NANOSECONDS.convert(longest), NANOSECONDS.convert(LONGEST));
      long end = nanoTime() + nanos;
      for (long left = nanos; left > 0; left = end - nanoTime()) {
        NANOSECONDS.timedWait(lock, left);
        if (condition.getAsBoolean()) {
          return true;
        }
      }
      return false;
    }

    @Override
    public void close() {
      timer.shutdownNow();
    }
  }
}
