package io.sentryexporter.sentry;

import java.time.Duration;

/// How old an answer may be that serves again.
///
/// @param refreshInterval younger than this it serves; older it is asked for anew
/// @param maxStale younger than this it stands in for a new one that cannot be had
public record Freshness(Duration refreshInterval, Duration maxStale) {
  public Freshness {
    if (refreshInterval.isNegative() || maxStale.compareTo(refreshInterval) < 0) {
      throw new IllegalArgumentException(refreshInterval + ", " + maxStale);
    }
  }
}
