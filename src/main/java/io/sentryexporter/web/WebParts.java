package io.sentryexporter.web;

import io.sentryexporter.config.LiveConfig;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.probe.Graph;
import io.sentryexporter.probe.ProbeHistory;
import io.sentryexporter.probe.Probes;
import io.sentryexporter.web.page.LandingView;
import java.util.List;
import java.util.function.Supplier;

/// What the routes serve from; each handler gets of it what it uses.
///
/// @param graph what probes run on
/// @param instances of Sentry with what is known of them
/// @param reload loads the configuration anew and tells its errors, a line each; none if it is in
///   force
/// @param version of the program
public record WebParts(
    LiveConfig config,
    Supplier<Graph> graph,
    Supplier<List<LandingView.Instance>> instances,
    Supplier<List<String>> reload,
    Probes probes,
    ProbeHistory history,
    ExporterMetrics metrics,
    String version,
    Readiness readiness) {}
