package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.api.Grouped.Wanted;
import io.sentryexporter.sentry.model.ReleaseHealth;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Window;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/// Health by project and release over the window that ended last on a full hour: one request for
/// some 190 releases in use.
///
/// @param withCrashFree whether to request crash-free ratios, which servers of 2022 do not know
public record ReleaseHealthQuestion(String organization, Duration window, boolean withCrashFree)
    implements Question<List<ReleaseHealth>> {
  /// In use at the same time in a project, on average.
  private static final int RELEASES = 3;

  private static final String RELEASE = "release";

  @Override
  public String name() {
    return "release_health";
  }

  @Override
  public String collector() {
    return "releases";
  }

  @Override
  public List<ReleaseHealth> fetch(Fetching sentry) throws SentryException, InterruptedException {
    var wanted =
        new Wanted(
            List.of(Grouped.PROJECT, RELEASE),
            withCrashFree
                ? List.of(SessionStats.SESSIONS, SessionStats.CRASH_FREE_SESSIONS)
                : List.of(SessionStats.SESSIONS));
    Window closed = Window.closed(window, sentry.now());
    var stats = new SessionStats(organization, closed, closed.largestInterval());
    return stats.groups(sentry, wanted, RELEASES).stream()
        .map(group ->
            new ReleaseHealth(
                group.project(),
                group.by(RELEASE),
                group.count(SessionStats.SESSIONS),
                group.ratio(SessionStats.CRASH_FREE_SESSIONS)))
        .sorted(
            Comparator.comparingLong(ReleaseHealth::project).thenComparing(ReleaseHealth::release))
        .toList();
  }
}
