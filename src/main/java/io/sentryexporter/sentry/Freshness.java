package io.sentryexporter.sentry;

import io.sentryexporter.sentry.model.Renewal;
import java.time.Duration;

/// How old an answer may be that serves again.
///
/// @param refreshInterval younger than this, less a little, it serves; older it is requested anew
/// @param maxStale younger than this it stands in for a new one that cannot be had
public record Freshness(Duration refreshInterval, Duration maxStale) {
  public Freshness {
    if (refreshInterval.isNegative() || maxStale.compareTo(refreshInterval) < 0) {
      throw new IllegalArgumentException(refreshInterval + ", " + maxStale);
    }
  }

  /// The age from which an answer is requested anew.
  public Duration dueAge() {
    return Renewal.dueAge(refreshInterval);
  }
}
