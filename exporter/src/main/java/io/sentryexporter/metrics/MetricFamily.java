package io.sentryexporter.metrics;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The samples of one metric at one time.
///
/// @param since start time of a counter; null for all other types, and where it is not known
/// @param samples each with the values of all labels of the metric
public record MetricFamily(Metric metric, @Nullable Instant since, List<Sample> samples) {
  public MetricFamily {
    samples = List.copyOf(samples);
    for (Sample sample : samples) {
      if (sample.labelValues().size() != metric.labels().size()) {
        throw new IllegalArgumentException(
            "%s has the labels %s, not %s"
                .formatted(metric.name(), metric.labels(), sample.labelValues()));
      }
    }
  }

  public MetricFamily(Metric metric, List<Sample> samples) {
    this(metric, null, samples);
  }

  /// A family of a single sample.
  public static MetricFamily of(Metric metric, double value, String... labelValues) {
    return new MetricFamily(metric, List.of(Sample.now(value, labelValues)));
  }

  /// The samples of a counter with the start time `since`.
  public static MetricFamily since(Instant since, Metric metric, List<Sample> samples) {
    return new MetricFamily(metric, since, samples);
  }
}
