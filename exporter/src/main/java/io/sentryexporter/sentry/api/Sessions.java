package io.sentryexporter.sentry.api;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.sentry.api.ApiRequest.Fetching;
import io.sentryexporter.sentry.api.Grouped.Group;
import io.sentryexporter.sentry.api.Grouped.NotGrouped;
import io.sentryexporter.sentry.api.Grouped.Wanted;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.sentry.model.Window;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Totals and ratios of sessions over a window, of all projects.
///
/// Source: `GET /api/0/organizations/{organization}/sessions/`, `groups[].totals`. Sentry returns
/// as many groups as have room for their series, requested or not, and leaves out the rest: some
/// servers announce a next page, most do not. Groups by status count as one. Pages are not
/// followed, because they shift while sessions come in: fewer projects are requested instead.
///
/// @param interval whole hours that divide a day; the window's start is a multiple of it
public record Sessions(String organization, Window window, Duration interval) {
  public static final Endpoint ENDPOINT =
      new Endpoint("sessions", "/api/0/organizations/{organization}/sessions/", "org:read");

  private static final String SESSIONS = "sum(session)";
  private static final String USERS = "count_unique(user)";
  private static final String CRASH_FREE_SESSIONS = "crash_free_rate(session)";
  private static final String CRASH_FREE_USERS = "crash_free_rate(user)";
  private static final String STATUS = "session.status";
  private static final String RELEASE = "release";

  /// Points that servers of 2023 have room for; later ones have twice as many.
  private static final int POINT_LIMIT = 5_000;

  /// Releases in use at the same time in a project, on average.
  private static final int RELEASES = 3;

  /// Counters of sessions by project and how they went: two requests for some 200 projects with
  /// sessions.
  ///
  /// Sentry groups sessions by status, but in some versions a session is in several groups. So the
  /// total is the sum without status, and errored sessions are those that are not healthy:
  /// unhandled, crashed and abnormal ones are among them. Statuses are requested last: a session
  /// that begins in between makes `errored` too small for a moment, never too large. Where statuses
  /// add up to less than the total, they come from a replica that is behind; then errored sessions
  /// are those of its own that are not healthy.
  public record Counters(String organization, Counting counting) implements CounterRequest {
    @Override
    public String name() {
      return "sessions";
    }

    @Override
    public String markName() {
      return "sessions";
    }

    @Override
    public Totals fetch(Fetching sentry) throws SentryException, InterruptedException {
      sentry.projects(); // before the window: it may take so long that another month begins
      Window window = counting.window(sentry.now());
      var sessions = new Sessions(organization, window, Duration.ofDays(1));
      List<Group> all = sessions.groups(sentry, 1, List.of(Grouped.PROJECT), List.of(SESSIONS));
      List<Group> byStatus =
          sessions.groups(sentry, 1, List.of(Grouped.PROJECT, STATUS), List.of(SESSIONS));
      return totals(window, all, byStatus);
    }

    private static Totals totals(Window window, List<Group> all, List<Group> byStatus)
        throws SentryException {
      Map<Long, Map<String, Group>> statuses = new HashMap<>();
      for (Group group : byStatus) {
        statuses
            .computeIfAbsent(group.project(), _ -> new HashMap<>())
            .put(group.by(STATUS), group);
      }
      var totals = new Totals.Builder();
      for (Group group : all) {
        long project = group.project();
        Long total = group.count(SESSIONS);
        Map<String, Group> ofProject = statuses.getOrDefault(project, Map.of());
        boolean isSplit = !ofProject.isEmpty() || (total != null && total == 0);
        totals.add(project, kind(OutcomeKey.TOTAL), total);
        totals.add(
            project,
            kind(OutcomeKey.ERRORED),
            isSplit && total != null ? errored(total, ofProject) : null);
        for (String outcome : List.of(OutcomeKey.CRASHED, OutcomeKey.ABNORMAL)) {
          totals.add(project, kind(outcome), isSplit ? count(ofProject.get(outcome)) : null);
        }
      }
      return totals.build(window.start(), window.end());
    }

    private static @Nullable Long errored(long total, Map<String, Group> statuses) {
      Long healthy = count(statuses.get("healthy"));
      if (healthy == null) {
        return null;
      }
      long all = 0; // at most the total
      for (Group status : statuses.values()) {
        Long sessions = status.count(SESSIONS);
        all = sessions == null ? total : all + Math.min(total - all, sessions);
      }
      return Math.max(0, all - healthy);
    }

    private static OutcomeKey kind(String outcome) {
      return new OutcomeKey(OutcomeKey.SESSION, outcome);
    }

    /// 0 for a status that the project does not have; null for a value that makes no sense.
    private static @Nullable Long count(@Nullable Group group) {
      return group == null ? Long.valueOf(0) : group.count(SESSIONS);
    }
  }

