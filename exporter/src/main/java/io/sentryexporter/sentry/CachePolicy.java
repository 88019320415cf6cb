package io.sentryexporter.sentry;

import io.sentryexporter.sentry.model.Lifetime;
import java.time.Duration;
import java.util.Collections;
import java.util.List;

/// Limits on the age of a kept answer.
///
/// @param refreshInterval an answer younger than this, less a little, serves; an older one is
///   requested again
/// @param maxStale an answer younger than this stands in for a new one that is not available
public record CachePolicy(Duration refreshInterval, Duration maxStale) {
  /// For lists of names, which change rarely, and without which there would be neither metrics nor
  /// targets.
  public static final CachePolicy NAMES =
      new CachePolicy(Lifetime.LIST.duration(), Duration.ofDays(1));

  private static final Duration LEAST_SLACK = Duration.ofSeconds(1);
  private static final Duration MOST_SLACK = Duration.ofSeconds(10);

  public CachePolicy {
    if (refreshInterval.isNegative() || maxStale.compareTo(refreshInterval) < 0) {
      throw new IllegalArgumentException(refreshInterval + ", " + maxStale);
    }
  }

  /// The age from which an answer is requested again: a little before its refresh interval is over,
  /// so that a scrape in the same interval, which never comes to the millisecond, always gets a new
  /// one.
  ///
  /// That is within 10 % of the interval, at least 1 s and at most 10 s before its end; zero if the
  /// interval is not longer than that.
  public Duration dueAge() {
    Duration tenth = refreshInterval.dividedBy(10);
    Duration slack =
        Collections.max(List.of(LEAST_SLACK, Collections.min(List.of(tenth, MOST_SLACK))));
    return Collections.max(List.of(Duration.ZERO, refreshInterval.minus(slack)));
  }
}
