package io.sentryexporter.simulator;

import io.sentryexporter.simulator.StatsV2Query.Dimension;
import io.sentryexporter.simulator.StatsV2Query.Field;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// The present statistics of an organization: sums by outcome, category, reason and project.
final class StatsV2Endpoint {
  /// Rows a query of the storage returns at most; what is beyond is silently missing, as at Sentry.
  static final int ROW_LIMIT = 10_000;

  /// What a group is formed by; null where the query does not group by it.
  private record Group(
      @Nullable Long project,
      @Nullable Outcome outcome,
      @Nullable Category category,
      @Nullable String reason) {

    static Group of(Set<Dimension> by, SimulatedProject project, Flow.Kind kind) {
      return new Group(
          by.contains(Dimension.PROJECT) ? project.id() : null,
          by.contains(Dimension.OUTCOME) ? kind.outcome() : null,
          by.contains(Dimension.CATEGORY) ? kind.category() : null,
          by.contains(Dimension.REASON) ? kind.reason() : null);
    }

    /// The group under which the answer shows it: the error categories become one.
    Group shown() {
      return new Group(project, outcome, category == null ? null : category.shownAs(), reason);
    }
  }

  /// Sums of a group, over all of the time and by interval.
  private static final class Sums {
    private final long[] quantities;
    private final long[] events;
    private long quantity;
    private long event;

    Sums(int intervals) {
      this.quantities = new long[intervals];
      this.events = new long[intervals];
    }

    void add(Flow flow, long from, long until) {
      var count = flow.events(from, until);
      event += count;
      quantity += count * flow.kind().category().unit();
    }

    /// Adds what the flows have in an interval; false if that is nothing.
    boolean add(List<Flow> flows, int interval, long from, long until) {
      var any = false;
      for (var flow : flows) {
        var count = flow.events(from, until);
        events[interval] += count;
        quantities[interval] += count * flow.kind().category().unit();
        any |= count > 0;
      }
      return any;
    }

    long total(Field field) {
      return switch (field) {
        case QUANTITY -> quantity;
        case TIMES_SEEN -> event;
      };
    }

    long[] series(Field field) {
      return switch (field) {
        case QUANTITY -> quantities;
        case TIMES_SEEN -> events;
      };
    }
  }

  private StatsV2Endpoint() {}

  static Answer answer(Call call) throws Refused {
    var query = StatsV2Query.read(call);
    var groups = groups(query, rows(query, call.now()), call.now());
    var text = new StringBuilder(256);
    text.append("{\"start\":\"").append(Instant.ofEpochSecond(query.start()));
    text.append("\",\"end\":\"").append(Instant.ofEpochSecond(query.end())).append('"');
    if (query.hasSeries()) {
      text.append(",\"intervals\":").append(intervals(query));
    }
    text.append(",\"groups\":[");
    groups.forEach((group, sums) -> writeGroup(text, query, group, sums));
    return Answer.json(text.append("]}").toString());
  }

  /// The rows of the storage that are not empty; its limit counts the error categories apart.
  private static Map<Group, List<Flow>> rows(StatsV2Query query, long now) {
    var rows = new LinkedHashMap<Group, List<Flow>>();
    for (var project : query.projects()) {
      for (var flow : project.flows()) {
        if (!query.wants(flow.kind())
            || flow.events(query.start(), Math.min(query.end(), now)) == 0) {
          continue;
        }
        var group = Group.of(query.groupBy(), project, flow.kind());
        if (rows.size() < ROW_LIMIT || rows.containsKey(group)) {
          rows.computeIfAbsent(group, _ -> new ArrayList<>()).add(flow);
        }
      }
    }
    return rows;
  }

  private static Map<Group, Sums> groups(
      StatsV2Query query, Map<Group, List<Flow>> rows, long now) {
    var intervals = query.hasSeries() ? query.intervals() : 0;
    var groups = new LinkedHashMap<Group, Sums>();
    var until = Math.min(query.end(), now);
    var cells = 0;
    for (var row : rows.entrySet()) {
      var sums = groups.computeIfAbsent(row.getKey().shown(), _ -> new Sums(intervals));
      row.getValue().forEach(flow -> sums.add(flow, query.start(), until));
      for (var i = 0; i < intervals && cells < ROW_LIMIT; i++) {
        var start = query.start() + (long) i * query.interval();
        var end = Math.min(start + query.interval(), now);
        cells += sums.add(row.getValue(), i, start, end) ? 1 : 0;
      }
    }
    return groups;
  }

  private static String intervals(StatsV2Query query) {
    LongFunction<String> start =
        i -> "\"" + Instant.ofEpochSecond(query.start() + i * query.interval()) + "\"";
    return LongStream.range(0, query.intervals())
        .mapToObj(start)
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static void writeGroup(StringBuilder text, StatsV2Query query, Group group, Sums sums) {
    text.append(text.charAt(text.length() - 1) == '[' ? "{" : ",{");
    text.append("\"by\":{").append(by(group)).append("},\"totals\":{");
    text.append(fields(query, field -> Long.toString(sums.total(field))));
    text.append('}');
    if (query.hasSeries()) {
      text.append(",\"series\":{");
      text.append(fields(query, field -> Arrays.toString(sums.series(field))));
      text.append('}');
    }
    text.append('}');
  }

  private static String by(Group group) {
    var by = new ArrayList<String>();
    if (group.project() != null) {
      by.add("\"project\":" + group.project());
    }
    if (group.outcome() != null) {
      by.add("\"outcome\":" + Json.quote(group.outcome().label()));
    }
    if (group.category() != null) {
      by.add("\"category\":" + Json.quote(group.category().label()));
    }
    if (group.reason() != null) {
      by.add("\"reason\":" + Json.quote(group.reason()));
    }
    return String.join(",", by);
  }

  private static String fields(StatsV2Query query, Function<Field, String> value) {
    return query.fields().stream()
        .map(field -> Json.quote(field.label) + ":" + value.apply(field))
        .collect(Collectors.joining(","));
  }
}
