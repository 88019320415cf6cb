package io.sentryexporter.sentry.question;

import io.sentryexporter.sentry.model.Epoch;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Sums;
import io.sentryexporter.sentry.model.SumsBuilder;
import io.sentryexporter.sentry.model.Window;
import io.sentryexporter.sentry.request.Fetching;
import io.sentryexporter.sentry.stats.ProjectStats;
import java.time.Duration;

/// Counters of all projects, each from its own statistics: for servers without `stats_v2`. Three
/// requests for each project, so it takes its time.
public record OutcomesOfEachProjectQuestion(String organization, Epoch epoch)
    implements CounterQuestion {
  @Override
  public String name() {
    return "outcomes_of_each_project";
  }

  @Override
  public String collector() {
    return "outcomes";
  }

  /// As long as 1,500 projects take at half of the five requests a second that sentry.io allows.
  @Override
  public Duration patience() {
    return Duration.ofMinutes(30);
  }

  @Override
  public Sums fetch(Fetching sentry) throws SentryException, InterruptedException {
    Window window = Window.of(epoch, sentry.now());
    var sums = new SumsBuilder();
    for (Project project : sentry.projects()) {
      new ProjectStats(organization, project.slug(), window).addTo(sums, project.id(), sentry);
    }
    return sums.build(window.start(), window.end());
  }
}
