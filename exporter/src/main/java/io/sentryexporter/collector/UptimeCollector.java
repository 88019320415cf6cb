package io.sentryexporter.collector;

import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.sentry.SentrySession;
import io.sentryexporter.sentry.api.UptimeMonitors;
import io.sentryexporter.sentry.api.UptimeMonitors.UptimeMonitor;
import io.sentryexporter.yaml.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Exposes uptime monitors: whether Sentry reaches the URLs that it checks.
///
/// @param limit of the monitors that have series, by project and number
/// @param names whether to expose the monitors' names
record UptimeCollector(int limit, boolean names) implements Collector {
  static final Key<Integer> LIMIT =
      Key.integer(
              "limit", 1, 10_000, "Maximum number of monitors with series, by project and number.")
          .byDefault(500);
  static final Key<Boolean> NAMES =
      Key.bool(
          "names",
          "Expose the monitors' names. Off by default, because Sentry suggests names that contain"
              + " the whole URL.");

  static final Metric UP =
      Metric.gauge(
          "sentry_uptime_up",
          "0 while Sentry reports that the URL of an uptime monitor fails, otherwise 1.",
          "project",
          "monitor",
          "environment");
  static final Metric ENABLED =
      Metric.gauge(
          "sentry_uptime_enabled",
          "0 if an uptime monitor is disabled.",
          "project",
          "monitor",
          "environment");
  static final Metric MONITOR =
      Metric.info(
          "sentry_uptime_monitor_info",
          "The name of an uptime monitor; only with names.",
          "project",
          "monitor",
          "name");
  static final Metric TRUNCATED =
      Metric.gauge(
          "sentry_uptime_truncated",
          "Uptime monitors beyond limit, which have no series of their own.");

  static final CollectorType TYPE =
      new CollectorType(
          "uptime",
          "Uptime monitors: whether Sentry reaches the URLs that it checks. Sentry calls the"
              + " endpoint experimental.",
          "1 for each 100 monitors",
          false,
          Duration.ofMinutes(1),
          List.of(UptimeMonitors.ENDPOINT),
          List.of(LIMIT, NAMES),
          List.of(UP, ENABLED, MONITOR, TRUNCATED),
          yaml -> new UptimeCollector(yaml.get(LIMIT), yaml.get(NAMES)));

  private static final Comparator<UptimeMonitor> ORDER =
      Comparator.comparing(UptimeMonitor::project).thenComparing(UptimeMonitor::id);

  @Override
  public Supplier<List<MetricFamily>> collect(SentrySession sentry, Scope scope, Instant now)
      throws InterruptedException {
    List<UptimeMonitor> monitors = sentry.answer(new UptimeMonitors(scope.organization()));
    return () -> monitors == null ? List.of() : families(scope, monitors);
  }

  @Override
  public boolean needsProjects(Scope scope) {
    return false;
  }

  List<MetricFamily> families(Scope scope, List<UptimeMonitor> monitors) {
    Predicate<String> slugs = scope.slugs();
    var all = monitors.stream().filter(one -> slugs.test(one.project())).sorted(ORDER).toList();
    var shown = all.stream().limit(limit).toList();
    var families = new ArrayList<MetricFamily>();
    families.add(family(UP, shown, UptimeMonitor::up));
    families.add(family(ENABLED, shown, UptimeMonitor::enabled));
    if (names) {
      families.add(new MetricFamily(MONITOR, shown.stream().map(UptimeCollector::info).toList()));
    }
    families.add(MetricFamily.of(TRUNCATED, all.size() - shown.size()));
    return families;
  }

  private static MetricFamily family(
      Metric metric,
      List<UptimeMonitor> monitors,
      Function<UptimeMonitor, @Nullable Boolean> value) {
    var samples = new ArrayList<Sample>();
    for (UptimeMonitor one : monitors) {
      Boolean isTrue = value.apply(one);
      if (isTrue != null) {
        samples.add(Sample.now(isTrue ? 1 : 0, one.project(), one.id(), one.environment()));
      }
    }
    return new MetricFamily(metric, samples);
  }

  private static Sample info(UptimeMonitor monitor) {
    return Sample.now(1, monitor.project(), monitor.id(), monitor.name());
  }
}
