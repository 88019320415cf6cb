package io.sentryexporter.app;

import io.sentryexporter.sentry.transport.Sleeper;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/// The clocks: calendar time, monotonic time, and sleeping.
///
/// @param nanoTime monotonic time in nanoseconds, from any origin
public record Clocks(InstantSource calendar, LongSupplier nanoTime, Sleeper sleeper) {
  /// The clocks of this machine.
  public static final Clocks SYSTEM =
      new Clocks(InstantSource.system(), System::nanoTime, Sleeper::real);
}
