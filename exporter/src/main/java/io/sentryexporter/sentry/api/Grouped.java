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
import java.util.Arrays;
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

  /// One group and its sums: an answer has thousands.
  ///
  /// @param by the values that the group has in common, as `wanted` names them; numbers as text
  /// @param sums counts and ratios, as `wanted` names them; null where the value makes no sense, or
  ///   Sentry has no ratio
  public record Group(Wanted wanted, List<String> by, List<@Nullable Number> sums) {
    /// The project's id, if the request groups by it.
    public long project() {
      return Long.parseLong(by(PROJECT)); // checked when it was read
    }

    public String by(String name) {
      int place = wanted.groupBy().indexOf(name);
      if (place < 0) {
        throw new IllegalArgumentException(name + " was not requested");
      }
      return by.get(place);
    }

    /// The value of a name that not every request groups by.
    String byOr(String name, String otherwise) {
      return wanted.groupBy().contains(name) ? by(name) : otherwise;
    }

    /// Its values but for one.
    List<String> byAllBut(String name) {
      var values = new ArrayList<>(by);
      values.remove(wanted.groupBy().indexOf(name));
      return values;
    }

    /// Null where the value makes no sense, or was not requested.
    public @Nullable Long count(String field) {
      return (Long) sum(field);
    }

    public @Nullable Double ratio(String field) {
      return (Double) sum(field);
    }

    private @Nullable Number sum(String field) {
      int place = wanted.fields().indexOf(field);
      return place < 0 ? null : sums.get(place);
    }

    private boolean hasCount() {
      return sums.stream().anyMatch(Long.class::isInstance);
    }
  }

  /// The fields that a request groups by and sums up.
  ///
  /// @param fields names that begin with `crash_free_rate` are ratios, all others count; one at
  ///   least counts
  public record Wanted(List<String> groupBy, List<String> fields) {
    public Wanted {
      groupBy = List.copyOf(groupBy);
      fields = List.copyOf(fields);
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
    var seen = new HashSet<List<String>>();
    var texts = new HashMap<String, String>();
    json.beginArray();
    while (json.hasNext()) {
      Group group = group(json, wanted, texts);
      if (group != null && !seen.add(group.by())) {
        throw new Json.Unexpected("a group comes twice" + json.place());
      }
      groups.add(group);
    }
    boolean lacksCounts = groups.stream().noneMatch(group -> group == null || group.hasCount());
    if (lacksCounts && !groups.isEmpty()) {
      throw new Json.Unexpected("no group has a count that makes sense");
    }
    return groups;
  }

  /// @param texts each value once: most groups have some in common
  private static @Nullable Group group(Json json, Wanted wanted, Map<String, String> texts)
      throws Json.Unexpected, SentryException {
    List<String> by = null;
    Map<String, Long> series = Map.of();
    List<@Nullable Number> totals = null;
    json.beginObject();
    while (json.hasField()) {
      switch (json.field()) {
        case "by" -> by = by(json, wanted.groupBy(), texts);
        case "totals" -> totals = totals(json, wanted.fields());
        case "series" -> series = json.isNull() ? Map.of() : series(json, wanted.fields());
        default -> json.skip();
      }
    }
    if (by == null && totals == null) {
      return null;
    }
    List<@Nullable Number> sums = json.required(totals, "totals");
    var group = new Group(wanted, json.required(by, "by"), sums);
    requireSimilar(group, series);
    return group;
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
  private static void requireSimilar(Group group, Map<String, Long> series) throws SentryException {
    for (var sum : series.entrySet()) {
      Long total = group.count(sum.getKey());
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

  private static List<String> by(Json json, List<String> groupBy, Map<String, String> texts)
      throws Json.Unexpected {
    var by = new @Nullable String[groupBy.size()];
    json.beginObject();
    while (json.hasField()) {
      int place = groupBy.indexOf(json.field());
      if (place < 0) {
        json.skip();
        continue;
      }
      String text = json.field().equals(PROJECT) ? Long.toString(json.whole()) : json.anyText();
      by[place] = texts.computeIfAbsent(text, each -> each);
    }
    for (int place = 0; place < by.length; place++) {
      json.required(by[place], "by." + groupBy.get(place));
    }
    return List.of(by);
  }

  private static List<@Nullable Number> totals(Json json, List<String> fields)
      throws Json.Unexpected, SentryException {
    var totals = new @Nullable Number[fields.size()];
    var read = new boolean[fields.size()];
    json.beginObject();
    while (json.hasField()) {
      String field = json.field();
      int place = fields.indexOf(field);
      if (place < 0) {
        json.skip();
        continue;
      }
      read[place] = true;
      if (Wanted.isRatio(field)) {
        totals[place] = json.orDropped(Json::ratio);
      } else {
        totals[place] = json.orDropped(Json::whole);
      }
    }
    for (int place = 0; place < read.length; place++) {
      if (!read[place]) {
        throw json.missing("totals." + fields.get(place));
      }
    }
    return Arrays.asList(totals);
  }
}
