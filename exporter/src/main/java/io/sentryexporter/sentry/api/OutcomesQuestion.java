package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.api.Grouped.NotGrouped;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Sums;
import io.sentryexporter.sentry.model.Window;
import java.util.Map;

/// Counters by project, category and outcome: one request for up to 240 projects.
public record OutcomesQuestion(String organization, Counting counting) implements CounterQuestion {
  private static final long SMALL_GAP = 100;
  private static final double SMALL_SHARE = 0.1;

  @Override
  public String name() {
    return "outcomes";
  }

  @Override
  public String markName() {
    return "outcomes";
  }

  @Override
  public Sums fetch(Fetching sentry) throws SentryException, InterruptedException {
    Window window = counting.window(sentry.now());
    try {
      return new OutcomeStats(organization, window, "1d").byProject(sentry);
    } catch (NotGrouped e) {
      return new GlitchTipStats(organization, window, e).byProject(sentry);
    }
  }

  /// One more request: what all projects that the token sees have together.
  @Override
  public void requireWhole(Sums answer, Fetching sentry)
      throws SentryException, InterruptedException {
    if (answer.coverage() != Sums.Coverage.EVERYTHING || !answer.unknown().isEmpty()) {
      return; // what is not known is missing without being cut off
    }
    Window window = counting.window(sentry.now());
    Sums together;
    try {
      together = new OutcomeStats(organization, window, "1d").together(sentry);
    } catch (SentryException | NotGrouped _) {
      return; // a check that cannot be made must not cost the counters
    }
    if (together.start().equals(answer.start())) {
      requireSimilar(answer.byCategory(), together.byCategory());
    }
  }

  /// Events between the requests, and events that one replica lacks, are no gap.
  private static void requireSimilar(Map<String, Long> ofProjects, Map<String, Long> together)
      throws SentryException.Truncated {
    for (var category : together.entrySet()) {
      long whole = category.getValue();
      long missing = whole - ofProjects.getOrDefault(category.getKey(), 0L);
      if (missing > SMALL_GAP && missing > whole * SMALL_SHARE) {
        throw new SentryException.Truncated(
            "Sentry counts %d of the category %s in all projects together, and %d less in each"
                .formatted(whole, category.getKey(), missing));
      }
    }
  }
}
