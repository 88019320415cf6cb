package io.sentryexporter.app;

import io.sentryexporter.sentry.transport.Sleeper;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/// What time it is, by the calendar and by a clock that only goes forward; and how it passes.
///
/// @param nanoTime nanoseconds from any beginning
public record Clocks(InstantSource calendar, LongSupplier nanoTime, Sleeper sleeper) {
  /// This machine's.
  public static final Clocks SYSTEM =
      new Clocks(InstantSource.system(), System::nanoTime, Sleeper::real);
}
