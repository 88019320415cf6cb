package io.sentryexporter.web.page;

import static io.sentryexporter.web.page.Html.attribute;
import static io.sentryexporter.web.page.Html.text;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/// Times as people read them, relative to the time of the page; the absolute time is their title.
record RelativeTime(Instant now) {
  private static final DateTimeFormatter DATE_AND_TIME = pattern("yyyy-MM-dd HH:mm:ss 'UTC'");
  private static final DateTimeFormatter DAY = pattern("yyyy-MM-dd");
  private static final DateTimeFormatter MINUTE = pattern("HH:mm 'UTC'");
  private static final DateTimeFormatter DAY_AND_MINUTE = pattern("yyyy-MM-dd HH:mm 'UTC'");

  private static DateTimeFormatter pattern(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
  }

  /// Such as `12 s ago`.
  Html ago(Instant time) {
    Duration age = age(time);
    return element(time, age.toSeconds() < 1 ? "now" : rounded(age) + " ago");
  }

  /// Such as `since 11:48 UTC (12 min)`.
  Html since(Instant time) {
    return element(time, "since " + clock(time) + " (" + rounded(age(time)) + ")");
  }

  /// The time of day; with the date, if it is another day.
  String clock(Instant time) {
    boolean isToday = DAY.format(time).equals(DAY.format(now));
    return (isToday ? MINUTE : DAY_AND_MINUTE).format(time);
  }

  private Duration age(Instant time) {
    var age = Duration.between(time, now);
    return age.isNegative() ? Duration.ZERO : age; // the machine's clock was set back
  }

  private static Html element(Instant time, String shown) {
    var machine = time.truncatedTo(ChronoUnit.SECONDS).toString();
    return Html.element(
        "time",
        List.of(attribute("datetime", machine), attribute("title", DATE_AND_TIME.format(time))),
        text(shown));
  }

  /// Down to the largest unit.
  static String rounded(Duration age) {
    if (age.toMinutes() < 1) {
      return age.toSeconds() + " s";
    }
    if (age.toHours() < 1) {
      return age.toMinutes() + " min";
    }
    return age.toDays() < 2 ? age.toHours() + " h" : age.toDays() + " d";
  }

  /// A duration in milliseconds or seconds.
  static String precise(Duration duration) {
    long millis = duration.toMillis();
    if (millis < 1_000) {
      return millis + " ms";
    }
    return millis < 10_000
        ? String.format(Locale.ROOT, "%.2f s", millis / 1e3)
        : String.format(Locale.ROOT, "%.0f s", millis / 1e3);
  }
}
