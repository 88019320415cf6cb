package io.sentryexporter.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The exporter's own metrics on the Sentry instances that it requests data from.
///
/// Counters belong to the process. Gauges are read from the instances when the page is written, and
/// end with them. Only organizations that Sentry has returned are listed.
public final class SentryMetrics {
  public static final Metric RATE_LIMIT =
      Metric.gauge(
          "sentry_exporter_api_rate_limit",
          "Sentry's rate limits as its last answer to an instance reported them, nearly always for"
              + " windows of one second. Absent where answers report none, as those of self-hosted"
              + " servers.",
          "sentry_instance",
          "endpoint",
          "kind");
  public static final Metric SNAPSHOT_AGE =
      Metric.gauge(
          "sentry_exporter_snapshot_age_seconds",
          "Age of the answer in use, the oldest where there are several, for data requested in the"
              + " last five minutes.",
          "sentry_instance",
          "organization",
          "collector");
  public static final Metric ENDPOINT_AVAILABLE =
      Metric.gauge(
          "sentry_exporter_endpoint_available",
          "Whether this Sentry has the endpoint and has enabled it for the organization; checked"
              + " again within a day.",
          "sentry_instance",
          "organization",
          "endpoint");
  public static final Metric TOKEN_SCOPE_MISSING =
      Metric.gauge(
          "sentry_exporter_token_scope_missing",
          "1 for a scope without which Sentry refused the token.",
          "sentry_instance",
          "organization",
          "scope");
  public static final Metric ENDPOINT_DEPRECATION =
      Metric.gauge(
          "sentry_exporter_endpoint_deprecation_timestamp_seconds",
          "Time from which Sentry does not serve the endpoint any more, as its answers announce.",
          "sentry_instance",
          "endpoint");
  public static final Metric CLOCK_SKEW =
      Metric.gauge(
          "sentry_exporter_clock_skew_seconds",
          "Seconds by which Sentry's clock is ahead of this machine's. Counters follow Sentry's"
              + " clock.",
          "sentry_instance");
  public static final Metric RATE_NEEDED =
      Metric.gauge(
          "sentry_exporter_api_needed_requests_per_second",
          "Rate of requests that probes of `prober: http` need, in the last minute. If it is above"
              + " the rate given, probes fail; `prober: sentry` needs a few requests a minute for"
              + " all projects of an organization.",
          "server",
          "endpoint");
  public static final Metric RATE_GIVEN =
      Metric.gauge(
          "sentry_exporter_api_given_requests_per_second",
          "Rate of requests that `rate_limit.share` of Sentry's limit gives to probes of"
              + " `prober: http`. Absent where Sentry advertises no limit.",
          "server",
          "endpoint");

  public static final Metric COUNTERS_HELD =
      Metric.gauge(
          "sentry_exporter_counters_held",
          "Series of counters that are held at their highest value for over an hour, or by more"
              + " than 1 %, because Sentry reports less now.",
          "collector");

  public static final Metric COUNTERS_WITHHELD =
      Metric.gauge(
          "sentry_exporter_counters_withheld",
          "Projects whose counters are withheld until the UTC month, or day, ends, because their"
              + " slugs were other projects' in it.",
          "collector");

  private static final Metric THROTTLED =
      Metric.counter(
          "sentry_exporter_api_throttled_seconds_total",
          "Time that requests waited to keep within Sentry's limits and the exporter's own.",
          "endpoint");
  private static final Metric TURNS_REFUSED =
      Metric.counter(
          "sentry_exporter_api_turns_refused_total",
          "Requests not sent because Sentry's limit left no turn before the probe's deadline. With"
              + " `prober: http`, `prober: sentry` avoids this.",
          "endpoint");
  private static final Metric CORRECTIONS =
      Metric.counter(
          "sentry_exporter_corrections_total",
          "Series of counters that are held at their value because Sentry reported less than"
              + " before.",
          "collector");
  private static final Metric TRUNCATED =
      Metric.counter(
          "sentry_exporter_truncated_responses_total",
          "Answers that Sentry truncated and that were requested again in parts.",
          "organization",
          "collector");

  private static final Metric DROPPED =
      Metric.counter(
          "sentry_exporter_dropped_total",
          "Values and list items in Sentry's answers that were left out because they are invalid."
              + " The trace of a probe names them.",
          "collector",
          "cause");

