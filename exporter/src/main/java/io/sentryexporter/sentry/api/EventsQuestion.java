package io.sentryexporter.sentry.api;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.sentry.model.DropCause;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.EventQuery;
import io.sentryexporter.sentry.model.EventQuery.Row;
import io.sentryexporter.sentry.model.SentryException;
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
public record EventsQuestion(String organization, @Nullable Long project, EventQuery query)
    implements Question<List<Row>> {
  private static final String SHAPE = "{\"data\": [{…}, …]}";

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
    return String.join(" ", query.dataset(), query.aggregate(), query.query());
  }

  @Override
  public List<Row> fetch(Fetching sentry) throws SentryException, InterruptedException {
    HttpAnswer answer =
        sentry.get(
            new ApiQuery()
                .project(project)
                .with("dataset", query.dataset())
                .with("query", query.query())
                .with("statsPeriod", ApiQuery.period(query.window()))
                .withEach("field", query.groupBy())
                .with("field", query.aggregate())
                .with("sort", "-" + query.aggregate())
                .with("per_page", query.rows())
                .to(Endpoint.EVENTS, organization));
    List<Row> rows = Json.read(answer, SHAPE, sentry, this::rows);
    return merged(rows, sentry).stream()
        .sorted(Comparator.comparingDouble(Row::value).reversed())
        .limit(query.rows())
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
                + query.aggregate()
                + " cannot be"
                + " added up");
      }
    });
    return merged;
  }

  private OptionalDouble merged(List<Double> values) {
    var all = values.stream().mapToDouble(Double::doubleValue);
    if (values.size() == 1) {
      return all.findFirst();
    }
    return switch (query.aggregate().substring(0, query.aggregate().indexOf('('))) {
      case "count", "count_if", "sum" -> OptionalDouble.of(all.sum());
      case "max" -> all.max();
      case "min" -> all.min();
      default -> OptionalDouble.empty();
    };
  }

  private List<Row> rows(Json json) throws Json.Unexpected, SentryException {
    List<Optional<Row>> rows = null;
    json.beginObject();
    while (json.hasField()) {
      if (json.field().equals("data")) {
        rows = json.items(this::row);
      } else {
        json.skip();
      }
    }
    return json.required(rows, "data").stream().flatMap(Optional::stream).toList();
  }

  /// Empty for a group without a value, such as a percentile of nothing.
  private Optional<Row> row(Json json) throws Json.Unexpected, SentryException {
    var group = new HashMap<String, String>();
    Double value = null;
    boolean hasValue = false;
    json.beginObject();
    while (json.hasField()) {
      String field = json.field();
      if (field.equals(query.aggregate())) {
        value = json.finite();
        hasValue = true;
      } else if (query.groupBy().contains(field)) {
        group.put(field, groupValue(json));
      } else {
        json.skip();
      }
    }
    if (!hasValue) {
      throw json.missing(query.aggregate());
    }
    if (value == null) {
      return Optional.empty();
    }
    var values = new ArrayList<String>();
    for (String name : query.groupBy()) {
      values.add(json.required(group.get(name), name));
    }
    return Optional.of(new Row(values, value));
  }

  /// A text; of a field that has several values, such as `error.type`, all of them with commas.
  private static String groupValue(Json json) throws Json.Unexpected, SentryException {
    return json.isArray() ? String.join(",", json.items(Json::anyText)) : json.anyText();
  }
}
