package io.sentryexporter.collector;

import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.sentry.SentrySession;
import io.sentryexporter.sentry.api.Events;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.yaml.Key;
import io.sentryexporter.yaml.YamlMap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;

/// Runs the configured queries over events, each with an aggregate, and exposes the results as
/// gauges.
///
/// All results are one metric with the label `query`. What a query groups by is a label of that
/// name; queries that do not group by it have it empty, which Prometheus treats as absent.
record QueriesCollector(List<NamedQuery> queries) implements Collector {
  static final Key<List<YamlMap>> QUERIES =
      Key.mapping(
              "queries",
              "Queries to run, at most 20, one request each.",
              NamedQuery.KEYS.toArray(Key<?>[]::new))
          .list()
          .required()
          .where(
              queries -> !queries.isEmpty() && queries.size() <= 20,
              "no query or more than 20; write 1 to 20, or remove the collector");

  static final Metric VALUE =
      Metric.gauge(
          "sentry_query_value",
          "The aggregate of a configured query over its window, which ends now. What the query"
              + " groups by are labels, too.",
          "query",
          "window");
  static final Metric TRUNCATED =
      Metric.gauge(
          "sentry_query_truncated",
          "1 if the answer of a query has as many rows as are read: there may be more.",
          "query");

  static final Metric SUCCESS =
      Metric.gauge(
          "sentry_query_success",
          "1 if the query has an answer, 0 if Sentry refused it or could not be reached.",
          "query");

  static final CollectorType TYPE =
      new CollectorType(
          "queries",
          "Your own searches over events, each with an aggregate: what Sentry's Explore page shows,"
              + " as a metric.",
          "1 for each query, and for each project that is probed, as many",
          false,
          Duration.ofMinutes(5),
          List.of(Events.ENDPOINT),
          List.of(QUERIES),
          List.of(VALUE, TRUNCATED, SUCCESS),
          yaml -> new QueriesCollector(read(yaml)));

  QueriesCollector {
    queries = List.copyOf(queries);
  }

  private static List<NamedQuery> read(YamlMap yaml) {
    var queries = new LinkedHashMap<String, NamedQuery>();
    for (YamlMap item : yaml.get(QUERIES)) {
      NamedQuery query = NamedQuery.read(item);
      if (queries.putIfAbsent(query.name(), query) != null && !query.name().isEmpty()) {
        item.location(NamedQuery.NAME).error("a query of this name is above; write another");
      }
    }
    return List.copyOf(queries.values());
  }

  @Override
  public Supplier<List<MetricFamily>> collect(SentrySession sentry, Scope scope, Instant now)
      throws InterruptedException {
    var rows = new LinkedHashMap<NamedQuery, List<Events.Row>>();
    queries.forEach(query -> sentry.begin(request(scope, query)));
    for (NamedQuery query : queries) {
      List<Events.Row> answer = sentry.answer(request(scope, query));
      if (answer != null) {
        rows.put(query, answer);
      }
    }
    return () -> families(rows);
  }

  private static Events request(Scope scope, NamedQuery query) {
    Project project = scope.project();
    return new Events(scope.organization(), project == null ? null : project.id(), query.query());
  }

  @Override
  public boolean needsProjects(Scope scope) {
    return !scope.isOfOrganization();
  }

  /// @param answers without the queries that failed
  List<MetricFamily> families(Map<NamedQuery, List<Events.Row>> answers) {
    var grouping = new TreeSet<String>();
    queries.forEach(query -> grouping.addAll(query.labels()));
    var values = new ArrayList<Sample>();
    var truncated = new ArrayList<Sample>();
    answers.forEach((query, rows) -> {
      int most = query.query().rows();
      rows.stream().limit(most).forEach(row -> values.add(sample(query, row, grouping)));
      boolean isTruncated = !query.labels().isEmpty() && rows.size() >= most;
      truncated.add(Sample.now(isTruncated ? 1 : 0, query.name()));
    });
    var successes =
        queries.stream()
            .map(query -> Sample.now(answers.containsKey(query) ? 1 : 0, query.name()))
            .toList();
    return List.of(
        new MetricFamily(labelled(grouping), values),
        new MetricFamily(TRUNCATED, truncated),
        new MetricFamily(SUCCESS, successes));
  }

  /// The metric with the labels that these queries need.
  private static Metric labelled(Iterable<String> grouping) {
    var labels = new ArrayList<>(VALUE.labels());
    grouping.forEach(labels::add);
    return new Metric(VALUE.name(), VALUE.type(), VALUE.help(), labels);
  }

  private static Sample sample(NamedQuery query, Events.Row row, Iterable<String> grouping) {
    var labelValues = new ArrayList<>(List.of(query.name(), query.window()));
    for (String label : grouping) {
      int index = query.labels().indexOf(label);
      boolean has = index >= 0 && index < row.group().size();
      labelValues.add(has ? row.group().get(index) : "");
    }
    return new Sample(row.value(), labelValues);
  }
}
