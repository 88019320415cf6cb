package io.sentryexporter.probe;

import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a probe ended, with its page.
///
/// @param failure why it did not succeed, in a few words; null if it did
/// @param cause of the failure, without secrets: of several the first; null if it succeeded
/// @param age of the oldest answer behind its data; null without data
/// @param shared the first part of the page, which other scrapes may share; null if there is none;
///   closed when it is sent
/// @param families the rest of the page, in its order
/// @param failures by collector; by an empty name for `prober: http`
public record ProbeResult(
    Trace trace,
    @Nullable String failure,
    @Nullable Failure cause,
    @Nullable Duration age,
    Duration duration,
    PageMemory.@Nullable Reading shared,
    List<MetricFamily> families,
    Map<String, Failure> failures) {
  public ProbeResult {
    families = List.copyOf(families);
    failures = Collections.unmodifiableMap(new LinkedHashMap<>(failures));
  }

  /// The result of a probe whose page shares no part with others.
  ProbeResult(
      Trace trace,
      @Nullable Failure cause,
      @Nullable Duration age,
      Duration duration,
      List<MetricFamily> families) {
    this(
        trace,
        cause == null ? null : cause.reason().label(),
        cause,
        age,
        duration,
        null,
        families,
        cause == null ? Map.of() : Map.of("", cause));
  }

  public boolean succeeded() {
    return failure == null;
  }

  /// Why data is missing or old.
  ///
  /// @param error what happened, in words
  public record Failure(Reason reason, String error) {
    static Failure of(SentryException exception) {
      return new Failure(exception.reason(), String.valueOf(exception.getMessage()));
    }

    /// As it may be shown outside of the trace.
    Failure shownBy(Trace trace) {
      return new Failure(reason, trace.shown(error));
    }
  }
}
