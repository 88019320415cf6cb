package io.sentryexporter.sentry.marks;

import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.metrics.SentryMetrics;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// The high-water marks of each instance of Sentry. They outlive a change of its configuration:
/// with another token or one organization more it is the same server, whose counters must not fall.
public final class InstanceMarks implements AutoCloseable {
  /// More than any file has; reloads may bring new ones for years.
  private static final int MOST = 10_000;

  private final MarksStorage storage;
  private final SentryMetrics metrics;
  private final LongSupplier nanoTime;

  /// By name and URL.
  private final Map<String, HighWaterMarks> marks = new LinkedHashMap<>(16, 0.75f, true);

  /// @param nanoTime a clock that only goes forward, in nanoseconds
  public InstanceMarks(MarksStorage storage, SentryMetrics metrics, LongSupplier nanoTime) {
    this.storage = storage;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
    metrics.add(this::gauges);
  }

  /// Those of the instance of this name at this address: always the same.
  public synchronized HighWaterMarks of(String name, URI url) {
    HighWaterMarks of =
        marks.computeIfAbsent(
            name + "\n" + url, server -> new HighWaterMarks(storage, server, metrics, nanoTime));
    if (marks.size() > MOST) {
      marks.remove(marks.keySet().iterator().next());
    }
    return of;
  }

  /// Lets other processes have the storage.
  @Override
  public void close() {
    storage.close();
  }

  private List<MetricFamily> gauges() {
    return List.of(
        gauge(SentryMetrics.COUNTERS_HELD, HighWaterMarks::notablyHeld),
        gauge(SentryMetrics.COUNTERS_WITHHELD, HighWaterMarks::withheld));
  }

  /// The sums over all instances, by collector.
  private MetricFamily gauge(Metric metric, Function<HighWaterMarks, Map<String, Integer>> of) {
    List<HighWaterMarks> all;
    synchronized (this) {
      all = List.copyOf(marks.values());
    }
    var sums = new TreeMap<String, Integer>();
    all.forEach(
        one -> of.apply(one).forEach((collector, n) -> sums.merge(collector, n, Integer::sum)));
    return new MetricFamily(
        metric,
        sums.entrySet().stream().map(one -> Sample.now(one.getValue(), one.getKey())).toList());
  }
}
