package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.message.Answer;
import io.sentryexporter.simulator.message.Json;
import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.world.Knowledge;
import io.sentryexporter.simulator.world.Noise;
import io.sentryexporter.simulator.world.Outcome;
import io.sentryexporter.simulator.world.SessionCounts;
import io.sentryexporter.simulator.world.SimulatedProject;
import io.sentryexporter.simulator.world.Traffic;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The table of Discover: counts of stored events by project, level, environment, release and
/// transaction. Events of the same project differ in these by fixed shares, so that the rows of any
/// grouping add up to what `stats_v2` calls accepted.
public final class EventsEndpoint {
  private static final int PAGE_LIMIT = 100;

  private final URI url;

  public EventsEndpoint(URI url) {
    this.url = url;
  }

  /// A value and its part of all events in thousandths.
  private record Share(String value, int perMille) {}

  private static final Map<String, List<Share>> SHARES =
      Map.of(
          "level",
          List.of(
              new Share("fatal", 30),
              new Share("warning", 150),
              new Share("info", 40),
              new Share("error", 780)),
          "environment",
          List.of(new Share(Traffic.STAGING, 90), new Share(Traffic.PRODUCTION, 910)),
          "transaction",
          List.of(
              new Share("/", 260),
              new Share("/cart", 170),
              new Share("/search", 320),
              new Share("/account", 250)));

  /// The events of a group.
  ///
  /// @param keys values by field, null for a field that no event has
  private record Row(Map<String, @Nullable String> keys, long count, long population) {
    Row plus(Row other) {
      return new Row(keys, count + other.count, Math.max(population, other.population));
    }
  }

  /// Events alike in the fields known so far.
  private record Part(Map<String, String> values, long count) {
    Part with(String field, String value, long some) {
      var extended = new LinkedHashMap<>(values);
      extended.put(field, value);
      return new Part(extended, some);
    }
  }

  public Answer answer(Call call) throws Refused {
    var query = EventsQuery.read(call);
    var page = Page.read(call.query(), "per_page", PAGE_LIMIT);
    var rows = rows(query, call.known());
    var data =
        page.part(rows).stream()
            .map(row -> object(query, field -> value(query, row, field)))
            .collect(Collectors.joining(",", "[", "]"));
    var body =
        """
        {"data":%s,"meta":{"fields":%s,"units":%s,"isMetricsData":false,"tips":{},\
        "datasetReason":"unchanged","dataset":"%s"}}\
        """
            .formatted(
                data,
                object(query, field -> Json.quote(type(field))),
                object(query, field -> type(field).equals("duration") ? "\"millisecond\"" : "null"),
                query.dataset());
    return page.linked(Answer.json(body), rows.size(), call, url);
  }

  private static List<Row> rows(EventsQuery query, Knowledge known) {
    var rows = new LinkedHashMap<Map<String, @Nullable String>, Row>();
    for (var project : query.projects()) {
      for (var part : parts(query, project, known)) {
        var keys = new LinkedHashMap<String, @Nullable String>();
        query.keys().forEach(key -> keys.put(key, part.values().get(key)));
        rows.merge(keys, new Row(keys, part.count(), project.population()), Row::plus);
      }
    }
    return rows.values().stream().filter(row -> row.count() > 0).sorted(order(query)).toList();
  }

  /// A project's events, split as the query groups them.
  private static List<Part> parts(EventsQuery query, SimulatedProject project, Knowledge known) {
    if (!query.accepts("project", project.slug()) || !query.accepts("event.type", "error")) {
      return List.of();
    }
    var names =
        Map.of(
            "project", project.slug(),
            "project.name", project.slug(),
            "project.id", Long.toString(project.id()));
    var parts = byRelease(query, project, names, known);
    for (var field : List.of("environment", "level", "transaction")) {
      if (query.uses(field) || (field.equals("environment") && !query.environments().isEmpty())) {
        parts = parts.stream().flatMap(part -> split(query, part, field).stream()).toList();
      }
    }
    return parts;
  }

