package io.sentryexporter.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.metrics.Exposition.CreatedSeries;
import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.testing.Golden;
import io.sentryexporter.testing.TestMetrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// The families of a collector as Prometheus reads them.
final class CollectorPage {
  private static final Path FOLDER = Path.of("exporter/src/test/resources/collector");
  private static final ExporterMetrics OWN = TestMetrics.create();

  private CollectorPage() {}

  /// Asserts that the families, labelled as the probe does it, are the page of a golden file, and
  /// that the type declares each of them.
  static void assertMatches(String file, CollectorType type, List<MetricFamily> families) {
    assertThat(families)
        .extracting(family -> family.metric().name())
        .doesNotHaveDuplicates()
        .isSubsetOf(type.metrics().stream().map(Metric::name).toList());
    Golden.assertMatches(FOLDER.resolve(file), of(families));
  }

  static String of(List<MetricFamily> families) {
    return write(Exposition.TEXT, families);
  }

  static String openMetrics(List<MetricFamily> families) {
    return write(Exposition.OPENMETRICS, families);
  }

  private static String write(Exposition format, List<MetricFamily> families) {
    var page = new ByteArrayOutputStream();
    try {
      var organization = new Exposition.Label("organization", "acme");
      format.writePart(families, organization, CreatedSeries.WRITTEN, OWN, page);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return page.toString(StandardCharsets.UTF_8);
  }
}
