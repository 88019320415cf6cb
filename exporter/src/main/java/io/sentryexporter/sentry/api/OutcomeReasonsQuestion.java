package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.api.Grouped.NotGrouped;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Sums;
import io.sentryexporter.sentry.model.Window;

/// Counters of the whole organization by category, outcome and reason: one request.
public record OutcomeReasonsQuestion(String organization, Counting counting)
    implements CounterQuestion {
  @Override
  public String name() {
    return "outcome_reasons";
  }

  @Override
  public String collector() {
    return "outcomes";
  }

  @Override
  public String markName() {
    return "outcome-reasons";
  }

  @Override
  public Sums fetch(Fetching sentry) throws SentryException, InterruptedException {
    Window window = counting.window(sentry.now());
    try {
      return new OutcomeStats(organization, window, "1d").byReason(sentry);
    } catch (NotGrouped e) {
      throw e.reason();
    }
  }
}
