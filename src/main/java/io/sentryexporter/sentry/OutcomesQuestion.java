package io.sentryexporter.sentry;

import io.sentryexporter.sentry.Grouped.NotGrouped;

/// Counters by project, category and outcome: one request for up to 240 projects.
record OutcomesQuestion(String organization, Epoch epoch) implements CounterQuestion {
  @Override
  public String name() {
    return "outcomes";
  }

  @Override
  public Sums fetch(Fetching sentry) throws SentryException, InterruptedException {
    Window window = Window.since(epoch.start(sentry.now()), sentry.now());
    try {
      return new OutcomeStats(organization, window, "1d").byProject(sentry);
    } catch (NotGrouped e) {
      return new GlitchTipStats(organization, window, e).byProject(sentry);
    }
  }
}
