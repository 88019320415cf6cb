package io.sentryexporter.metrics;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The samples of one metric at one time.
///
/// @param shared values of the metric's first labels, the same for all samples; each sample has the
///   values of the rest
/// @param since start time of a counter; null for all other types, and where it is not known
public record MetricFamily(
    Metric metric, List<String> shared, @Nullable Instant since, List<Sample> samples) {
  public MetricFamily {
    shared = List.copyOf(shared);
    samples = List.copyOf(samples);
    for (Sample sample : samples) {
      if (shared.size() + sample.labelValues().size() != metric.labels().size()) {
        throw new IllegalArgumentException(
            "%s has the labels %s, not %s and %s"
                .formatted(metric.name(), metric.labels(), shared, sample.labelValues()));
      }
    }
  }

  public MetricFamily(Metric metric, List<Sample> samples) {
    this(metric, List.of(), null, samples);
  }

  /// A family of a single sample.
  public static MetricFamily of(Metric metric, double value, String... labelValues) {
    return new MetricFamily(metric, List.of(Sample.now(value, labelValues)));
  }

  /// The samples of a counter with the start time `since`.
  public static MetricFamily since(Instant since, Metric metric, List<Sample> samples) {
    return new MetricFamily(metric, List.of(), since, samples);
  }

  /// Returns this family with another label before all others.
  public MetricFamily labelled(String label, String value) {
    var wider =
        new Metric(
            metric.name(),
            metric.type(),
            metric.help(),
            Stream.concat(Stream.of(label), metric.labels().stream()).toList());
    return new MetricFamily(
        wider, Stream.concat(Stream.of(value), shared.stream()).toList(), since, samples);
  }
}
