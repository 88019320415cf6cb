package io.sentryexporter.collector;

import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.sentry.SentrySession;
import io.sentryexporter.sentry.api.Monitors;
import io.sentryexporter.sentry.api.Monitors.Monitor;
import io.sentryexporter.sentry.api.Monitors.Monitor.InEnvironment;
import io.sentryexporter.yaml.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Cron monitors: whether the jobs ran.
///
/// @param limit of the monitors that have series, by project and name
record MonitorsCollector(int limit) implements Collector {
  static final Key<Integer> LIMIT =
      Key.integer(
              "limit", 1, 10_000, "Maximum number of monitors with series, by project and name.")
          .byDefault(500);

  static final Metric UP =
      Metric.gauge(
          "sentry_monitor_up",
          "1 if the last check-in of a cron monitor was good, 0 if it failed, timed out or is"
              + " missing; absent before the first.",
          "project",
          "monitor",
          "environment");
  static final Metric ENABLED =
      Metric.gauge(
          "sentry_monitor_enabled", "0 if a cron monitor is disabled.",
          "project", "monitor");
  static final Metric MUTED =
      Metric.gauge(
          "sentry_monitor_muted",
          "1 if Sentry sends no notifications about a cron monitor.",
          "project",
          "monitor",
          "environment");
  static final Metric LAST_CHECKIN =
      Metric.gauge(
          "sentry_monitor_last_checkin_timestamp_seconds",
          "Timestamp of a cron monitor's last check-in.",
          "project",
          "monitor",
          "environment");
  static final Metric DEADLINE =
      Metric.gauge(
          "sentry_monitor_deadline_timestamp_seconds",
          "Timestamp from which the next check-in of an enabled cron monitor is late, its margin"
              + " included.",
          "project",
          "monitor",
          "environment");
  static final Metric INCIDENT_START =
      Metric.gauge(
          "sentry_monitor_incident_start_timestamp_seconds",
          "Start time of a cron monitor's current failure; absent while it does not fail.",
          "project",
          "monitor",
          "environment");
  static final Metric MONITORS =
      Metric.gauge("sentry_monitors", "Cron monitors of a project.", "project");
  static final Metric TRUNCATED =
      Metric.gauge(
          "sentry_monitors_truncated",
          "Cron monitors beyond limit, which have no series of their own.");

  static final CollectorType TYPE =
      new CollectorType(
          "monitors",
          "Cron monitors: whether jobs ran, when they last did and when the next is overdue.",
          "1 for each 100 monitors",
          true,
          Duration.ofMinutes(1),
          List.of(Monitors.ENDPOINT),
          List.of(LIMIT),
          List.of(UP, ENABLED, MUTED, LAST_CHECKIN, DEADLINE, INCIDENT_START, MONITORS, TRUNCATED),
          yaml -> new MonitorsCollector(yaml.get(LIMIT)));

  private static final Comparator<Monitor> ORDER =
      Comparator.comparing(Monitor::project).thenComparing(Monitor::slug);

  @Override
  public Supplier<List<MetricFamily>> collect(SentrySession sentry, Scope scope, Instant now)
      throws InterruptedException {
    List<Monitor> monitors = sentry.answer(new Monitors(scope.organization()));
    return () -> monitors == null ? List.of() : families(scope, monitors);
  }

  @Override
  public boolean needsProjects(Scope scope) {
    return false;
  }

  List<MetricFamily> families(Scope scope, List<Monitor> monitors) {
    Predicate<String> slugs = scope.slugs();
    var all = monitors.stream().filter(one -> slugs.test(one.project())).sorted(ORDER).toList();
    var shown = all.stream().limit(limit).toList();
    return List.of(
        family(UP, shown, (_, in) -> up(in)),
        new MetricFamily(ENABLED, shown.stream().map(MonitorsCollector::enabled).toList()),
        family(MUTED, shown, (_, in) -> in.muted() ? 1.0 : 0.0),
        family(LAST_CHECKIN, shown, (_, in) -> seconds(in.lastCheckIn())),
        family(DEADLINE, shown, (one, in) -> one.enabled() ? seconds(in.deadline()) : null),
        family(INCIDENT_START, shown, (_, in) -> seconds(in.incidentStart())),
        new MetricFamily(MONITORS, numbers(scope, all)),
        MetricFamily.of(TRUNCATED, all.size() - shown.size()));
  }

  /// A value of a monitor in an environment; null if it has none.
  private interface Figure {
    @Nullable Double of(Monitor monitor, InEnvironment in);
  }

  private static MetricFamily family(Metric metric, List<Monitor> monitors, Figure figure) {
    var samples = new ArrayList<Sample>();
    for (Monitor monitor : monitors) {
      for (InEnvironment in : monitor.environments()) {
        Double value = figure.of(monitor, in);
        if (value != null) {
          samples.add(Sample.now(value, monitor.project(), monitor.slug(), in.environment()));
        }
      }
    }
    return new MetricFamily(metric, samples);
  }

  /// Null for a monitor that waits for its first check-in, and for statuses of a newer Sentry.
  private static @Nullable Double up(InEnvironment in) {
    return switch (in.status()) {
      case "ok" -> 1.0;
      case "error", "missed_checkin", "timeout" -> 0.0;
      default -> null;
    };
  }

  private static Sample enabled(Monitor monitor) {
    return Sample.now(monitor.enabled() ? 1 : 0, monitor.project(), monitor.slug());
  }

  private static @Nullable Double seconds(@Nullable Instant time) {
    return time == null ? null : time.toEpochMilli() / 1_000.0;
  }

  private static List<Sample> numbers(Scope scope, List<Monitor> monitors) {
    var numbers = new TreeMap<String, Integer>();
    scope.accessible().forEach(project -> numbers.put(project.slug(), 0));
    monitors.forEach(monitor -> numbers.merge(monitor.project(), 1, Integer::sum));
    return numbers.entrySet().stream()
        .map(entry -> Sample.now(entry.getValue(), entry.getKey()))
        .toList();
  }
}
