package io.sentryexporter.sentry.question;

import io.sentryexporter.sentry.model.Epoch;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Sums;
import io.sentryexporter.sentry.model.Window;
import io.sentryexporter.sentry.request.Fetching;
import io.sentryexporter.sentry.stats.GlitchTipStats;
import io.sentryexporter.sentry.stats.Grouped.NotGrouped;
import io.sentryexporter.sentry.stats.OutcomeStats;

/// Counters by project, category and outcome: one request for up to 240 projects.
public record OutcomesQuestion(String organization, Epoch epoch) implements CounterQuestion {
  @Override
  public String name() {
    return "outcomes";
  }

  @Override
  public Sums fetch(Fetching sentry) throws SentryException, InterruptedException {
    Window window = Window.of(epoch, sentry.now());
    try {
      return new OutcomeStats(organization, window, "1d").byProject(sentry);
    } catch (NotGrouped e) {
      return new GlitchTipStats(organization, window, e).byProject(sentry);
    }
  }
}
