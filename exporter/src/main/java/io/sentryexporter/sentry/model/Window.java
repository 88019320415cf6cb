package io.sentryexporter.sentry.model;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;

/// A range of time to request data for.
///
/// @param start inclusive
/// @param end exclusive
/// @param isClosed whether the end is that of an hour, day or month that is over; else it is now
public record Window(Instant start, Instant end, boolean isClosed) {
  /// Delay after the end of an hour until its data is complete: the one that Sentry itself assumes.
  private static final Duration INGESTION_DELAY = Duration.ofSeconds(90);

  /// From a time in the past until now.
  public static Window since(Instant start, Instant now) {
    Instant second = now.truncatedTo(ChronoUnit.SECONDS);
    // Sentry refuses an empty range, such as in the first second of a month.
    return new Window(start, second.isAfter(start) ? second : start.plusSeconds(1), false);
  }

  /// The window that ended last on a full hour, with complete data.
  public static Window closed(Duration length, Instant now) {
    Instant end = now.minus(INGESTION_DELAY).truncatedTo(ChronoUnit.HOURS);
    return new Window(end.minus(length), end, true);
  }

  /// The largest interval into which Sentry can split this without rounding its ends.
  ///
  /// Sentry aligns the ends of a stretch to its intervals, which divide a day. Servers that add up
  /// the distinct users of each interval count a user once in each: the fewer, the better.
  public Duration largestInterval() {
    return Stream.of(24, 12, 8, 6, 4, 3, 2)
        .map(Duration::ofHours)
        .filter(each -> isAtStartOf(each, start) && isAtStartOf(each, end))
        .findFirst()
        .orElse(Duration.ofHours(1));
  }

  private static boolean isAtStartOf(Duration interval, Instant time) {
    return time.getEpochSecond() % interval.toSeconds() == 0;
  }

  /// The value to send as the end.
  ///
  /// Sentry adds a second to the end and then takes the whole of the hour or day that it is in: the
  /// last second leads to the right end whether or not a server does so.
  public Instant endToSend() {
    return isClosed ? end.minusSeconds(1) : end;
  }
}
