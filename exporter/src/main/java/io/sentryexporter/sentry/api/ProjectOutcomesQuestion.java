package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Sums;
import io.sentryexporter.sentry.model.SumsBuilder;
import io.sentryexporter.sentry.model.Window;
import java.util.List;

/// Counters of one project, from its own statistics: for servers without `stats_v2` and tokens that
/// may not read the organization.
///
/// @param project slug
public record ProjectOutcomesQuestion(
    String organization, String project, long id, Counting counting) implements CounterQuestion {
  @Override
  public String name() {
    return "project_outcomes";
  }

  @Override
  public String collector() {
    return "outcomes";
  }

  /// Not by one project after the other: for a thousand of them that takes an hour.
  @Override
  public boolean isReadTwice() {
    return false;
  }

  /// The series that the answer has values of.
  public List<Sums.Series> series() {
    return ProjectStats.KINDS.stream().map(kind -> new Sums.Series(id, kind)).toList();
  }

  @Override
  public String markName() {
    return "outcomes-of-project-" + id;
  }

  @Override
  public Sums fetch(Fetching sentry) throws SentryException, InterruptedException {
    Window window = counting.window(sentry.now());
    var sums = new SumsBuilder();
    new ProjectStats(organization, project, window).addTo(sums, id, sentry);
    return sums.build(window.start(), window.end(), Sums.Coverage.ERRORS);
  }
}
