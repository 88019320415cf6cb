package io.sentryexporter.sentry.model;

import io.sentryexporter.metrics.Sample;

/// What is counted, in Sentry's own words, also such as this program has never heard of.
///
/// @param category such as `error`; of sessions `session`
/// @param outcome such as `accepted`; of sessions their status, such as `crashed`
/// @param reason such as `spike_protection`; empty where it was not asked for
public record Kind(String category, String outcome, String reason) {
  /// Names that labels would show alike are one: their quantities are added up, and none is lost.
  public Kind {
    category = Sample.labelValue(category);
    outcome = Sample.labelValue(outcome);
    reason = Sample.labelValue(reason);
  }

  public Kind(String category, String outcome) {
    this(category, outcome, "");
  }
}
