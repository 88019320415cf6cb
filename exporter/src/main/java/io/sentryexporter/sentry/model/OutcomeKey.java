package io.sentryexporter.sentry.model;

import io.sentryexporter.metrics.Sample;

/// A kind of counted event, in Sentry's own terms, including terms that the exporter does not know.
///
/// @param category such as `error`; of sessions `session`
/// @param outcome such as `accepted`; of sessions their status, such as `crashed`
/// @param reason such as `spike_protection`; empty if it was not requested
public record OutcomeKey(String category, String outcome, String reason) {
  /// The outcomes that the exporter has to know: Sentry kept the event, filtered it, or dropped it
  /// because of a limit.
  public static final String ACCEPTED = "accepted";

  public static final String FILTERED = "filtered";
  public static final String RATE_LIMITED = "rate_limited";

  /// The category that every server knows.
  public static final String ERROR = "error";

  /// The category of sessions.
  public static final String SESSION = "session";

  /// Outcomes of sessions: their sum, and, as sums that only grow, those that went wrong.
  public static final String TOTAL = "total";

  public static final String ERRORED = "errored";
  public static final String CRASHED = "crashed";
  public static final String ABNORMAL = "abnormal";

  /// As labels show them, which keep truncated and cleaned names distinct.
  public OutcomeKey {
    category = Sample.labelValue(category);
    outcome = Sample.labelValue(outcome);
    reason = Sample.labelValue(reason);
  }

  public OutcomeKey(String category, String outcome) {
    this(category, outcome, "");
  }
}
