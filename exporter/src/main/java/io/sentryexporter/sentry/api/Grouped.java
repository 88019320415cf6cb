package io.sentryexporter.sentry.api;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.sentry.api.Json.Field;
import io.sentryexporter.sentry.api.Json.Fields;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.sentry.model.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The answer of `stats_v2` or `sessions`, which sum up by groups: `{"start": …, "groups": [{"by":
/// {…}, "totals": {…}}, …]}`.
///
/// @param start from when the server counted
/// @param groups in no order; each has all that was requested, as far as it makes sense
public record Grouped(Instant start, List<Group> groups) {
  public static final String PROJECT = "project";

  private static final Duration TOLERATED = Duration.ofMinutes(2);

  private static final long SMALL_DIFFERENCE = 10;

  private static final Field<Instant> START = Field.of("start", Json::instant);
  private static final Field<Instant> END = Field.of("end", Json::instant);

  /// Of servers of 2020.
  private static final Field<Boolean> STATS_ERRORS =
      Field.of(
          "statsErrors",
          json -> {
            json.skip();
            return true;
          });

  private static final String SHAPE = "{\"start\": …, \"groups\": [{\"by\": …, \"totals\": …}, …]}";

  /// One group and its sums.
  ///
  /// @param by the values that the group has in common; numbers as text
  /// @param counts by field, such as `sum(quantity)`; absent where the value makes no sense
  /// @param ratios by field, such as `crash_free_rate(session)`; absent where Sentry has none
  public record Group(
      Map<String, String> by, Map<String, Long> counts, Map<String, Double> ratios) {
    /// The project's id, if the request groups by it.
    public long project() {
      return Long.parseLong(by(PROJECT)); // checked when it was read
    }

    public String by(String name) {
      return present(by.get(name), name);
    }

    /// Null where the value makes no sense.
    public @Nullable Long count(String field) {
      return counts.get(field);
    }

    public @Nullable Double ratio(String field) {
      return ratios.get(field);
    }

    private static <T> T present(@Nullable T value, String name) {
      if (value == null) {
        throw new IllegalArgumentException(name + " was not requested");
      }
      return value;
    }
  }

  /// The fields that a request groups by and sums up.
  ///
  /// @param fields names that begin with `crash_free_rate` are ratios, all others count
  public record Wanted(List<String> groupBy, List<String> fields) {
    public Wanted {
      groupBy = List.copyOf(groupBy);
      fields = List.copyOf(fields);
    }

    private boolean hasCounts() {
      return fields.stream().anyMatch(field -> !isRatio(field));
    }

    private static boolean isRatio(String field) {
      return field.startsWith("crash_free_rate");
    }
  }

  /// The server does not separate the groups, like GlitchTip, or does not know the form of the
  /// request.
  public static final class NotGrouped extends Exception {
    private static final long serialVersionUID = 1L;

    private final SentryException reason;

    NotGrouped(SentryException reason) {
      super(reason);
      this.reason = reason;
    }

    /// The exception to throw if there is no other form of request.
    public SentryException reason() {
      return reason;
    }
  }

  /// Reads an answer and checks that it covers the requested time.
  ///
  /// @throws SentryException if it has the shape of the servers of 2020
  static Grouped read(HttpAnswer answer, Wanted wanted, Window window, Json.Drops drops)
      throws SentryException, NotGrouped {
    Parsed parsed = Json.read(answer, SHAPE, drops, json -> parsed(json, wanted));
    if (parsed.isUngrouped()) {
      throw new NotGrouped(
          new SentryException(Reason.UNSUPPORTED, "the server does not distinguish groups"));
    }
    requireTime(answer, "begins", window.start(), parsed.start());
    if (window.isClosed()) {
      requireTime(answer, "ends", window.end(), parsed.end());
    } else { // it ends when the running hour or day does
      requireReached(answer, window.end(), parsed.end());
    }
    return new Grouped(window.start(), parsed.groups());
  }

  private static void requireTime(
      HttpAnswer answer, String what, Instant asked, @Nullable Instant told)
      throws SentryException {
    if (!asked.equals(told)) {
      throw Json.malformed(
          answer,
          SHAPE,
          "it %s at %s, not at %s".formatted(what, told == null ? "no known time" : told, asked));
    }
  }

  /// Checks that an answer is not of less time; a clock may be off a little.
  private static void requireReached(HttpAnswer answer, Instant asked, @Nullable Instant told)
      throws SentryException {
    if (told != null && told.isBefore(asked.minus(TOLERATED))) {
      throw Json.malformed(answer, SHAPE, "it ends at %s, before %s".formatted(told, asked));
    }
  }

  /// Checks that all groups belong to the requested projects: a server that ignores the filter
  /// would be counted once for each batch of them.
  ///
  /// @param projects ids; empty for all
  void requireOnly(List<Long> projects) throws SentryException {
    var asked = new HashSet<>(projects);
    for (Group group : groups) {
      if (!asked.isEmpty() && !asked.contains(group.project())) {
        throw new SentryException(
            Reason.PARSE, "the answer has projects that were not requested", 200, 0);
      }
    }
  }

  private record Parsed(
      @Nullable Instant start, @Nullable Instant end, List<Group> groups, boolean isUngrouped) {}

