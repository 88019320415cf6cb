package io.sentryexporter.testing;

import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.time.Cancellation.Registration;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import io.sentryexporter.time.TimeSource.Sleeper;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// Time that a test moves by hand, for everything that is fresh or old; deadlines end in real time,
/// since the sockets are real.
public final class TestTime implements TimeSource {
  private final InstantSource calendar;
  private final LongSupplier nanoTime;
  private final Sleeper sleeper;
  private final TimeSource real;

  /// Real time, for tests in which only deadlines pass.
  public static TimeSource real() {
    return TimeSource.system(Executors.newSingleThreadScheduledExecutor());
  }

  /// @param sleeper what a pause between two requests does, such as moving the clock
  public TestTime(TestClock clock, Sleeper sleeper) {
    this(clock, clock::nanos, sleeper, real());
  }

  /// @param real time of the deadlines
  public TestTime(InstantSource calendar, LongSupplier nanoTime, Sleeper sleeper, TimeSource real) {
    this.calendar = calendar;
    this.nanoTime = nanoTime;
    this.sleeper = sleeper;
    this.real = real;
  }

  @Override
  public Instant instant() {
    return calendar.instant();
  }

  @Override
  public long nanoTime() {
    return nanoTime.getAsLong();
  }

  @Override
  public void sleep(Duration time, Deadline deadline) throws InterruptedException {
    sleeper.sleep(time, deadline);
  }

  @Override
  public Deadline deadline(Duration timeout) {
    return real.deadline(timeout);
  }

  @Override
  public Registration schedule(Duration delay, Runnable action) {
    return real.schedule(delay, action);
  }

  @Override
  public boolean await(Object lock, Duration longest, BooleanSupplier condition)
      throws InterruptedException {
    return real.await(lock, longest, condition);
  }

  @Override
  public void close() {
    real.close();
  }
}
