package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.api.Grouped.Group;
import io.sentryexporter.sentry.api.Grouped.Wanted;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.SessionHealth;
import io.sentryexporter.sentry.model.Window;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Users and crash-free ratios by project id over the window that ended last on a full hour: one
/// request for some 190 projects with sessions in a day.
///
/// @param withCrashFree whether to request crash-free ratios, which servers of 2022 do not know
public record SessionHealthQuestion(String organization, Duration window, boolean withCrashFree)
    implements Question<Map<Long, SessionHealth>> {
  @Override
  public String name() {
    return "session_health";
  }

  @Override
  public String collector() {
    return "sessions";
  }

  @Override
  public Map<Long, SessionHealth> fetch(Fetching sentry)
      throws SentryException, InterruptedException {
    var wanted =
        new Wanted(
            List.of(Grouped.PROJECT),
            withCrashFree
                ? List.of(
                    SessionStats.USERS,
                    SessionStats.CRASH_FREE_SESSIONS,
                    SessionStats.CRASH_FREE_USERS)
                : List.of(SessionStats.USERS));
    Window closed = Window.closed(window, sentry.now());
    var stats = new SessionStats(organization, closed, closed.largestInterval());
    var health = new HashMap<Long, SessionHealth>();
    for (Group group : stats.groups(sentry, wanted, 1)) {
      health.put(
          group.project(),
          new SessionHealth(
              group.ratio(SessionStats.CRASH_FREE_SESSIONS),
              group.ratio(SessionStats.CRASH_FREE_USERS),
              group.count(SessionStats.USERS)));
    }
    return Map.copyOf(health);
  }
}
