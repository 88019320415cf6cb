package io.sentryexporter.simulator.world;

import java.time.Instant;

/// Data of a simulated Sentry, made up by a test: growth, late data, dips, corrections, outages.
///
/// It must be pure, since it may be called several times with the same arguments for one answer.
/// Where quantities of neighbouring times add up, so do all answers; nothing else is required.
@FunctionalInterface
public interface History {
  /// A stream of a project in the history.
  ///
  /// @param project its slug
  /// @param category and `outcome` in Sentry's words, such as `error` and `rate_limited`
  /// @param reason `none` for what was accepted
  /// @param sessionStatus such as `crashed`, only for sessions, which are accepted; else empty
  record Stream(
      String project, String category, String outcome, String reason, String sessionStatus) {
    public Stream {
      if (Category.parse(category) == null || Outcome.parse(outcome) == null) {
        throw new IllegalArgumentException(
            category + " or " + outcome + " is no category or outcome of Sentry");
      }
      var isSession = category.equals(Category.SESSION.label());
      if (isSession ? SessionStatus.parse(sessionStatus) == null : !sessionStatus.isEmpty()) {
        throw new IllegalArgumentException(
            category + " with session status \"" + sessionStatus + "\"");
      }
    }

    /// Events, bytes or milliseconds with an outcome.
    public static Stream of(String project, String category, String outcome, String reason) {
      return new Stream(project, category, outcome, reason, "");
    }

    /// Sessions that ended with `status`.
    public static Stream ofSessions(String project, String status) {
      return new Stream(
          project, Category.SESSION.label(), Outcome.ACCEPTED.label(), "none", status);
    }
  }

  /// The quantity from `from` inclusive to `until` exclusive, as reported at `now`.
  ///
  /// @param until never after `now`
  long quantity(Stream stream, Instant from, Instant until, Instant now);
}
