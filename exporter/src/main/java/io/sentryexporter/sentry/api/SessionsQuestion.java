package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.api.Grouped.Group;
import io.sentryexporter.sentry.api.Grouped.Wanted;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Kind;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Sums;
import io.sentryexporter.sentry.model.SumsBuilder;
import io.sentryexporter.sentry.model.Window;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Counters of sessions by project and how they went: two requests for some 200 projects with
/// sessions.
///
/// Sentry groups sessions by status, but in some versions a session is in several groups. So the
/// total is the sum without status, and errored sessions are those that are not healthy: unhandled,
/// crashed and abnormal ones are among them. Statuses are requested last: a session that begins in
/// between makes `errored` too small for a moment, never too large.
public record SessionsQuestion(String organization, Counting counting) implements CounterQuestion {
  private static final String HEALTHY = "healthy";

  @Override
  public String name() {
    return "sessions";
  }

  @Override
  public String markName() {
    return "sessions";
  }

  @Override
  public Sums fetch(Fetching sentry) throws SentryException, InterruptedException {
    Window window = counting.window(sentry.now());
    var stats = new SessionStats(organization, window, Duration.ofDays(1));
    List<String> sessions = List.of(SessionStats.SESSIONS);
    List<Group> totals = stats.groups(sentry, new Wanted(List.of(Grouped.PROJECT), sessions), 1);
    List<Group> byStatus =
        stats.groups(
            sentry, new Wanted(List.of(Grouped.PROJECT, SessionStats.STATUS), sessions), 1);
    return sums(window, totals, byStatus);
  }

  private static Sums sums(Window window, List<Group> totals, List<Group> byStatus)
      throws SentryException {
    Map<Long, Map<String, Group>> statuses = new HashMap<>();
    for (Group group : byStatus) {
      statuses
          .computeIfAbsent(group.project(), _ -> new HashMap<>())
          .put(group.by(SessionStats.STATUS), group);
    }
    var sums = new SumsBuilder();
    for (Group group : totals) {
      long project = group.project();
      Long total = group.count(SessionStats.SESSIONS);
      Map<String, Group> ofProject = statuses.getOrDefault(project, Map.of());
      boolean isSplit = !ofProject.isEmpty() || (total != null && total == 0);
      Long healthy = isSplit ? count(ofProject.get(HEALTHY)) : null;
      sums.add(project, kind(Kind.TOTAL), total);
      sums.add(
          project,
          kind(Kind.ERRORED),
          total == null || healthy == null ? null : Long.valueOf(Math.max(0, total - healthy)));
      for (String outcome : List.of(Kind.CRASHED, Kind.ABNORMAL)) {
        sums.add(project, kind(outcome), isSplit ? count(ofProject.get(outcome)) : null);
      }
    }
    return sums.build(window.start(), window.end());
  }

  private static Kind kind(String outcome) {
    return new Kind(Kind.SESSION, outcome);
  }

  /// 0 for a status that the project does not have; null for a value that makes no sense.
  private static @Nullable Long count(@Nullable Group group) {
    return group == null ? Long.valueOf(0) : group.count(SessionStats.SESSIONS);
  }
}
