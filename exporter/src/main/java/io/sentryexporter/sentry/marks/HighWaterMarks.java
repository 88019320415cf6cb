package io.sentryexporter.sentry.marks;

import io.sentryexporter.metrics.SentryMetrics;
import io.sentryexporter.sentry.api.CounterRequest;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// Keeps the highest values of counters, so that none falls while its epoch lasts.
///
/// Sentry may report less than before: a replica lags, a project is deleted, counts are corrected.
/// Prometheus would take that for a restart at 0 and add the whole epoch once more. So a series
/// stays at the greatest value seen, and once seen does not go, until the epoch's start is another.
/// Only a fall below half that lasts is believed: Sentry has lost its counts.
public final class HighWaterMarks {
  private static final int MOST = 20_000;

  /// Counters that are no longer requested are not reported as held.
  private static final Duration STILL_REQUESTED = Duration.ofMinutes(15);

  private final MarksStorage storage;
  private final String instance;
  private final SentryMetrics metrics;
  private final LongSupplier nanoTime;
  private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  private final Map<String, Slugs> slugs = new LinkedHashMap<>(16, 0.75f, true);

  private record Slugs(String collector, SlugOwners owners) {}

  private record Entry(Marks marks, String collector, long raisedNanos) {}

  /// @param instance what sets the instance apart from every other, in the storage
  HighWaterMarks(
      MarksStorage storage, String instance, SentryMetrics metrics, LongSupplier nanoTime) {
    this.storage = storage;
    this.instance = instance;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
  }

  /// Whether there are marks of an earlier process or of two readings: else the only answer may be
  /// one that is behind.
  public boolean areProven(CounterRequest request) {
    return of(request).isProven();
  }

  /// Whether no mark stands behind an answer: it is the first of a process or of an epoch.
  public boolean isFirst(CounterRequest request, Totals answer) {
    return of(request).isFirst(answer);
  }

  /// Two readings have raised them.
  public void prove(CounterRequest request) {
    of(request).prove();
  }

  /// The answer, with nothing in it below what was there before.
  ///
  /// @throws SentryException if it is of an earlier epoch than the last one
  public Totals raise(CounterRequest request, Totals answer) throws SentryException {
    return of(request).raise(request, answer);
  }

  /// Writes what has been reached, unless another thread does: that one takes it along.
  public void save(CounterRequest request) {
    Marks marks = of(request);
    Marks.ToStore next = marks.beginSaving(request.counting());
    while (next != null) {
      boolean isStored = storage.save(identity(request), next.totals(), next.isReset());
      next = marks.goOnSaving(next, isStored);
    }
  }

  /// The counters to expose under the slugs of their projects.
  public Totals.Owned owned(
      String collector,
      String organization,
      Counting counting,
      Totals totals,
      Collection<Project> projects) {
    String key = "slugs\n" + collector + "\n" + counting.epoch().label() + "\n" + organization;
    SlugOwners owners;
    synchronized (slugs) {
      owners = slugs.computeIfAbsent(key, _ -> new Slugs(collector, new SlugOwners())).owners();
      if (slugs.size() > MOST) {
        slugs.remove(slugs.keySet().iterator().next());
      }
    }
    String identity = instance + "\n" + key;
    Totals.Owned owned =
        owners.owned(totals, projects, counting.resetShown(), () -> storage.load(identity));
    Totals unsaved = owners.takeUnsaved(totals);
    if (unsaved != null && !storage.save(identity, unsaved, false)) {
      owners.notSaved();
    }
    return owned;
  }

  /// Number of projects whose counters are withheld, by collector.
  Map<String, Integer> withheld() {
    var withheld = new HashMap<String, Integer>();
    synchronized (slugs) {
      slugs
          .values()
          .forEach(
              each -> withheld.merge(each.collector(), each.owners().withheld(), Integer::sum));
    }
    return withheld;
  }

  /// Number of series held long or far above Sentry's values, by collector.
  Map<String, Integer> notablyHeld() {
    var requested = new ArrayList<Entry>();
    long now = nanoTime.getAsLong();
    synchronized (entries) {
      entries.values().stream()
          .filter(entry -> now - entry.raisedNanos() < STILL_REQUESTED.toNanos())
          .forEach(requested::add);
    }
    var held = new HashMap<String, Integer>();
    requested.forEach(
        entry -> held.merge(entry.collector(), entry.marks().notablyHeld(), Integer::sum));
    return held;
  }

  private Marks of(CounterRequest request) {
    long now = nanoTime.getAsLong();
    Marks marks;
    synchronized (entries) {
      Entry entry =
          entries.compute(
              request.markKey(),
              (_, before) ->
                  new Entry(
                      before == null ? new Marks(metrics) : before.marks(),
                      request.collector(),
                      now));
      marks = entry.marks();
      if (entries.size() > MOST) {
        entries.remove(entries.keySet().iterator().next());
      }
    }
    marks.loadOnce(() -> storage.load(identity(request)));
    return marks;
  }

  private String identity(CounterRequest request) {
    return instance + "\n" + request.markKey();
  }
}
