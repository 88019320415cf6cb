package io.sentryexporter.sentry.marks;

import java.time.Duration;
import java.time.Instant;

/// The duration and distance of Sentry's values below the mark of a series.
///
/// @param since time of the first answer below the mark
/// @param runStart time after which the values have not fallen again
/// @param answers number of answers since `runStart`
/// @param first value at `runStart`
/// @param last the last value
record Hold(Instant since, Instant runStart, int answers, long first, long last) {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration LASTING = Duration.ofMinutes(10);
  private static final int LASTING_ANSWERS = 10;

  static Hold begun(Instant now, long value) {
    return new Hold(now, now, 1, value, value);
  }

  Hold next(Instant now, long value) {
    return value < first
        ? new Hold(since, now, 1, value, value)
        : new Hold(since, runStart, answers + 1, first, value);
  }

  /// Whether an operator should know: for over an hour, or by more than 1 %.
  boolean isNotable(Instant now, long mark) {
    return since.plus(LONG).isBefore(now) || (mark - last) > mark / 100.0;
  }

  /// Whether Sentry has been below half of the mark in ten answers and for ten minutes.
  boolean isLasting(Instant now, long mark) {
    return last < mark / 2.0 && answers >= LASTING_ANSWERS && !runStart.plus(LASTING).isAfter(now);
  }

  boolean isGrowing() {
    return last > first;
  }
}
