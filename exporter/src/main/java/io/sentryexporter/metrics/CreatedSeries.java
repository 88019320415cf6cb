package io.sentryexporter.metrics;

/// Whether OpenMetrics pages have, for each counter whose start is known, a series `…_created`.
public enum CreatedSeries {
  LEFT_OUT,
  WRITTEN;

  /// Series that Prometheus stores for each sample of a family.
  public int seriesOfSample(MetricFamily family) {
    return this == WRITTEN && family.since() != null ? 2 : 1;
  }
}
