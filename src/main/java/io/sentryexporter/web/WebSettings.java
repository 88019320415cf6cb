package io.sentryexporter.web;

import io.sentryexporter.metrics.CreatedSeries;
import java.time.Duration;

/// How the exporter serves; from the flags `--web.…` and `--timeout-offset`.
///
/// @param routePrefix before every path: empty, or with a slash in front and none at its end
/// @param externalPath the path under which browsers reach the exporter, in the same form
/// @param telemetryPath where the exporter's own figures are
/// @param maxRequests how many probes may run at once, 0 for any number
/// @param timeoutOffset how much of a scrape's timeout is left for the way back
/// @param created whether probes of Sentry's counters have a series for their start
/// @param demo whether the figures are simulated, to be said on every page
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
