package io.sentryexporter.sentry;

import io.sentryexporter.sentry.model.Renewal;
import java.time.Duration;

/// Limits on the age of a kept answer.
///
/// @param refreshInterval an answer younger than this, less a little, serves; an older one is
///   requested again
/// @param maxStale an answer younger than this stands in for a new one that is not available
public record CachePolicy(Duration refreshInterval, Duration maxStale) {
  public CachePolicy {
    if (refreshInterval.isNegative() || maxStale.compareTo(refreshInterval) < 0) {
      throw new IllegalArgumentException(refreshInterval + ", " + maxStale);
    }
  }

  /// The age from which an answer is requested again.
  public Duration dueAge() {
    return Renewal.dueAge(refreshInterval);
  }
}
