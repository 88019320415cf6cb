package io.sentryexporter.sentry.api;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.sentry.api.Events.Row;
import io.sentryexporter.sentry.api.Json.DropCause;
import io.sentryexporter.sentry.api.Json.Field;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// The rows of a search that the user defines, by descending value: one request.
///
/// @param project id; null for all of the organization
public record Events(String organization, @Nullable Long project, Search search)
    implements ApiRequest<List<Row>> {
  public static final Endpoint ENDPOINT =
      new Endpoint("events", "/api/0/organizations/{organization}/events/", "org:read");

  private static final String SHAPE = "{\"data\": [{…}, …]}";

  /// A search of the user's own over events, with an aggregate.
  ///
  /// @param dataset `errors`, `spans`, `logs`, …
  /// @param query in Sentry's search syntax, may be empty
  /// @param aggregate such as `count()` or `p95(span.duration)`
  /// @param groupBy fields, 3 at most
  /// @param window how far back from now
  /// @param rows maximum number, by descending value
  public record Search(
      String dataset,
      String query,
      String aggregate,
      List<String> groupBy,
      Duration window,
      int rows) {
    public Search {
      groupBy = List.copyOf(groupBy);
    }
  }

  /// One row of the answer.
  ///
  /// @param group values of [Search#groupBy], in its order, as labels show them; empty text where
  ///   Sentry has none
  public record Row(List<String> group, double value) {
    public Row {
      group = group.stream().map(Sample::labelValue).toList();
    }
  }

  @Override
  public String name() {
    return "events";
  }

  @Override
  public String collector() {
    return "queries";
  }

  @Override
  public String detail() {
    return String.join(" ", search.dataset(), search.aggregate(), search.query());
  }

  @Override
  public List<Row> fetch(Fetching sentry) throws SentryException, InterruptedException {
    List<List<Long>> parts =
        project == null ? sentry.parts() : List.of(List.of(project.longValue()));
    if (parts.size() > 1) { // percentiles and distinct counts of parts cannot be joined
      throw new SentryException(
          Reason.NOT_ALLOWED,
          "more than "
              + ApiGet.MOST_NAMED
              + " projects are selected, which one request cannot name; select fewer, or probe them"
              + " one by one");
    }
    if (parts.isEmpty()) {
      return List.of();
    }
    HttpAnswer answer =
        sentry.get(
            new ApiGet.Parameters()
                .projects(parts.getFirst())
                .with("dataset", search.dataset())
                .with("query", search.query())
                .with("statsPeriod", ApiGet.period(search.window()))
                .withEach("field", search.groupBy())
                .with("field", search.aggregate())
                .with("sort", "-" + search.aggregate())
                .with("per_page", search.rows())
                .to(ENDPOINT, organization));
    Field<List<Optional<Row>>> data = Field.of("data", json -> json.items(this::row));
    List<Row> rows =
        Json.read(answer, SHAPE, sentry, json -> json.field(data)).stream()
            .flatMap(Optional::stream)
            .toList();
    return merged(rows, sentry).stream()
        .sorted(Comparator.comparingDouble(Row::value).reversed())
        .limit(search.rows())
        .toList();
  }

  /// Rows whose groups are the same as labels are one, as far as the aggregate allows it.
  private List<Row> merged(List<Row> rows, Json.Drops drops) {
    var byLabels = new LinkedHashMap<List<String>, List<Double>>();
    for (Row row : rows) {
      byLabels.computeIfAbsent(row.group(), _ -> new ArrayList<>()).add(row.value());
    }
    var merged = new ArrayList<Row>();
    byLabels.forEach((group, values) -> {
      OptionalDouble value = merged(values);
      if (value.isPresent()) {
        merged.add(new Row(group, value.getAsDouble()));
      } else {
        drops.dropped(
            DropCause.VALUE,
            values.size()
                + " rows have the same labels, and "
                + search.aggregate()
                + " cannot be added up");
      }
    });
    return merged;
  }

  private OptionalDouble merged(List<Double> values) {
    var all = values.stream().mapToDouble(Double::doubleValue);
    if (values.size() == 1) {
      return all.findFirst();
    }
    return switch (search.aggregate().substring(0, search.aggregate().indexOf('('))) {
      case "count", "count_if", "sum" -> OptionalDouble.of(all.sum());
      case "max" -> all.max();
      case "min" -> all.min();
      default -> OptionalDouble.empty();
    };
  }

  /// Empty for a group without a value, such as a percentile of nothing.
  private Optional<Row> row(Json json) throws Json.Unexpected, SentryException {
    var group = new HashMap<String, String>();
    Double value = null;
    boolean hasValue = false;
    json.beginObject();
    while (json.hasField()) {
      String field = json.field();
      if (field.equals(search.aggregate())) {
        value = json.finite();
        hasValue = true;
      } else if (search.groupBy().contains(field)) {
        group.put(field, groupValue(json));
      } else {
        json.skip();
      }
    }
    if (!hasValue) {
      throw json.missing(search.aggregate());
    }
    if (value == null) {
      return Optional.empty();
    }
    var values = new ArrayList<String>();
    for (String name : search.groupBy()) {
      values.add(json.required(group.get(name), name));
    }
    return Optional.of(new Row(values, value));
  }

  /// A text; of a field that has several values, such as `error.type`, all of them with commas.
  private static String groupValue(Json json) throws Json.Unexpected, SentryException {
    return json.isArray() ? String.join(",", json.items(Json::anyText)) : json.anyText();
  }
}