  private static List<Part> byRelease(
      EventsQuery query, SimulatedProject project, Map<String, String> names, Knowledge known) {
    var range = query.range();
    if (!query.uses("release")) {
      return List.of(new Part(names, count(query, project, known, range.start(), range.end())));
    }
    var parts = new ArrayList<Part>();
    var all = new Part(names, 0);
    for (var release : project.releases().inUse(project, range.start(), range.end())) {
      if (query.accepts("release", release.version())) {
        var from = Math.max(range.start(), release.created());
        var until = Math.min(range.end(), release.replaced());
        var count = count(query, project, known, from, until);
        parts.add(all.with("release", release.version(), count));
      }
    }
    return parts;
  }

  private static long count(
      EventsQuery query, SimulatedProject project, Knowledge known, long from, long until) {
    var count = 0L;
    for (var flow : project.flows()) {
      if (flow.kind().outcome() == Outcome.ACCEPTED
          && query.categories().contains(flow.kind().category())) {
        count += known.quantity(flow, from, until);
      }
    }
    return count;
  }

  private static List<Part> split(EventsQuery query, Part part, String field) {
    var parts = new ArrayList<Part>();
    var shares = Objects.requireNonNull(SHARES.get(field), field);
    var rest = part.count();
    for (var share : shares) {
      var count = share.equals(shares.getLast()) ? rest : part.count() * share.perMille() / 1_000;
      rest -= count;
      var isWanted =
          !field.equals("environment")
              || query.environments().isEmpty()
              || query.environments().contains(share.value());
      if (isWanted && query.accepts(field, share.value())) {
        parts.add(part.with(field, share.value(), count));
      }
    }
    return parts;
  }

  private static Comparator<Row> order(EventsQuery query) {
    Comparator<Row> byKeys = Comparator.comparing(row -> row.keys().toString());
    if (query.sort().isEmpty()) {
      return byKeys;
    }
    var falls = query.sort().startsWith("-");
    var field = falls ? query.sort().substring(1) : query.sort();
    Comparator<Row> order =
        EventsQuery.isFunction(field)
            ? Comparator.comparingDouble(row -> aggregate(query, row, field))
            : Comparator.comparing(row -> String.valueOf(row.keys().get(field)));
    return (falls ? order.reversed() : order).thenComparing(byKeys);
  }

  private static String object(EventsQuery query, Function<String, String> value) {
    return query.fields().stream()
        .map(field -> Json.quote(field) + ":" + value.apply(field))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String value(EventsQuery query, Row row, String field) {
    if (EventsQuery.isFunction(field)) {
      var number = aggregate(query, row, field);
      return type(field).equals("integer") ? Long.toString((long) number) : Double.toString(number);
    }
    var key = row.keys().get(field);
    if (key == null) {
      return "null";
    }
    return type(field).equals("integer") ? key : Json.quote(key);
  }

  private static double aggregate(EventsQuery query, Row row, String field) {
    var seconds = query.range().end() - query.range().start();
    return switch (EventsQuery.function(field)) {
      case "count" -> row.count();
      case "count_unique" -> SessionCounts.users(row.count(), row.population());
      case "epm" -> row.count() * 60.0 / seconds;
      case "eps" -> row.count() / (double) seconds;
      case "sum" -> row.count() * duration(row, "avg");
      case "failure_rate" -> duration(row, "avg") / 10_000;
      case String function -> duration(row, function);
    };
  }

  /// A duration in milliseconds, up to a second, that grows with the percentile.
  private static double duration(Row row, String function) {
    var base = 20 + (Noise.of(1, row.keys().toString()) >>> 1) % 180;
    return switch (function) {
      case "min" -> base / 4.0;
      case "p50" -> base;
      case "avg" -> base * 1.2;
      case "p75" -> base * 1.5;
      case "p90" -> base * 2.2;
      case "p95" -> base * 2.8;
      case "p99" -> base * 4.1;
      default -> base * 5.0;
    };
  }

  private static String type(String field) {
    if (!EventsQuery.isFunction(field)) {
      return field.equals("project.id") ? "integer" : "string";
    }
    return switch (EventsQuery.function(field)) {
      case "count", "count_unique" -> "integer";
      case "epm", "eps" -> "rate";
      case "failure_rate" -> "percentage";
      default -> "duration";
    };
  }
}
