package io.sentryexporter.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/// A clock that a test moves.
public final class TestClock implements InstantSource {
  private final AtomicReference<Instant> now;
  private final LongSupplier passedNanos;

  /// A clock that moves only when it is moved.
  public TestClock(Instant start) {
    this(start, () -> 0);
  }

  private TestClock(Instant start, LongSupplier passedNanos) {
    this.now = new AtomicReference<>(start);
    this.passedNanos = passedNanos;
  }

  /// A clock that also goes on by itself: for what waits until a time.
  public static TestClock ticking(Instant start) {
    long began = System.nanoTime();
    return new TestClock(start, () -> System.nanoTime() - began);
  }

  public static TestClock at(String isoInstant) {
    return new TestClock(Instant.parse(isoInstant));
  }

  public void advance(Duration duration) {
    now.updateAndGet(instant -> instant.plus(duration));
  }

  /// Goes to a time, unless that is over: for several that wait side by side.
  public void advanceTo(Instant time) {
    now.updateAndGet(instant -> instant.isBefore(time) ? time : instant);
  }

  @Override
  public Instant instant() {
    return now.get().plusNanos(passedNanos.getAsLong());
  }

  /// The same time as a count of nanoseconds.
  public long nanos() {
    Instant instant = instant();
    return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
  }
}
