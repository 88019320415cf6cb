package io.sentryexporter.sentry.api;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.sentry.api.Grouped.Group;
import io.sentryexporter.sentry.api.Grouped.NotGrouped;
import io.sentryexporter.sentry.api.Grouped.Wanted;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Window;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Sums and ratios of sessions over a window, of all projects.
///
/// Source: `GET /api/0/organizations/{organization}/sessions/`, `groups[].totals`. Sentry returns
/// as many groups as have room for their series, requested or not, and leaves out the rest: some
/// servers announce a next page, most do not. Groups by status count as one. Pages are not
/// followed, because they shift while sessions come in: fewer projects are requested instead.
///
/// @param interval whole hours that divide a day; the window's start is a multiple of it
public record SessionStats(String organization, Window window, Duration interval) {
  public static final String SESSIONS = "sum(session)";
  public static final String USERS = "count_unique(user)";
  public static final String CRASH_FREE_SESSIONS = "crash_free_rate(session)";
  public static final String CRASH_FREE_USERS = "crash_free_rate(user)";

  public static final String STATUS = "session.status";

  /// Points that servers of 2023 have room for; later ones have twice as many.
  private static final int POINT_LIMIT = 5_000;

  /// The groups of all projects.
  ///
  /// @param groupsPerProject number of groups to expect, including all statuses
  public List<Group> groups(Fetching sentry, Wanted wanted, int groupsPerProject)
      throws SentryException, InterruptedException {
    int mostAtOnce = POINT_LIMIT / groupsPerProject; // many may be without sessions
    int mostInPart = Math.max(1, (groupLimit() - 1) / groupsPerProject);
    try {
      return ProjectBatches.ask(
              sentry, mostAtOnce, mostInPart, projects -> batch(sentry, projects, wanted))
          .stream()
          .flatMap(List::stream)
          .toList();
    } catch (NotGrouped e) {
      throw e.reason();
    }
  }

  private @Nullable List<Group> batch(Fetching sentry, List<Long> projects, Wanted wanted)
      throws SentryException, NotGrouped, InterruptedException {
    HttpAnswer answer =
        sentry.get(
            new ApiQuery()
                .projects(projects)
                .with("start", window.start())
                .with("end", window.endToSend())
                .with("interval", ApiQuery.period(interval))
                .with("includeSeries", 0)
                .withEach("field", wanted.fields())
                .withEach("groupBy", wanted.groupBy())
                .to(Endpoint.SESSIONS, organization));
    if (Pages.nextCursor(answer).isPresent()) {
      return null;
    }
    Grouped grouped = Grouped.read(answer, wanted, window, sentry);
    grouped.requireOnly(projects);
    return isSuspicious(grouped.groups()) ? null : grouped.groups();
  }

  /// Whether the answer may be truncated. Below the limit nothing can be missing.
  private boolean isSuspicious(List<Group> groups) {
    return groups.stream().map(SessionStats::whateverStatus).distinct().count() >= groupLimit();
  }

  private static Map<String, String> whateverStatus(Group group) {
    var by = new HashMap<>(group.by());
    by.remove(STATUS);
    return by;
  }

  /// Groups that fit with their series: a point for each interval, one for the total, and room for
  /// one more interval, which the server may begin during the request.
  private int groupLimit() {
    long intervals =
        Math.ceilDiv(
            Duration.between(window.start(), window.end()).toSeconds(), interval.toSeconds());
    return (int) (POINT_LIMIT / (intervals + 2));
  }
}
