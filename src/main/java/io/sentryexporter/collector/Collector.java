package io.sentryexporter.collector;

import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.sentry.SentryApi;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Instant;
import java.util.List;

/// Turns one subject of Sentry's into metrics. Immutable: its components are its settings.
///
/// It knows neither HTTP nor files nor threads. Its metrics have no label `organization`: the probe
/// adds it. What Sentry did not tell is absent; what did not happen is 0.
public interface Collector {
  /// The figures of a scope.
  ///
  /// @param now by Sentry's clock
  List<MetricFamily> collect(SentryApi sentry, Scope scope, Instant now)
      throws SentryException, InterruptedException;
}
