package io.sentryexporter.sentry.model;

import io.sentryexporter.metrics.Sample;
import java.time.Duration;
import java.util.List;

/// A search of the user's own over events, with an aggregate.
///
/// @param dataset `errors`, `spans`, `logs`, …
/// @param query in Sentry's search syntax, may be empty
/// @param aggregate such as `count()` or `p95(span.duration)`
/// @param groupBy fields, 3 at most
/// @param window how far back from now
/// @param rows maximum number, by descending value
public record EventQuery(
    String dataset,
    String query,
    String aggregate,
    List<String> groupBy,
    Duration window,
    int rows) {
  public EventQuery {
    groupBy = List.copyOf(groupBy);
  }

  /// One row of the answer.
  ///
  /// @param group values of [EventQuery#groupBy], in its order, as labels show them; empty text
  ///   where Sentry has none
  public record Row(List<String> group, double value) {
    public Row {
      group = group.stream().map(Sample::labelValue).toList();
    }
  }
}
