package io.sentryexporter.web;

import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.probe.ActiveConfig;
import io.sentryexporter.probe.ProbeHistory;
import io.sentryexporter.probe.Probes;
import io.sentryexporter.time.TimeSource;
import io.sentryexporter.web.page.LandingView;
import java.util.List;
import java.util.function.Supplier;

/// The objects that the routes serve from; each handler receives those that it uses.
///
/// @param graph what probes run on, the configuration in force with it
/// @param instances of Sentry with their state
/// @param reload reloads the configuration and returns its errors, one per line; none if it is in
///   force
/// @param lastReloadErrors errors of the last reload; empty if it succeeded
/// @param version of the exporter
public record WebParts(
    Supplier<ActiveConfig> graph,
    Supplier<List<LandingView.Instance>> instances,
    Supplier<List<String>> reload,
    Supplier<List<String>> lastReloadErrors,
    Probes probes,
    ProbeHistory history,
    ExporterMetrics metrics,
    TimeSource time,
    String version,
    Readiness readiness) {}
