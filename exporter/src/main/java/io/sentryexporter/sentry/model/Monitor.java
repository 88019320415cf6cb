package io.sentryexporter.sentry.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A cron monitor.
///
/// @param project slug
/// @param enabled false if a user switched it off
public record Monitor(
    String slug, String project, boolean enabled, List<InEnvironment> environments) {
  public Monitor {
    environments = List.copyOf(environments);
  }

  /// A monitor in one of its environments.
  ///
  /// @param status as Sentry names it: `active`, `ok`, `error`, on old servers also
  ///   `missed_checkin`, `timeout`
  /// @param lastCheckIn null before the first
  /// @param deadline when the next check-in is too late, null if none is expected
  /// @param incidentStart when the incident began that is open now, null without one
  public record InEnvironment(
      String environment,
      String status,
      boolean muted,
      @Nullable Instant lastCheckIn,
      @Nullable Instant deadline,
      @Nullable Instant incidentStart) {}
}
