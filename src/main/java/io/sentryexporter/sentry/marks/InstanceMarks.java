package io.sentryexporter.sentry.marks;

import io.sentryexporter.metrics.SentryMetrics;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/// The high-water marks of each instance of Sentry. They outlive a change of its configuration:
/// with another token or one organization more it is the same server, whose counters must not fall.
public final class InstanceMarks {
  /// More than any file has; reloads may bring new ones for years.
  private static final int MOST = 10_000;

  private final MarksStorage storage;
  private final SentryMetrics metrics;
  private final Map<Server, HighWaterMarks> marks = new LinkedHashMap<>(16, 0.75f, true);

  private record Server(String name, URI url) {}

  public InstanceMarks(MarksStorage storage, SentryMetrics metrics) {
    this.storage = storage;
    this.metrics = metrics;
  }

  /// Those of the instance of this name at this address: always the same.
  public synchronized HighWaterMarks of(String name, URI url) {
    HighWaterMarks of =
        marks.computeIfAbsent(
            new Server(name, url), _ -> new HighWaterMarks(storage, name + "\n" + url, metrics));
    if (marks.size() > MOST) {
      marks.remove(marks.keySet().iterator().next());
    }
    return of;
  }
}
