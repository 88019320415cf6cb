package io.sentryexporter.web;

import io.sentryexporter.metrics.Exposition.CreatedSeries;
import java.time.Duration;

/// Settings of the web server, from the flags `--web.…` and `--timeout-offset`.
///
/// @param routePrefix prefix of every path: empty, or with a leading slash and without a trailing
///   one
/// @param externalPath the path under which browsers reach the exporter, in the same form
/// @param telemetryPath path of the exporter's own metrics
/// @param maxRequests maximum number of concurrent probes, 0 for no limit
/// @param timeoutOffset part of a scrape's timeout that is reserved for returning the answer
/// @param created whether the page has a series for the start time of each counter
/// @param demo whether the data is simulated, which every page then shows
public record WebSettings(
    String routePrefix,
    String externalPath,
    String telemetryPath,
    int maxRequests,
    Duration timeoutOffset,
    CreatedSeries created,
    boolean demo) {

  public WebSettings withMaxRequests(int number) {
    return new WebSettings(
        routePrefix, externalPath, telemetryPath, number, timeoutOffset, created, demo);
  }

  public WebSettings withCreated(CreatedSeries other) {
    return new WebSettings(
        routePrefix, externalPath, telemetryPath, maxRequests, timeoutOffset, other, demo);
  }
}
