package io.sentryexporter.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.sentry.api.Events;
import io.sentryexporter.sentry.api.Events.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueriesCollectorTest {
  private static final String TWO =
      """
      queries:
        - name: slow_checkout
          dataset: spans
          query: 'transaction:/checkout'
          aggregate: p95(span.duration)
          group_by: [span.op, project]
          window: 15m
          rows: 2
        - name: payments_failed
          query: 'tags[area]:payments'
          aggregate: count()
      """;

  @Test
  void queriesWithDifferentLabelsAreOneMetric() {
    var collector = collector(TWO);
    var answers = new LinkedHashMap<NamedQuery, List<Row>>();
    answers.put(
        collector.queries().get(0),
        List.of(new Row(List.of("db", "web"), 812.5), new Row(List.of("http.client", ""), 93.25)));
    answers.put(collector.queries().get(1), List.of(new Row(List.of(), 17)));

    CollectorPage.assertMatches(
        "queries.organization.prom", QueriesCollector.TYPE, collector.families(answers));
  }

  @Test
  void aQueryIsReadWholeAndHasDefaults() {
    var queries = collector(TWO).queries();

    assertThat(queries.get(0).query())
        .isEqualTo(
            new Events.Search(
                "spans",
                "transaction:/checkout",
                "p95(span.duration)",
                List.of("span.op", "project"),
                Duration.ofMinutes(15),
                2));
    assertThat(queries.get(0).labels()).containsExactly("span_op", "project");
    assertThat(queries.get(1).query())
        .isEqualTo(
            new Events.Search(
                "errors", "tags[area]:payments", "count()", List.of(), Duration.ofHours(1), 20));
  }

  @Test
  void rowsBeyondTheLimitAreLeftOutAndReportedAsTruncated() {
    var collector = collector("queries: [{name: a, aggregate: count(), group_by: [os], rows: 3}]");
    var rows = new ArrayList<Row>();
    IntStream.range(0, 5).forEach(i -> rows.add(new Row(List.of("os" + i), i)));
    var answers = new LinkedHashMap<NamedQuery, List<Row>>();
    answers.put(collector.queries().getFirst(), rows);

    var families = collector.families(answers);

    assertThat(families.getFirst().samples()).hasSize(3);
    assertThat(CollectorPage.of(families))
        .contains("sentry_query_truncated{organization=\"acme\",query=\"a\"} 1.0\n");
  }

  @Test
  void aSingleValueIsNeverTruncated() {
    var collector = collector("queries: [{name: a, aggregate: count(), rows: 1}]");
    var answers = new LinkedHashMap<NamedQuery, List<Row>>();
    answers.put(collector.queries().getFirst(), List.of(new Row(List.of(), 3)));

    assertThat(CollectorPage.of(collector.families(answers)))
        .contains("sentry_query_truncated{organization=\"acme\",query=\"a\"} 0.0\n");
  }

  @Test
  void aQueryWithoutAnAnswerCostsNoOther() {
    var collector = collector(TWO);
    var answers = new LinkedHashMap<NamedQuery, List<Row>>();
    answers.put(collector.queries().get(1), List.of(new Row(List.of(), 17)));

    assertThat(CollectorPage.of(collector.families(answers)))
        .contains(
            "sentry_query_success{organization=\"acme\",query=\"payments_failed\"} 1.0\n",
            "sentry_query_success{organization=\"acme\",query=\"slow_checkout\"} 0.0\n",
            "query=\"payments_failed\",span_op=\"\",window=\"1h\"} 17.0\n")
        .doesNotContain("sentry_query_truncated{organization=\"acme\",query=\"slow_checkout\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "span.op, span_op",
    "'tags[releaseStage]', tags_releasestage",
    "http.status_code, http_status_code",
    "error.type:-, error_type",
  })
  void aFieldIsALabelOfItsName(String field, String label) {
    var yaml = "queries: [{name: a, aggregate: count(), group_by: ['" + field + "']}]";

    assertThat(collector(yaml).queries().getFirst().labels()).containsExactly(label);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{}                     | x.yml:1:1: queries: missing; write it",
        "queries: []            | x.yml:1:10: queries: no query or more than 20; write 1 to 20, or"
            + " remove the collector",
        "queries: [{name: a}]   | x.yml:1:11: queries[0].aggregate: missing; write it",
        "queries: [{aggregate: count()}] | x.yml:1:11: queries[0].name: missing; write it",
      })
  void whatIsMissingIsReported(String yaml, String message) {
    assertThat(Acme.problems(QueriesCollector.TYPE, yaml)).containsExactly(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "name: A-b          | .name: \"A-b\" is not a name; write lower-case letters, digits and _",
        "aggregate: count   | .aggregate: \"count\" is not an aggregate; write one such as count()"
            + " or p95(span.duration)",
        "dataset: a b       | .dataset: \"a b\" is not a dataset; write a dataset of Sentry, such"
            + " as errors",
        "group_by: [a b]    | .group_by[0]: \"a b\" is not a field; write one such as project or"
            + " span.op",
        "group_by: [a,b,c,d]| .group_by: more than 3 fields; write 3 at most",
        "group_by: [a.b,a_b]| .group_by: \"a_b\" would be the label a_b, which is there already;"
            + " remove it",
        "group_by: [query]  | .group_by: \"query\" would be the label query, which is there"
            + " already; remove it",
        "window: 30s        | .window: not a whole number of minutes from 1m to 2160h; write 5m, 1h"
            + " or 24h",
        "rows: 21           | .rows: \"21\" is out of range; write 1 to 20",
      })
  void wrongSettingsAreReported(String setting, String message) {
    String key = setting.substring(0, setting.indexOf(':'));
    String name = key.equals("name") ? "" : "name: x, ";
    String aggregate = key.equals("aggregate") ? "" : "aggregate: count(), ";

    var problems =
        Acme.problems(
            QueriesCollector.TYPE, "queries: [{" + name + aggregate + setting.strip() + "}]");

    assertThat(problems).singleElement().asString().endsWith("queries[0]" + message);
  }

  @Test
  void twoQueriesOfOneNameAreReported() {
    var yaml = "queries: [{name: a, aggregate: count()}, {name: a, aggregate: count()}]";

    assertThat(Acme.problems(QueriesCollector.TYPE, yaml))
        .singleElement()
        .asString()
        .endsWith("queries[1].name: a query of this name is above; write another");
  }

  private static QueriesCollector collector(String yaml) {
    return (QueriesCollector) Acme.configured(QueriesCollector.TYPE, yaml);
  }
}
