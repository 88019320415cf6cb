package io.sentryexporter.probe;

import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.sentry.model.Reason;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a probe ended.
///
/// @param failure why it did not succeed, null if it did
/// @param families what the scrape gets, in the order of the page
public record ProbeResult(
    @Nullable Reason failure, Duration duration, List<MetricFamily> families) {
  public ProbeResult {
    families = List.copyOf(families);
  }

  public boolean succeeded() {
    return failure == null;
  }
}
