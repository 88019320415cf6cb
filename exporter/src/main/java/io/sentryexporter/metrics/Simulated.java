package io.sentryexporter.metrics;

/// The metric that marks data as simulated, on the pages of `demo`.
public final class Simulated {
  public static final Metric METRIC =
      Metric.gauge(
          "sentry_exporter_demo", "1 if the data comes from the simulated Sentry of demo.");

  private Simulated() {}
}
