package io.sentryexporter.collector;

import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.MetricFamily.Samples;
import io.sentryexporter.sentry.SentrySession;
import io.sentryexporter.sentry.api.Sessions;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.yaml.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Exposes how sessions of the projects end, and the crash-free ratios of sessions and users.
///
/// @param windows of the ratios, whole hours
record SessionsCollector(Epoch epoch, List<Duration> windows) implements Collector {
  static final Key<List<Duration>> WINDOWS =
      CommonKeys.windows(
          "windows",
          "Windows of crash-free ratios and users; each ends on the last full hour.",
          List.of(Duration.ofHours(24)));

  static final Metric SESSIONS =
      Metric.counter(
          "sentry_sessions_total", "Sessions since the start of the UTC month, or day.", "project");
  static final Metric CRASHED =
      Metric.counter(
          "sentry_sessions_crashed_total",
          "Sessions that ended in a crash, since the start of the UTC month, or day.",
          "project");
  static final Metric ABNORMAL =
      Metric.counter(
          "sentry_sessions_abnormal_total",
          "Sessions that did not end well without a crash, such as hangs, since the start of the"
              + " UTC month, or day.",
          "project");
  static final Metric ERRORED =
      Metric.counter(
          "sentry_sessions_errored_total",
          "Sessions with an error, crashed and abnormal ones among them, since the start of the UTC"
              + " month, or day.",
          "project");
  static final Metric CRASH_FREE_SESSIONS =
      Metric.gauge(
          "sentry_sessions_crash_free_ratio",
          "Share of the sessions that did not crash, as Sentry's pages show it; absent without"
              + " sessions.",
          "project",
          "window");
  static final Metric CRASH_FREE_USERS =
      Metric.gauge(
          "sentry_users_crash_free_ratio",
          "Share of the users whose sessions did not crash; absent without sessions. Not to be"
              + " averaged over projects.",
          "project",
          "window");
  static final Metric USERS =
      Metric.gauge(
          "sentry_users_active",
          "Distinct users with sessions. Not to be added up over projects.",
          "project",
          "window");

  static final CollectorType TYPE =
      new CollectorType(
          "sessions",
          "Release health: sessions as true counters, crash-free ratios and users of closed"
              + " windows.",
          "1 for each 150 projects with sessions, and as many for each day's window",
          true,
          Duration.ofMinutes(5),
          List.of(Sessions.ENDPOINT),
          List.of(CommonKeys.EPOCH, WINDOWS),
          List.of(
              SESSIONS, CRASHED, ABNORMAL, ERRORED, CRASH_FREE_SESSIONS, CRASH_FREE_USERS, USERS),
          yaml -> new SessionsCollector(yaml.get(CommonKeys.EPOCH), yaml.get(WINDOWS)));

  /// The counts of a project without sessions, which Sentry leaves out.
  private static final Sessions.ProjectHealth NONE = new Sessions.ProjectHealth(null, null, 0L);

  SessionsCollector {
    windows = List.copyOf(windows);
  }

  @Override
  public Supplier<List<MetricFamily>> collect(SentrySession sentry, Scope scope, Instant now)
      throws InterruptedException {
    String organization = scope.organization();
    windows.forEach(window -> sentry.begin(new Sessions.Health(organization, window, true)));
    Totals totals = sentry.sessions(organization, epoch);
    var health = new LinkedHashMap<Duration, Map<Long, Sessions.ProjectHealth>>();
    for (Duration window : windows) {
      Map<Long, Sessions.ProjectHealth> ofWindow = sentry.sessionHealth(organization, window);
      if (ofWindow != null) {
        health.put(window, ofWindow);
      }
    }
    Totals.Owned owned =
        totals == null
            ? null
            : sentry.owned(TYPE.name(), organization, epoch, totals, scope.byId().values());
    return () -> families(scope, owned, health);
  }

  private static List<MetricFamily> families(
      Scope scope,
      Totals.@Nullable Owned owned,
      Map<Duration, Map<Long, Sessions.ProjectHealth>> health) {
    var families = new ArrayList<MetricFamily>();
    if (owned != null) {
      families.addAll(counters(scope.without(owned.withheld()), owned.totals()));
    }
    families.addAll(gauges(scope, health));
    return families;
  }

  /// @param health by window, then by project id
  static List<MetricFamily> gauges(
      Scope scope, Map<Duration, Map<Long, Sessions.ProjectHealth>> health) {
    var crashFreeSessions = new Samples.Builder();
    var crashFreeUsers = new Samples.Builder();
    var users = new Samples.Builder();
    health.forEach((window, byProject) -> {
      String label = CommonKeys.label(window);
      for (Project project : scope.accessibleOr(byProject.keySet())) {
        Sessions.ProjectHealth ofProject = byProject.getOrDefault(project.id(), NONE);
        Long active = ofProject.users();
        addKnown(crashFreeSessions, ofProject.crashFreeSessions(), project.slug(), label);
        addKnown(crashFreeUsers, ofProject.crashFreeUsers(), project.slug(), label);
        addKnown(users, active == null ? null : (double) active, project.slug(), label);
      }
    });
    return List.of(
        new MetricFamily(CRASH_FREE_SESSIONS, crashFreeSessions.build()),
        new MetricFamily(CRASH_FREE_USERS, crashFreeUsers.build()),
        new MetricFamily(USERS, users.build()));
  }

  static List<MetricFamily> counters(Scope scope, Totals totals) {
    return List.of(
        counter(SESSIONS, OutcomeKey.TOTAL, scope, totals),
        counter(CRASHED, OutcomeKey.CRASHED, scope, totals),
        counter(ABNORMAL, OutcomeKey.ABNORMAL, scope, totals),
        counter(ERRORED, OutcomeKey.ERRORED, scope, totals));
  }

  private static MetricFamily counter(Metric metric, String outcome, Scope scope, Totals totals) {
    var kind = new OutcomeKey(OutcomeKey.SESSION, outcome);
    var samples = new Samples.Builder();
    for (Project project : scope.accessibleOr(totals.byProject().keySet())) {
      Long count = totals.of(project.id()).get(kind);
      if (count == null && totals.isZero(project.id(), kind)) {
        count = 0L;
      }
      if (count != null) {
        samples.add((double) count, project.slug());
      }
    }
    return MetricFamily.since(totals.start(), metric, samples.build());
  }

  private static void addKnown(
      Samples.Builder samples, @Nullable Double value, String project, String window) {
    if (value != null) {
      samples.add(value, project, window);
    }
  }
}
