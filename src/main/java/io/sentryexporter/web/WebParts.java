package io.sentryexporter.web;

import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.probe.Graph;
import io.sentryexporter.probe.ProbeHistory;
import io.sentryexporter.probe.Probes;
import io.sentryexporter.web.page.LandingView;
import java.util.List;
import java.util.function.Supplier;

/// What the routes serve from; each handler gets of it what it uses.
///
/// @param graph what probes run on, the configuration in force with it
/// @param instances of Sentry with what is known of them
/// @param reload loads the configuration anew and tells its errors, a line each; none if it is in
///   force
/// @param lastReloadErrors what the last reload met, empty if it put a configuration in force
/// @param version of the program
public record WebParts(
    Supplier<Graph> graph,
    Supplier<List<LandingView.Instance>> instances,
    Supplier<List<String>> reload,
    Supplier<List<String>> lastReloadErrors,
    Probes probes,
    ProbeHistory history,
    ExporterMetrics metrics,
    String version,
    Readiness readiness) {}
