package io.sentryexporter.docs;

import io.sentryexporter.metrics.Metric;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Declared metrics as a table of a page.
final class MetricTable {
  private MetricTable() {}

  static String of(List<Metric> metrics) {
    return of(List.of(), metrics);
  }

  /// @param added labels that come before the metric's own
  static String of(List<String> added, List<Metric> metrics) {
    var header = Stream.of("| metric | type | labels | meaning |", "| --- | --- | --- | --- |");
    return Stream.concat(header, metrics.stream().map(metric -> row(added, metric)))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String row(List<String> added, Metric metric) {
    return "| `%s` | %s | %s | %s |"
        .formatted(
            metric.name(),
            metric.type().name().toLowerCase(Locale.ROOT),
            Stream.concat(added.stream(), metric.labels().stream())
                .map(label -> "`" + label + "`")
                .collect(Collectors.joining(", ")),
            metric.help());
  }
}
