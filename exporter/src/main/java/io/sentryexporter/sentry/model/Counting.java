package io.sentryexporter.sentry.model;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// The windows of counters: each month or day of Sentry's clock, and a short overlap after its end.
///
/// The old window stands for that moment, so that every replica exposes its total to the very end;
/// not longer, since a flat counter looks like silence.
///
/// @param overlap how long the old window stands after its end
public record Counting(Epoch epoch, Duration overlap) {
  private static final Duration SHORTEST_OVERLAP = Duration.ofMinutes(2);

  /// Counters that are requested again after `refreshInterval`.
  public static Counting refreshedEach(Duration refreshInterval, Epoch epoch) {
    return new Counting(epoch, Collections.max(List.of(refreshInterval, SHORTEST_OVERLAP)));
  }

  /// The start of the counters' window at `now`.
  public Instant start(Instant now) {
    return epoch.start(now.minus(overlap));
  }

  /// The counters' window at `now`.
  public Window window(Instant now) {
    Instant start = start(now);
    Instant end = epoch.end(start);
    return now.isBefore(end) ? Window.since(start, now) : new Window(start, end, true);
  }

  /// How long after a switch a series is 0 whose new value would not show that it started anew:
  /// more than half a refresh interval and so one refresh, and at least a minute.
  public Duration resetShown() {
    return overlap.dividedBy(2);
  }

  /// From when counters count: the start of the running month or day, in UTC.
  public enum Epoch {
    MONTH,
    DAY;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// The start of the month or day that `now` is in.
    public Instant start(Instant now) {
      LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
      LocalDate first =
          switch (this) {
            case MONTH -> today.withDayOfMonth(1);
            case DAY -> today;
          };
      return first.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /// The end of the month or day that begins at `start`.
    public Instant end(Instant start) {
      LocalDate first = LocalDate.ofInstant(start, ZoneOffset.UTC);
      LocalDate next =
          switch (this) {
            case MONTH -> first.plusMonths(1);
            case DAY -> first.plusDays(1);
          };
      return next.atStartOfDay(ZoneOffset.UTC).toInstant();
    }
  }
}
