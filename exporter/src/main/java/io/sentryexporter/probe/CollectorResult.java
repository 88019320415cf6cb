package io.sentryexporter.probe;

import io.sentryexporter.metrics.MetricFamily;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How a collector of a probe ended.
///
/// @param families supplies the metric families
/// @param basis answers that the families are made from
/// @param age of the oldest answer behind the families; null if Sentry returned nothing
/// @param failure why an answer is missing, or why an old one stands in; null if all are new
record CollectorResult(
    Supplier<List<MetricFamily>> families,
    List<Object> basis,
    @Nullable Duration age,
    @Nullable Failure failure,
    Duration duration) {
  CollectorResult {
    basis = List.copyOf(basis);
  }

  /// The result of a collector without data.
  static CollectorResult failed(Failure failure, Duration duration) {
    return new CollectorResult(List::of, List.of(), null, failure, duration);
  }
}
