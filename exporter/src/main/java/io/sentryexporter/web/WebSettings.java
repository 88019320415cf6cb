package io.sentryexporter.web;

import io.sentryexporter.metrics.Exposition.CreatedSeries;
import java.time.Duration;
import java.util.Set;

/// Settings of the web server, from the flags `--web.…` and `--timeout-offset`.
///
/// @param routePrefix prefix of every path: empty, or with a leading slash and without a trailing
///   one
/// @param externalOrigin scheme and authority of the external URL, such as `https://proxy.example`;
///   empty without one
/// @param externalPath the path under which browsers reach the exporter, in the form of the prefix
/// @param telemetryPath path of the exporter's own metrics
/// @param parts those that are switched on
/// @param maxRequests maximum number of concurrent probes, 0 for no limit
/// @param timeoutOffset part of a scrape's timeout that is reserved for returning the answer
/// @param created whether the page has a series for the start time of each counter
/// @param demo whether the data is simulated, which every page then shows
public record WebSettings(
    String routePrefix,
    String externalOrigin,
    String externalPath,
    String telemetryPath,
    Set<Part> parts,
    int maxRequests,
    Duration timeoutOffset,
    CreatedSeries created,
    boolean demo) {

  /// What flags switch off.
  public enum Part {
    /// Reloading over HTTP.
    LIFECYCLE,
    /// `/config`, `/logs` and `debug=true`.
    DEBUG_PAGES
  }

  public WebSettings {
    parts = Set.copyOf(parts);
  }

  public WebSettings withMaxRequests(int number) {
    return new WebSettings(
        routePrefix,
        externalOrigin,
        externalPath,
        telemetryPath,
        parts,
        number,
        timeoutOffset,
        created,
        demo);
  }

  public WebSettings withCreated(CreatedSeries other) {
    return new WebSettings(
        routePrefix,
        externalOrigin,
        externalPath,
        telemetryPath,
        parts,
        maxRequests,
        timeoutOffset,
        other,
        demo);
  }

  public WebSettings withParts(Set<Part> others) {
    return new WebSettings(
        routePrefix,
        externalOrigin,
        externalPath,
        telemetryPath,
        others,
        maxRequests,
        timeoutOffset,
        created,
        demo);
  }

  /// Returns these settings with other addresses.
  public WebSettings at(String prefix, String origin, String path) {
    return new WebSettings(
        prefix, origin, path, telemetryPath, parts, maxRequests, timeoutOffset, created, demo);
  }
}
