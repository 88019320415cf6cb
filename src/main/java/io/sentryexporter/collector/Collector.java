package io.sentryexporter.collector;

import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.sentry.SentryApi;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/// Turns one subject of Sentry's into metrics. Immutable: its components are its settings.
///
/// It knows neither HTTP nor files nor threads. Its metrics have no label `organization`: the probe
/// adds it. What Sentry did not report is absent; what did not happen is 0.
///
/// It requests independent things independently: an answer that is null costs only the families
/// that depend on it.
public interface Collector {
  /// The metrics of a scope, as far as Sentry answered.
  ///
  /// All answers are there when this returns; the samples of a large organization are made only
  /// when its page is written, and the same answers to the same questions give the same samples.
  ///
  /// @param now by Sentry's clock
  Supplier<List<MetricFamily>> collect(SentryApi sentry, Scope scope, Instant now)
      throws InterruptedException;

  /// Whether nothing can be collected as long as the projects of the scope are not known.
  default boolean needsProjects(Scope scope) {
    return true;
  }
}
