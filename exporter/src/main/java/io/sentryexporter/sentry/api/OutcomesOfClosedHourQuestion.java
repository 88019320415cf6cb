package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.api.Grouped.NotGrouped;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Sums;
import io.sentryexporter.sentry.model.Window;
import java.time.Duration;
import java.time.Instant;

/// Quantities of the last hour that is over, by project, category and outcome.
public record OutcomesOfClosedHourQuestion(String organization) implements Question<Sums> {
  private static final Duration HOUR = Duration.ofHours(1);

  @Override
  public String name() {
    return "outcomes_of_closed_hour";
  }

  @Override
  public String collector() {
    return "outcomes";
  }

  @Override
  public Sums fetch(Fetching sentry) throws SentryException, InterruptedException {
    Window window = Window.closed(HOUR, sentry.now());
    try {
      return new OutcomeStats(organization, window, "1h").byProject(sentry);
    } catch (NotGrouped e) {
      return new GlitchTipStats(organization, window, e).byProject(sentry);
    }
  }

  @Override
  public boolean stillAnswers(Sums answer, Instant now) {
    return answer.start().equals(Window.closed(HOUR, now).start());
  }
}
