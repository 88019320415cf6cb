package io.sentryexporter.testing;

import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.ExporterMetrics.BuildInfo;

/// The exporter's own metrics, of a build that does not matter.
public final class TestMetrics {
  private TestMetrics() {}

  public static ExporterMetrics create() {
    return new ExporterMetrics(new BuildInfo("1.2.3", "abc", "main", "25"));
  }
}
