package io.sentryexporter.sentry;

import io.sentryexporter.sentry.Grouped.NotGrouped;

/// Counters of the whole organization by category, outcome and reason: one request.
record OutcomeReasonsQuestion(String organization, Epoch epoch) implements CounterQuestion {
  @Override
  public String name() {
    return "outcome_reasons";
  }

  @Override
  public Sums fetch(Fetching sentry) throws SentryException, InterruptedException {
    Window window = Window.since(epoch.start(sentry.now()), sentry.now());
    try {
      return new OutcomeStats(organization, window, "1d").byReason(sentry);
    } catch (NotGrouped e) {
      throw e.reason();
    }
  }
}
