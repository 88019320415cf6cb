package io.sentryexporter.simulator.options;

/// What a Sentry may have or lack, as its version and kind go.
public enum Feature {
  ORGANIZATION_STATS,
  STATS_V2,
  SESSIONS,
  EVENTS_TABLE,
  MONITORS,
  ORGANIZATION_KEYS,
  UPTIME,
  V1_STATS,
  /// Numeric ids stand for slugs in paths.
  IDS_IN_PATHS,
  /// A 403 names the scopes of which one is missing.
  SCOPE_CHALLENGE,
  /// The settings of Sentry's own pages, which name its version.
  CLIENT_CONFIG,
  RATE_LIMIT_HEADERS,
  ENFORCED_LIMITS,
  /// Answers for unknown organizations come from a gateway.
  GATEWAY,
  GLOBAL_VIEWS,
  /// `stats_v2` as GlitchTip answers it.
  GLITCHTIP_STATS_V2
}
