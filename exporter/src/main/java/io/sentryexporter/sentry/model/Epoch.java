package io.sentryexporter.sentry.model;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

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
