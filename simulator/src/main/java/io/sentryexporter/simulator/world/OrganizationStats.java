package io.sentryexporter.simulator.world;

/// What a server answers on the deprecated `/api/0/organizations/{org}/stats/`.
public enum OrganizationStats {
  ANSWERED,
  /// The route is unknown: 404 with an empty body.
  UNKNOWN_ROUTE,
  /// The route was withdrawn: 410.
  GONE
}
