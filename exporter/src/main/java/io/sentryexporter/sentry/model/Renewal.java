package io.sentryexporter.sentry.model;

import java.time.Duration;

/// Decides when a kept answer is due for renewal: a little before its refresh interval is over, so
/// that a scrape in the same interval, which never comes to the millisecond, always gets a new one.
public final class Renewal {
  private static final Duration LEAST_SLACK = Duration.ofSeconds(1);
  private static final Duration MOST_SLACK = Duration.ofSeconds(10);

  private Renewal() {}

  /// The age from which an answer is requested anew: within 10 % of the interval, at least 1 s and
  /// at most 10 s before its end; zero if the interval is not longer than that.
  public static Duration dueAge(Duration refreshInterval) {
    Duration slack = refreshInterval.dividedBy(10);
    if (slack.compareTo(LEAST_SLACK) < 0) {
      slack = LEAST_SLACK;
    } else if (slack.compareTo(MOST_SLACK) > 0) {
      slack = MOST_SLACK;
    }
    Duration due = refreshInterval.minus(slack);
    return due.isNegative() ? Duration.ZERO : due;
  }
}
