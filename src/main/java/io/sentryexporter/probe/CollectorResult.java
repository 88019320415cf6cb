package io.sentryexporter.probe;

import io.sentryexporter.metrics.MetricFamily;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How a collector of a probe ended.
///
/// @param families makes what is known
/// @param basis of the families
/// @param age of the oldest answer behind it; null if Sentry answered nothing
/// @param failure why an answer is missing, or an old one that stands in; null if all are new
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
