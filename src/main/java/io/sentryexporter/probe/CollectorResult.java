package io.sentryexporter.probe;

import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.sentry.model.Reason;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a collector of a probe ended.
sealed interface CollectorResult {
  /// Why there are no new figures; null if there are.
  @Nullable Reason failure();

  Duration duration();

  /// It gave figures.
  ///
  /// @param age of the oldest answer behind them
  /// @param failure why old ones stand in for new ones; null if none does
  record Collected(
      List<MetricFamily> families, Duration age, @Nullable Reason failure, Duration duration)
      implements CollectorResult {
    public Collected {
      families = List.copyOf(families);
    }
  }

  /// It gave none.
  record Failed(Reason failure, Duration duration) implements CollectorResult {}
}
