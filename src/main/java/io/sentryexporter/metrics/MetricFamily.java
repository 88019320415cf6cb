package io.sentryexporter.metrics;

import java.util.List;

/// The samples of one metric at one time.
public record MetricFamily(Metric metric, List<Sample> samples) {
  public MetricFamily {
    samples = List.copyOf(samples);
    for (Sample sample : samples) {
      if (sample.labelValues().size() != metric.labels().size()) {
        throw new IllegalArgumentException(
            metric.name() + " has the labels " + metric.labels() + ", not " + sample.labelValues());
      }
    }
  }

  /// A family of a single sample.
  public static MetricFamily of(Metric metric, double value, String... labelValues) {
    return new MetricFamily(metric, List.of(Sample.now(value, labelValues)));
  }
}
