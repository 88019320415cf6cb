package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.message.Query;
import io.sentryexporter.simulator.message.Refused;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// The time range of a statistics query, in intervals; checked with Sentry's complaints.
///
/// @param start floored to the interval, in epoch seconds
/// @param end ceiled to the interval, so it may lie in the future
/// @param interval in seconds
record TimeRange(long start, long end, int interval) {
  private static final int MINUTE = 60;
  private static final int HOUR = 3_600;
  private static final int DAY = 86_400;
  private static final long MAX_INTERVALS = 1_000;
  private static final long DEFAULT_SECONDS = 90L * DAY;

  private record Span(long start, long end) {}

  /// The range in whole intervals, of which there must not be too many.
  static TimeRange read(Query query, long now) throws Refused {
    var interval = interval(query);
    var span = span(query, now);
    var start = Math.floorDiv(Math.min(span.start, now), interval) * interval;
    var end = Math.ceilDiv(span.end, interval) * interval;
    if ((end - start) / interval > MAX_INTERVALS) {
      throw Refused.badRequest(
          "Your interval and date range would create too many results. Use a larger interval,"
              + " or a smaller date range.");
    }
    return new TimeRange(start, end, interval);
  }

  /// The range to the second, as one interval.
  static TimeRange exact(Query query, long now) throws Refused {
    var span = span(query, now);
    return new TimeRange(span.start, span.end, (int) Math.min(span.end - span.start, 1 << 30));
  }

  int intervals() {
    return (int) ((end - start) / interval);
  }

  /// Where an interval begins.
  long startOf(int index) {
    return start + (long) index * interval;
  }

  /// `"start":…,"end":…`
  String startAndEnd() {
    return "\"start\":\"%s\",\"end\":\"%s\""
        .formatted(Instant.ofEpochSecond(start), Instant.ofEpochSecond(end));
  }

  /// The starts of the intervals, as a JSON array.
  String starts() {
    return LongStream.range(0, intervals())
        .mapToObj(i -> "\"" + Instant.ofEpochSecond(start + i * interval) + "\"")
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static int interval(Query query) throws Refused {
    var text = query.last("interval");
    var seconds = text == null ? null : period(text);
    if (seconds == null) {
      return HOUR; // also for what is no period at all
    }
    if (seconds % MINUTE != 0 || seconds < MINUTE) {
      throw Refused.badRequest(
          "The interval has to be a multiple of the minimum interval of one minute.");
    }
    if (seconds > DAY) {
      throw Refused.badRequest("The interval has to be less than one day.");
    }
    if (DAY % seconds != 0) {
      throw Refused.badRequest("The interval should divide one day without a remainder.");
    }
    return (int) (long) seconds;
  }

  private static Span span(Query query, long now) throws Refused {
    var span = unchecked(query, now);
    if (span.start >= span.end) {
      throw Refused.badRequest("start must be before end");
    }
    return span;
  }

  private static Span unchecked(Query query, long now) throws Refused {
    var statsPeriod = query.last("statsPeriod");
    if (statsPeriod != null) {
      var seconds = period(statsPeriod);
      if (seconds == null) {
        throw Refused.badRequest("Invalid statsPeriod: '" + statsPeriod + "'");
      }
      return new Span(now - seconds, now);
    }
    var start = query.last("start");
    var end = query.last("end");
    if (start == null && end == null) {
      return new Span(now - DEFAULT_SECONDS, now);
    }
    if (start == null || end == null) {
      throw Refused.badRequest("start and end are both required");
    }
    return new Span(time(start), time(end));
  }

  /// Seconds of a text such as `90m` or `14d`, null if it is none.
  static @Nullable Long period(String text) {
    var unit =
        switch (text.isEmpty() ? ' ' : text.charAt(text.length() - 1)) {
          case 'm' -> MINUTE;
          case 'h' -> HOUR;
          case 'd' -> DAY;
          case 'w' -> 7 * DAY;
          default -> 1;
        };
    var hasUnit = !text.isEmpty() && Character.isLetter(text.charAt(text.length() - 1));
    if (hasUnit && unit == 1 && !text.endsWith("s")) {
      return null;
    }
    try {
      var number = Integer.parseUnsignedInt(text, 0, text.length() - (hasUnit ? 1 : 0), 10);
      return number < 0 ? null : (long) number * unit;
    } catch (NumberFormatException _) {
      return null;
    }
  }

  /// Epoch seconds of a number or a date.
  static long time(String text) throws Refused {
    try {
      return Double.valueOf(text).longValue();
    } catch (NumberFormatException _) {
      // then it is a date
    }
    try {
      return instant(text).getEpochSecond();
    } catch (DateTimeException e) {
      throw Refused.badRequest(text + " is not a valid ISO8601 date query");
    }
  }

  private static Instant instant(String text) {
    if (text.indexOf('T') < 0) {
      return LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
    }
    var timeOfDay = text.substring(text.indexOf('T'));
    var hasZone =
        timeOfDay.endsWith("Z") || timeOfDay.indexOf('+') >= 0 || timeOfDay.indexOf('-') >= 0;
    return hasZone
        ? OffsetDateTime.parse(text).toInstant()
        : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
  }
}
