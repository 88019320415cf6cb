package io.sentryexporter.simulator;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a call of `stats_v2` asks for, checked in Sentry's order and with its complaints.
///
/// @param start floored to the interval, in epoch seconds
/// @param end ceiled to the interval, so it may lie in the future
/// @param interval in seconds
/// @param categories empty for all; likewise `outcomes` and `reasons`
record StatsV2Query(
    long start,
    long end,
    int interval,
    Set<Field> fields,
    Set<Dimension> groupBy,
    Set<Category> categories,
    Set<Outcome> outcomes,
    List<String> reasons,
    List<SimulatedProject> projects) {

  /// What is summed up.
  enum Field {
    QUANTITY("sum(quantity)"),
    TIMES_SEEN("sum(times_seen)");

    final String label;

    Field(String label) {
      this.label = label;
    }
  }

  /// What groups are formed by.
  enum Dimension {
    PROJECT,
    OUTCOME,
    CATEGORY,
    REASON
  }

  private static final int MINUTE = 60;
  private static final int HOUR = 3_600;
  private static final int DAY = 86_400;
  private static final long MAX_INTERVALS = 1_000;

  static StatsV2Query read(Call call) throws Refused {
    var query = call.query();
    if (!query.has("field")) {
      throw Refused.badRequest("At least one \"field\" is required.");
    }
    var interval = interval(query);
    var range = Range.read(query, call.now(), interval);
    var fields = fields(query);
    var groupBy = groupBy(query);
    if (!query.has("category") && !groupBy.contains(Dimension.CATEGORY)) {
      throw Refused.badRequest("Query must have category as groupby or filter");
    }
    return new StatsV2Query(
        range.start(),
        range.end(),
        interval,
        fields,
        groupBy,
        categories(query),
        outcomes(query),
        query.all("reason"),
        projects(call, groupBy));
  }

  int intervals() {
    return (int) ((end - start) / interval);
  }

  boolean hasSeries() {
    return !groupBy.contains(Dimension.PROJECT);
  }

  boolean wants(Flow.Kind kind) {
    return (categories.isEmpty() || categories.contains(kind.category()))
        && (outcomes.isEmpty() || outcomes.contains(kind.outcome()))
        && (reasons.isEmpty() || reasons.contains(kind.reason()));
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

  private static Set<Field> fields(Query query) throws Refused {
    var fields = EnumSet.noneOf(Field.class);
    for (var name : query.all("field")) {
      switch (name) {
        case "sum(quantity)" -> fields.add(Field.QUANTITY);
        case "sum(times_seen)" -> fields.add(Field.TIMES_SEEN);
        default -> throw Refused.badRequest("Invalid field: \"" + name + "\"");
      }
    }
    return fields;
  }

  private static Set<Dimension> groupBy(Query query) throws Refused {
    var dimensions = EnumSet.noneOf(Dimension.class);
    for (var name : query.all("groupBy")) {
      switch (name) {
        case "project" -> dimensions.add(Dimension.PROJECT);
        case "outcome" -> dimensions.add(Dimension.OUTCOME);
        case "category" -> dimensions.add(Dimension.CATEGORY);
        case "reason" -> dimensions.add(Dimension.REASON);
        default -> throw Refused.badRequest("Invalid groupBy: \"" + name + "\"");
      }
    }
    return dimensions;
  }

  private static Set<Category> categories(Query query) throws Refused {
    var categories = EnumSet.noneOf(Category.class);
    for (var label : query.all("category")) {
      var category = Category.parse(label);
      if (category == null) {
        throw Refused.badRequest("Invalid category: \"" + label + "\"");
      }
      categories.add(category);
      if (category == Category.ERROR) {
        categories.addAll(List.of(Category.DEFAULT, Category.SECURITY));
      }
    }
    if (categories.contains(Category.ATTACHMENT) && categories.size() > 1) {
      throw Refused.badRequest("if filtering by attachment no other category may be present");
    }
    return categories;
  }

  private static Set<Outcome> outcomes(Query query) throws Refused {
    var outcomes = EnumSet.noneOf(Outcome.class);
    for (var label : query.all("outcome")) {
      var outcome = Outcome.parse(label);
      if (outcome == null) {
        throw Refused.badRequest("Invalid outcome: \"" + label + "\"");
      }
      outcomes.add(outcome);
    }
    return outcomes;
  }

  private static List<SimulatedProject> projects(Call call, Set<Dimension> groupBy) throws Refused {
    var all = call.theOrganization().projects();
    if (all.isEmpty() && groupBy.contains(Dimension.PROJECT)) {
      throw Refused.badRequest("No projects available");
    }
    var ids = new LinkedHashSet<>(call.query().all("project"));
    if (ids.isEmpty() || ids.contains("-1")) {
      return all;
    }
    var chosen = new ArrayList<SimulatedProject>();
    for (var id : ids) {
      if (id.isEmpty() || !id.chars().allMatch(Character::isDigit)) {
        throw Refused.badRequest("Invalid project parameter. Values must be numbers.");
      }
      var project = call.theOrganization().project(id);
      if (project == null) {
        throw new Refused(SentryError.NO_PERMISSION);
      }
      chosen.add(project);
    }
    return chosen;
  }

  /// Seconds of a text such as `90m` or `14d`, null if it is none.
  private static @Nullable Long period(String text) {
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

  /// A time range in epoch seconds, aligned to the interval.
  private record Range(long start, long end) {
    private static final long DEFAULT_SECONDS = 90L * DAY;

    static Range read(Query query, long now, int interval) throws Refused {
      var range = unaligned(query, now);
      if (range.start >= range.end) {
        throw Refused.badRequest("start must be before end");
      }
      var start = Math.floorDiv(Math.min(range.start, now), interval) * interval;
      var end = Math.ceilDiv(range.end, interval) * interval;
      if ((end - start) / interval > MAX_INTERVALS) {
        throw Refused.badRequest(
            "Your interval and date range would create too many results. Use a larger interval,"
                + " or a smaller date range.");
      }
      return new Range(start, end);
    }

    private static Range unaligned(Query query, long now) throws Refused {
      var statsPeriod = query.last("statsPeriod");
      if (statsPeriod != null) {
        var seconds = period(statsPeriod);
        if (seconds == null) {
          throw Refused.badRequest("Invalid statsPeriod: '" + statsPeriod + "'");
        }
        return new Range(now - seconds, now);
      }
      var start = query.last("start");
      var end = query.last("end");
      if (start == null && end == null) {
        return new Range(now - DEFAULT_SECONDS, now);
      }
      if (start == null || end == null) {
        throw Refused.badRequest("start and end are both required");
      }
      return new Range(time(start), time(end));
    }

    private static long time(String text) throws Refused {
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
}
