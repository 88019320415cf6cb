package io.sentryexporter.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Samples of one counter, as a file that promtool makes blocks of.
final class OpenMetricsSamples {
  private final String counter;
  private final Map<String, List<String>> bySeries = new LinkedHashMap<>();

  /// @param counter its name, with `_total`
  OpenMetricsSamples(String counter) {
    this.counter = counter;
  }

  /// Adds a sample, later than all others of its series.
  ///
  /// @param labels as in the exposition, without braces
  void add(String labels, double value, Instant at) {
    bySeries
        .computeIfAbsent(labels, _ -> new ArrayList<>())
        .add("%s{%s} %.0f %d%n".formatted(counter, labels, value, at.getEpochSecond()));
  }

  Path write(Path file) throws IOException {
    var text = new StringBuilder();
    text.append("# TYPE ").append(counter.replaceFirst("_total$", "")).append(" counter\n");
    bySeries.values().forEach(lines -> lines.forEach(text::append));
    return Files.writeString(file, text.append("# EOF\n"));
  }
}
