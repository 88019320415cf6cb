package io.sentryexporter.time;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/// The clocks: calendar time, monotonic time, and sleeping.
///
/// @param nanoTime monotonic time in nanoseconds, from any origin
public record TimeSource(InstantSource calendar, LongSupplier nanoTime, Sleeper sleeper) {
  /// The clocks of this machine.
  public static final TimeSource SYSTEM =
      new TimeSource(InstantSource.system(), System::nanoTime, Sleeper::real);
}
