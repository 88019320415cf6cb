package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.endpoint.StatsV2Query.Dimension;
import io.sentryexporter.simulator.endpoint.StatsV2Query.Field;
import io.sentryexporter.simulator.message.Answer;
import io.sentryexporter.simulator.message.Json;
import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.world.Category;
import io.sentryexporter.simulator.world.Flow;
import io.sentryexporter.simulator.world.Knowledge;
import io.sentryexporter.simulator.world.Outcome;
import io.sentryexporter.simulator.world.SimulatedProject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The present statistics of an organization: sums by outcome, category, reason and project.
public final class StatsV2Endpoint {
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

  /// What a flow adds to a row over all of the time.
  private record Part(Flow flow, long quantity) {}

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

    void add(Part part) {
      quantity += part.quantity();
      event += part.quantity() / part.flow().kind().category().unit();
    }

    /// Adds what the parts have in an interval; false if that is nothing.
    boolean add(List<Part> parts, int interval, Knowledge known, long from, long until) {
      var any = false;
      for (var part : parts) {
        var count = known.quantity(part.flow(), from, until);
        quantities[interval] += count;
        events[interval] += count / part.flow().kind().category().unit();
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

  public static Answer answer(Call call) throws Refused {
    var query = StatsV2Query.read(call);
    var groups = groups(query, rows(query, call.known()), call.known());
    var text = new StringBuilder(256);
    text.append('{').append(query.range().startAndEnd());
    if (query.hasSeries()) {
      text.append(",\"intervals\":").append(query.range().starts());
    }
    text.append(",\"groups\":[");
    groups.forEach((group, sums) -> writeGroup(text, query, group, sums));
    return Answer.json(text.append("]}").toString());
  }

  /// The rows of the storage that are not empty; its limit counts the error categories apart.
  private static Map<Group, List<Part>> rows(StatsV2Query query, Knowledge known) {
    var rows = new LinkedHashMap<Group, List<Part>>();
    for (var project : query.projects()) {
      for (var flow : project.flows()) {
        if (query.wants(flow.kind())) {
          var group = Group.of(query.groupBy(), project, flow.kind());
          if (rows.size() < ROW_LIMIT || rows.containsKey(group)) {
            var quantity = known.quantity(flow, query.range().start(), query.range().end());
            if (quantity != 0) {
              rows.computeIfAbsent(group, _ -> new ArrayList<>()).add(new Part(flow, quantity));
            }
          }
        }
      }
    }
    return rows;
  }

  private static Map<Group, Sums> groups(
      StatsV2Query query, Map<Group, List<Part>> rows, Knowledge known) {
    var range = query.range();
    var intervals = query.hasSeries() ? range.intervals() : 0;
    var groups = new LinkedHashMap<Group, Sums>();
    var cells = 0;
    for (var row : rows.entrySet()) {
      var sums = groups.computeIfAbsent(row.getKey().shown(), _ -> new Sums(intervals));
      row.getValue().forEach(sums::add);
      for (var i = 0; i < intervals && cells < ROW_LIMIT; i++) {
        var any = sums.add(row.getValue(), i, known, range.startOf(i), range.startOf(i + 1));
        cells += any ? 1 : 0;
      }
    }
    return groups;
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
