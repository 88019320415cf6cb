package io.sentryexporter.sentry.stats;

/// Sentry's words for what became of an event, as far as we must know them.
final class Outcomes {
  static final String ACCEPTED = "accepted";
  static final String FILTERED = "filtered";
  static final String RATE_LIMITED = "rate_limited";

  private Outcomes() {}
}
