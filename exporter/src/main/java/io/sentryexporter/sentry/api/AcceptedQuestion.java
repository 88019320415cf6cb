package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.api.Grouped.NotGrouped;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Sums;
import io.sentryexporter.sentry.model.Window;
import java.time.Instant;

/// Accepted quantities of the whole organization since the start of a UTC day, by category: one
/// request.
public record AcceptedQuestion(String organization, Instant start) implements Question<Sums> {
  @Override
  public String name() {
    return "accepted";
  }

  @Override
  public String collector() {
    return "quota";
  }

  @Override
  public Sums fetch(Fetching sentry) throws SentryException, InterruptedException {
    Window window = Window.since(start, sentry.now());
    try {
      return new OutcomeStats(organization, window, "1d").accepted(sentry);
    } catch (NotGrouped e) {
      return new GlitchTipStats(organization, window, e).accepted(sentry);
    }
  }
}
