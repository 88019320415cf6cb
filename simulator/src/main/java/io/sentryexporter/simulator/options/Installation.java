package io.sentryexporter.simulator.options;

import java.util.Set;

/// The kind of Sentry that is simulated, defined by its features.
///
/// All of them know organizations, projects, teams, keys of a project, issues and releases. What
/// one lacks is an unknown route to it.
public enum Installation {
  /// Sends its limits in headers, but never refuses: for tests and demonstrations.
  SENTRY_IO,
  /// Sends its limits and answers 429 beyond them.
  SENTRY_IO_ENFORCING_LIMITS,
  /// Of 2026; like all self-hosted ones it has no limits and sends no such headers.
  SELF_HOSTED,
  SELF_HOSTED_23,
  SELF_HOSTED_21,
  /// Has statistics of the first generation only.
  SELF_HOSTED_20_6,
  /// Another program, which answers a part of Sentry's API, `stats_v2` in its own way.
  GLITCHTIP;

  /// The version that it reports.
  public String version() {
    return switch (this) {
      case SENTRY_IO, SENTRY_IO_ENFORCING_LIMITS -> "26.12.0.dev0";
      case SELF_HOSTED -> "26.8.0";
      case SELF_HOSTED_23 -> "23.11.0";
      case SELF_HOSTED_21 -> "21.9.0";
      case SELF_HOSTED_20_6 -> "20.6.0";
      case GLITCHTIP -> "4.2.0";
    };
  }

  public boolean has(Feature feature) {
    return switch (this) {
      case SENTRY_IO -> feature != Feature.ENFORCED_LIMITS && feature != Feature.GLITCHTIP_STATS_V2;
      case SENTRY_IO_ENFORCING_LIMITS -> feature != Feature.GLITCHTIP_STATS_V2;
      case SELF_HOSTED ->
          SELF_HOSTED_23.has(feature)
              || Set.of(
                      Feature.ORGANIZATION_KEYS,
                      Feature.UPTIME,
                      Feature.IDS_IN_PATHS,
                      Feature.SCOPE_CHALLENGE)
                  .contains(feature);
      case SELF_HOSTED_23 ->
          SELF_HOSTED_21.has(feature)
              || Set.of(Feature.EVENTS_TABLE, Feature.MONITORS).contains(feature);
      case SELF_HOSTED_21 ->
          SELF_HOSTED_20_6.has(feature)
              || Set.of(Feature.STATS_V2, Feature.SESSIONS).contains(feature);
      case SELF_HOSTED_20_6 ->
          Set.of(Feature.V1_STATS, Feature.ORGANIZATION_STATS, Feature.CLIENT_CONFIG)
              .contains(feature);
      case GLITCHTIP -> Set.of(Feature.STATS_V2, Feature.GLITCHTIP_STATS_V2).contains(feature);
    };
  }
}