  private static Parsed parsed(Json json, Wanted wanted) throws Json.Unexpected, SentryException {
    Field<List<@Nullable Group>> groups = Field.of("groups", each -> groups(each, wanted));
    Fields answer = json.object(START, END, groups, STATS_ERRORS);
    if (answer.get(groups) == null && answer.get(STATS_ERRORS) != null) {
      throw new SentryException(
          Reason.UNSUPPORTED, "the server answers in the shape of 2020, which has no groups");
    }
    var told = new ArrayList<Group>();
    boolean hasUngrouped = false;
    for (Group group : answer.required(groups)) {
      if (group == null) {
        hasUngrouped = true;
      } else {
        told.add(group);
      }
    }
    if (hasUngrouped && !told.isEmpty()) {
      throw new Json.Unexpected("only some groups have a name");
    }
    return new Parsed(answer.get(START), answer.get(END), told, hasUngrouped);
  }

  /// The groups; null for one that does not name its values.
  private static List<@Nullable Group> groups(Json json, Wanted wanted)
      throws Json.Unexpected, SentryException {
    var groups = new ArrayList<@Nullable Group>();
    var seen = new HashSet<Map<String, String>>();
    json.beginArray();
    while (json.hasNext()) {
      Group group = group(json, wanted);
      if (group != null && !seen.add(group.by())) {
        throw new Json.Unexpected("a group comes twice" + json.place());
      }
      groups.add(group);
    }
    boolean lacksCounts =
        wanted.hasCounts()
            && groups.stream().allMatch(group -> group != null && group.counts().isEmpty());
    if (lacksCounts && !groups.isEmpty()) {
      throw new Json.Unexpected("no group has a count that makes sense");
    }
    return groups;
  }

  private static @Nullable Group group(Json json, Wanted wanted)
      throws Json.Unexpected, SentryException {
    Map<String, String> by = null;
    Map<String, Long> series = Map.of();
    Values totals = null;
    json.beginObject();
    while (json.hasField()) {
      switch (json.field()) {
        case "by" -> by = by(json, wanted.groupBy());
        case "totals" -> totals = totals(json, wanted.fields());
        case "series" -> series = json.isNull() ? Map.of() : series(json, wanted.fields());
        default -> json.skip();
      }
    }
    if (by == null && totals == null) {
      return null;
    }
    Values sums = json.required(totals, "totals");
    requireSimilar(sums.counts, series);
    return new Group(json.required(by, "by"), sums.counts, sums.ratios);
  }

  /// The sums of the series that come along, by field; without those that make no sense.
  private static Map<String, Long> series(Json json, List<String> fields)
      throws Json.Unexpected, SentryException {
    Map<String, Long> series = new HashMap<>();
    json.beginObject();
    while (json.hasField()) {
      String field = json.field();
      if (!fields.contains(field) || !field.startsWith("sum(")) {
        json.skip();
        continue;
      }
      long sum = 0;
      boolean isKnown = true;
      json.beginArray();
      while (json.hasNext()) {
        Long count = json.isNull() ? Long.valueOf(0) : json.orDropped(Json::whole);
        isKnown &= count != null;
        sum = count == null ? sum : Totals.added(sum, count);
      }
      if (isKnown) {
        series.put(field, sum);
      }
    }
    return series;
  }

  /// Sentry reads totals and series one after the other; what comes in between is no difference.
  private static void requireSimilar(Map<String, Long> totals, Map<String, Long> series)
      throws SentryException {
    for (var sum : series.entrySet()) {
      Long total = totals.get(sum.getKey());
      if (total == null) {
        continue;
      }
      long difference = Math.abs(total - sum.getValue());
      if (difference > SMALL_DIFFERENCE && difference > total / 100.0) {
        throw new SentryException(
            Reason.TRUNCATED,
            "the total of %s is %d, and the sum of its series %d"
                .formatted(sum.getKey(), total, sum.getValue()));
      }
    }
  }

  private static Map<String, String> by(Json json, List<String> groupBy) throws Json.Unexpected {
    var by = HashMap.<String, String>newHashMap(groupBy.size());
    json.beginObject();
    while (json.hasField()) {
      if (groupBy.contains(json.field())) {
        by.put(
            json.field(),
            json.field().equals(PROJECT) ? Long.toString(json.whole()) : json.anyText());
      } else {
        json.skip();
      }
    }
    for (String name : groupBy) {
      json.required(by.get(name), "by." + name);
    }
    return by;
  }

  private record Values(Map<String, Long> counts, Map<String, Double> ratios) {}

  private static Values totals(Json json, List<String> fields)
      throws Json.Unexpected, SentryException {
    var totals = new Values(new HashMap<>(), new HashMap<>());
    var read = new ArrayList<String>();
    json.beginObject();
    while (json.hasField()) {
      String field = json.field();
      if (!fields.contains(field)) {
        json.skip();
        continue;
      }
      read.add(field);
      if (Wanted.isRatio(field)) {
        Double ratio = json.orDropped(Json::ratio);
        if (ratio != null) {
          totals.ratios.put(field, ratio);
        }
      } else {
        Long count = json.orDropped(Json::whole);
        if (count != null) {
          totals.counts.put(field, count);
        }
      }
    }
    for (String field : fields) {
      if (!read.contains(field)) {
        throw json.missing("totals." + field);
      }
    }
    return totals;
  }
}
