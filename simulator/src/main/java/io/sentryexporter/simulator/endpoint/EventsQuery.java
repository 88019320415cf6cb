package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.message.Query;
import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.world.Category;
import io.sentryexporter.simulator.world.SimulatedProject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// The parameters of a call of `events`, checked with Sentry's complaints: a table of aggregates,
/// grouped by every other field.
///
/// @param fields columns in their order
/// @param sort a field, after `-` for the greatest first; empty for any order
record EventsQuery(
    TimeRange range,
    Set<Category> categories,
    String dataset,
    List<String> fields,
    String sort,
    List<SearchWord> filters,
    Set<String> environments,
    List<SimulatedProject> projects) {
  private static final int FIELD_LIMIT = 20;
  private static final Pattern FUNCTION = Pattern.compile("[a-z_0-9]+\\(.*\\)");
  private static final Set<String> KNOWN_FUNCTIONS =
      Set.of(
          "count",
          "count_unique",
          "epm",
          "eps",
          "avg",
          "sum",
          "min",
          "max",
          "p50",
          "p75",
          "p90",
          "p95",
          "p99",
          "p100",
          "failure_rate");
  private static final Set<String> FILTER_KEYS =
      Set.of("project", "level", "environment", "release", "transaction", "event.type");

  static EventsQuery read(Call call) throws Refused {
    var query = call.query();
    var fields = fields(query);
    var dataset = query.last("dataset");
    var sort = query.last("sort");
    if (sort != null && !fields.contains(sort.startsWith("-") ? sort.substring(1) : sort)) {
      throw Refused.badRequest("Cannot sort by a field that is not selected.");
    }
    var search = query.last("query");
    return new EventsQuery(
        TimeRange.exact(query, call.now()),
        categories(dataset == null ? "discover" : dataset),
        dataset == null ? "discover" : dataset,
        fields,
        sort == null ? "" : sort,
        search == null ? List.of() : filters(search),
        Set.copyOf(query.all("environment")),
        ProjectFilter.read(call));
  }

  static boolean isFunction(String field) {
    return FUNCTION.matcher(field).matches();
  }

  /// The name of a function, such as `p95` of `p95(span.duration)`.
  static String function(String field) {
    return field.substring(0, field.indexOf('('));
  }

  /// The fields that form groups.
  List<String> keys() {
    return fields.stream().filter(field -> !isFunction(field)).toList();
  }

  /// True if groups or filters need to know a field.
  boolean uses(String field) {
    return fields.contains(field) || filters.stream().anyMatch(word -> word.key().equals(field));
  }

  /// True if no filter is against an event with this value.
  boolean accepts(String field, String value) {
    return filters.stream()
        .filter(word -> word.key().equals(field))
        .allMatch(word -> word.accepts(value));
  }

  private static List<String> fields(Query query) throws Refused {
    var fields = new ArrayList<>(query.all("field"));
    if (fields.isEmpty()) {
      throw Refused.badRequest("No columns selected");
    }
    if (fields.size() > FIELD_LIMIT) {
      throw Refused.badRequest(
          "You can view up to 20 fields at a time. Please delete some and try again.");
    }
    for (var field : fields) {
      if (isFunction(field) && !KNOWN_FUNCTIONS.contains(function(field))) {
        throw Refused.badRequest(function(field) + " is not a valid function");
      }
    }
    if (fields.stream().noneMatch(EventsQuery::isFunction)) {
      throw Refused.badRequest("The simulated Sentry has no single events: request an aggregate");
    }
    return fields;
  }

  private static Set<Category> categories(String dataset) throws Refused {
    return switch (dataset) {
      case "errors", "discover" -> Set.of(Category.ERROR, Category.DEFAULT, Category.SECURITY);
      case "spans" -> Set.of(Category.SPAN);
      case "transactions" -> Set.of(Category.TRANSACTION);
      case "logs" -> Set.of(Category.LOG_ITEM);
      case "tracemetrics", "profile_functions", "uptime_results" -> Set.of();
      default ->
          throw Refused.badRequest(
              "dataset must be one of: discover, errors, logs, profile_functions, spans,"
                  + " tracemetrics, transactions, uptime_results");
    };
  }

  private static List<SearchWord> filters(String search) throws Refused {
    var words = SearchWord.parse(search);
    for (var word : words) {
      if (!FILTER_KEYS.contains(word.key())) {
        throw SearchWord.refused("unknown key " + word);
      }
    }
    return words;
  }
}