  /// Users and crash-free ratios by project id over the window that ended last on a full hour: one
  /// request for some 190 projects with sessions in a day.
  ///
  /// @param withCrashFree whether to request crash-free ratios, which servers of 2022 do not know
  public record Health(String organization, Duration window, boolean withCrashFree)
      implements ApiRequest<Map<Long, ProjectHealth>> {
    @Override
    public String name() {
      return "session_health";
    }

    @Override
    public String collector() {
      return "sessions";
    }

    @Override
    public Map<Long, ProjectHealth> fetch(Fetching sentry)
        throws SentryException, InterruptedException {
      List<String> fields =
          withCrashFree ? List.of(USERS, CRASH_FREE_SESSIONS, CRASH_FREE_USERS) : List.of(USERS);
      var health = new HashMap<Long, ProjectHealth>();
      for (Group group :
          inClosed(window, organization, sentry)
              .groups(sentry, 1, List.of(Grouped.PROJECT), fields)) {
        health.put(
            group.project(),
            new ProjectHealth(
                group.ratio(CRASH_FREE_SESSIONS),
                group.ratio(CRASH_FREE_USERS),
                group.count(USERS)));
      }
      return Map.copyOf(health);
    }
  }

  /// Session health over a window, as Sentry's pages show it.
  ///
  /// @param crashFreeSessions from 0 to 1; null without sessions
  /// @param crashFreeUsers from 0 to 1; null without sessions
  /// @param users distinct ones; null for a value that makes no sense
  public record ProjectHealth(
      @Nullable Double crashFreeSessions, @Nullable Double crashFreeUsers, @Nullable Long users) {}

  /// Health by project and release over the window that ended last on a full hour: one request for
  /// some 190 releases in use.
  ///
  /// @param withCrashFree whether to request crash-free ratios, which servers of 2022 do not know
  public record HealthByRelease(String organization, Duration window, boolean withCrashFree)
      implements ApiRequest<List<ReleaseHealth>> {
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
      List<String> fields =
          withCrashFree ? List.of(SESSIONS, CRASH_FREE_SESSIONS) : List.of(SESSIONS);
      return inClosed(window, organization, sentry)
          .groups(sentry, RELEASES, List.of(Grouped.PROJECT, RELEASE), fields)
          .stream()
          .map(group ->
              new ReleaseHealth(
                  group.project(),
                  group.by(RELEASE),
                  group.count(SESSIONS),
                  group.ratio(CRASH_FREE_SESSIONS)))
          .sorted(
              Comparator.comparingLong(ReleaseHealth::project)
                  .thenComparing(ReleaseHealth::release))
          .toList();
    }
  }

  /// The sessions of a release in a project over a window.
  ///
  /// @param sessions null for a value that makes no sense
  /// @param crashFreeSessions from 0 to 1; null without sessions
  public record ReleaseHealth(
      long project, String release, @Nullable Long sessions, @Nullable Double crashFreeSessions) {}

  private static Sessions inClosed(Duration length, String organization, Fetching sentry) {
    Window closed = Window.closed(length, sentry.now());
    return new Sessions(organization, closed, closed.largestInterval());
  }

  /// The groups of all projects.
  ///
  /// @param groupsPerProject number of groups to expect, including all statuses
  List<Group> groups(
      Fetching sentry, int groupsPerProject, List<String> groupBy, List<String> fields)
      throws SentryException, InterruptedException {
    var wanted = new Wanted(groupBy, fields);
    int mostAtOnce = POINT_LIMIT / groupsPerProject; // many may be without sessions
    int mostInPart = Math.max(1, (groupLimit() - 1) / groupsPerProject);
    try {
      return ProjectBatches.get(
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
            new ApiGet.Parameters()
                .projects(projects)
                .with("start", window.start())
                .with("end", window.endToSend())
                .with("interval", ApiGet.period(interval))
                .with("includeSeries", 0)
                .withEach("field", wanted.fields())
                .withEach("groupBy", wanted.groupBy())
                .to(ENDPOINT, organization));
    if (Pages.nextCursor(answer).isPresent()) {
      return null;
    }
    Grouped grouped = Grouped.read(answer, wanted, window, sentry);
    grouped.requireOnly(projects);
    return isSuspicious(grouped.groups()) ? null : grouped.groups();
  }

  /// Whether the answer may be truncated. Below the limit nothing can be missing.
  private boolean isSuspicious(List<Group> groups) {
    return groups.stream().map(Sessions::ofAnyStatus).distinct().count() >= groupLimit();
  }

  private static List<String> ofAnyStatus(Group group) {
    return group.wanted().groupBy().contains(STATUS) ? group.byAllBut(STATUS) : group.by();
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