  private static final List<Metric> GAUGES =
      List.of(
          RATE_LIMIT,
          RATE_NEEDED,
          RATE_GIVEN,
          SNAPSHOT_AGE,
          ENDPOINT_AVAILABLE,
          TOKEN_SCOPE_MISSING,
          ENDPOINT_DEPRECATION,
          CLOCK_SKEW,
          COUNTERS_HELD,
          COUNTERS_WITHHELD);

  private static final Logger log = LoggerFactory.getLogger(SentryMetrics.class);

  static final List<Metric> DECLARED =
      List.of(
          RATE_LIMIT,
          RATE_NEEDED,
          RATE_GIVEN,
          THROTTLED,
          TURNS_REFUSED,
          SNAPSHOT_AGE,
          ENDPOINT_AVAILABLE,
          TOKEN_SCOPE_MISSING,
          ENDPOINT_DEPRECATION,
          CLOCK_SKEW,
          CORRECTIONS,
          COUNTERS_HELD,
          COUNTERS_WITHHELD,
          TRUNCATED,
          DROPPED);

  private final Set<Supplier<List<MetricFamily>>> instances = new CopyOnWriteArraySet<>();
  private final Counter throttled;
  private final Counter turnsRefused;
  private final Counter corrections;
  private final Counter truncated;
  private final Counter dropped;

  SentryMetrics(PrometheusRegistry registry) {
    throttled = counter(THROTTLED, registry);
    turnsRefused = counter(TURNS_REFUSED, registry);
    corrections = counter(CORRECTIONS, registry);
    truncated = counter(TRUNCATED, registry);
    dropped = counter(DROPPED, registry);
    registry.register((MultiCollector) this::gauges);
  }

  /// Adds an instance, whose gauges are on the page from now on.
  ///
  /// @param figures returns families of this class's public metrics; of duplicate series the first
  ///   counts
  public void add(Supplier<List<MetricFamily>> figures) {
    instances.add(figures);
  }

  public void remove(Supplier<List<MetricFamily>> figures) {
    instances.remove(figures);
  }

  public void throttled(String endpoint, Duration time) {
    throttled.labelValues(endpoint).inc(time.toNanos() / 1e9);
  }

  public void turnRefused(String endpoint) {
    turnsRefused.labelValues(endpoint).inc();
  }

  /// Records counter series that are held at their last value because Sentry reported less than
  /// before.
  public void corrected(String collector, int series) {
    corrections.labelValues(collector).inc(series);
  }

  public void truncated(String organization, String collector) {
    truncated.labelValues(Sample.labelValue(organization), collector).inc();
  }

  /// Records a value or an item of an answer that was left out.
  public void dropped(String collector, String cause) {
    dropped.labelValues(collector, cause).inc();
  }

  /// Collects the gauges of all instances, reading each once.
  private MetricSnapshots gauges() {
    Map<Metric, Map<Labels, Double>> values = new LinkedHashMap<>();
    GAUGES.forEach(gauge -> values.put(gauge, new LinkedHashMap<>()));
    for (Supplier<List<MetricFamily>> instance : instances) {
      for (MetricFamily family : families(instance)) {
        Metric gauge = family.metric();
        Map<Labels, Double> told = values.computeIfAbsent(gauge, _ -> new LinkedHashMap<>());
        for (Sample sample : family.samples()) { // two of a name, while one replaces the other
          told.putIfAbsent(Labels.of(gauge.labels(), sample.labelValues()), sample.value());
        }
      }
    }
    return new MetricSnapshots(
        values.entrySet().stream().map(all -> gauge(all.getKey(), all.getValue())).toList());
  }

  /// The gauges of an instance; empty if it fails, so that the page still has the others.
  private static List<MetricFamily> families(Supplier<List<MetricFamily>> instance) {
    try {
      return instance.get();
    } catch (RuntimeException e) { // a bug in the exporter
      log.atError().setCause(e).log("internal error in the gauges of an instance");
      return List.of();
    }
  }

  private static MetricSnapshot gauge(Metric metric, Map<Labels, Double> values) {
    return new GaugeSnapshot(
        new MetricMetadata(metric.name(), metric.help()),
        values.entrySet().stream()
            .map(point -> new GaugeDataPointSnapshot(point.getValue(), point.getKey(), null))
            .toList());
  }

  private static Counter counter(Metric metric, PrometheusRegistry registry) {
    return Counter.builder()
        .name(metric.name())
        .help(metric.help())
        .labelNames(metric.labels().toArray(String[]::new))
        .withoutExemplars()
        .register(registry);
  }
}
