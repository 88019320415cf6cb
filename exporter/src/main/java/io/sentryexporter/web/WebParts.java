package io.sentryexporter.web;

import io.sentryexporter.config.ActiveConfig;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.probe.ProbeHistory;
import io.sentryexporter.probe.Probes;
import io.sentryexporter.time.TimeSource;
import java.util.List;
import java.util.function.Supplier;

/// The objects that the routes serve from; each handler receives those that it uses.
///
/// @param active the configuration that is active now, and its state
/// @param reload reloads the configuration and returns its errors, one per line; none if it is
///   active
/// @param version of the exporter
public record WebParts(
    Supplier<ActiveConfig> active,
    Supplier<List<String>> reload,
    Probes probes,
    ProbeHistory history,
    ExporterMetrics metrics,
    TimeSource time,
    String version) {}
