package io.sentryexporter.docs;

import io.sentryexporter.metrics.Metric;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Declared metrics as a list of a page.
final class MetricList {
  /// A value that Markdown would show in bold type.
  private static final Pattern OTHER = Pattern.compile("__\\w+__");

  private MetricList() {}

  static String of(List<Metric> metrics) {
    return of(List.of(), metrics);
  }

  /// @param added labels that come before the metric's own
  static String of(List<String> added, List<Metric> metrics) {
    return metrics.stream().map(metric -> item(added, metric)).collect(Collectors.joining());
  }

  private static String item(List<String> added, Metric metric) {
    String labels =
        Stream.concat(added.stream(), metric.labels().stream()).collect(Collectors.joining(", "));
    return Paragraph.of(
        "- ",
        "  ",
        "`%s%s` (%s): %s"
            .formatted(
                metric.name(),
                labels.isEmpty() ? "" : "{" + labels + "}",
                metric.type().name().toLowerCase(Locale.ROOT),
                OTHER.matcher(metric.help()).replaceAll("`$0`")));
  }
}
