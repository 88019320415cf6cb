package io.sentryexporter.probe;

import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a probe ended, with its page.
///
/// @param failure why it did not succeed, in a few words; null if it did
/// @param shared the first part of the page, which other scrapes may share; null if there is none;
///   closed when it is sent
/// @param families the rest of the page, in its order
public record ProbeResult(
    Trace trace,
    @Nullable String failure,
    Duration duration,
    PageMemory.@Nullable Reading shared,
    List<MetricFamily> families) {
  public ProbeResult {
    families = List.copyOf(families);
  }

  /// The result of a probe whose page shares no part with others.
  ProbeResult(
      Trace trace, @Nullable String failure, Duration duration, List<MetricFamily> families) {
    this(trace, failure, duration, null, families);
  }

  public boolean succeeded() {
    return failure == null;
  }

  /// Why data is missing or old.
  ///
  /// @param error what happened, in words
  record Failure(Reason reason, String error) {
    static Failure of(SentryException exception) {
      return new Failure(exception.reason(), String.valueOf(exception.getMessage()));
    }
  }
}
