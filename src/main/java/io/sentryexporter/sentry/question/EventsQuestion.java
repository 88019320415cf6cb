package io.sentryexporter.sentry.question;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.sentry.json.Json;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.EventQuery;
import io.sentryexporter.sentry.model.EventQuery.Row;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.request.ApiQuery;
import io.sentryexporter.sentry.request.Fetching;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rows of a search of the user's own, by falling value: one request.
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
    return Json.read(answer, SHAPE, this::rows);
  }

  private List<Row> rows(Json json) throws Json.Unexpected {
    List<Row> rows = null;
    json.beginObject();
    while (json.hasField()) {
      if (json.field().equals("data")) {
        rows = data(json);
      } else {
        json.skip();
      }
    }
    return json.required(rows, "data").stream()
        .sorted(Comparator.comparingDouble(Row::value).reversed())
        .limit(query.rows())
        .toList();
  }

  private List<Row> data(Json json) throws Json.Unexpected {
    var rows = new ArrayList<Row>();
    json.beginArray();
    while (json.hasNext()) {
      Row row = row(json);
      if (row != null) {
        rows.add(row);
      }
    }
    return rows;
  }

  /// Null for a group without a value, such as a percentile of nothing.
  private @Nullable Row row(Json json) throws Json.Unexpected {
    var group = new HashMap<String, String>();
    Double value = null;
    boolean isTold = false;
    json.beginObject();
    while (json.hasField()) {
      String field = json.field();
      if (field.equals(query.aggregate())) {
        value = json.finite();
        isTold = true;
      } else if (query.groupBy().contains(field)) {
        group.put(field, json.anyText());
      } else {
        json.skip();
      }
    }
    if (!isTold) {
      throw json.missing(query.aggregate());
    }
    if (value == null) {
      return null;
    }
    var values = new ArrayList<String>();
    for (String name : query.groupBy()) {
      values.add(json.required(group.get(name), name));
    }
    return new Row(values, value);
  }
}
