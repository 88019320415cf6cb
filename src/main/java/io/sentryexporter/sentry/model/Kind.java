package io.sentryexporter.sentry.model;

import io.sentryexporter.metrics.Sample;

/// What is counted, in Sentry's own words, also such as this program has never heard of.
///
/// @param category such as `error`; of sessions `session`
/// @param outcome such as `accepted`; of sessions their status, such as `crashed`
/// @param reason such as `spike_protection`; empty where it was not asked for
public record Kind(String category, String outcome, String reason) {
  /// What became of an event, as far as we must know it: Sentry kept it, or did not want it, or it
  /// was too much.
  public static final String ACCEPTED = "accepted";

  public static final String FILTERED = "filtered";
  public static final String RATE_LIMITED = "rate_limited";

  /// The category that every server knows.
  public static final String ERROR = "error";

  /// The category of sessions.
  public static final String SESSION = "session";

  /// What sessions are counted as: their sum, and, as sums that only grow, those that went wrong.
  public static final String TOTAL = "total";

  public static final String ERRORED = "errored";
  public static final String CRASHED = "crashed";
  public static final String ABNORMAL = "abnormal";

  /// As labels show them, which keep cut and cleaned names apart.
  public Kind {
    category = Sample.labelValue(category);
    outcome = Sample.labelValue(outcome);
    reason = Sample.labelValue(reason);
  }

  public Kind(String category, String outcome) {
    this(category, outcome, "");
  }
}
