package io.sentryexporter.collector;

import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.sentry.SentrySession;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/// Collects metrics on one subject. Immutable: its components are its settings.
///
/// A collector knows neither HTTP nor files nor threads. Its metrics have no label `organization`:
/// the probe adds it. Values that Sentry does not report are absent; what did not happen is 0.
///
/// Independent data is requested independently: a missing answer costs only the families that
/// depend on it.
public interface Collector {
  /// The metrics of a scope, as far as Sentry returned them.
  ///
  /// All answers are complete when this returns. The samples of a large organization are made only
  /// when its page is written; the same answers to the same requests give the same samples.
  ///
  /// @param now by Sentry's clock
  Supplier<List<MetricFamily>> collect(SentrySession sentry, Scope scope, Instant now)
      throws InterruptedException;

  /// Whether nothing can be collected while the projects of the scope are not known.
  default boolean needsProjects(Scope scope) {
    return true;
  }
}
