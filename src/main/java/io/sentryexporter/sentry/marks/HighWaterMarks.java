package io.sentryexporter.sentry.marks;

import io.sentryexporter.metrics.SentryMetrics;
import io.sentryexporter.sentry.model.Kind;
import io.sentryexporter.sentry.model.Sums;
import io.sentryexporter.sentry.question.CounterQuestion;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What counters have reached, so that none falls while its epoch lasts.
///
/// Sentry may tell less than before: a replica lags, a project is deleted, figures are corrected.
/// Prometheus would take that for a restart at 0 and add the whole epoch once more. So a series
/// stays at the greatest value seen, and once seen does not go, until the epoch's start is another.
public final class HighWaterMarks {
  private static final int MOST = 20_000;

  private final MarksStorage storage;
  private final String instance;
  private final SentryMetrics metrics;
  private final Map<CounterQuestion, Marks> marks = new LinkedHashMap<>(16, 0.75f, true);

  private record Series(long project, Kind kind) {}

  /// Those of one question. Guarded by its own lock, which is held while they are first read from
  /// the storage, and not while they are written to it.
  private static final class Marks {
    private @Nullable Sums sums;
    private Set<Series> held = Set.of();
    private boolean isLoaded;
    private boolean isSaving;
    private boolean isChanged;
  }

  /// @param instance what tells the instance from every other, in the storage
  public HighWaterMarks(MarksStorage storage, String instance, SentryMetrics metrics) {
    this.storage = storage;
    this.instance = instance;
    this.metrics = metrics;
  }

  /// The answer, with nothing in it below what was there before.
  public Sums raise(CounterQuestion question, Sums answer) {
    Marks of = of(question);
    loadOnce(question, of);
    synchronized (of) {
      Sums before = of.sums;
      if (before == null || !before.start().equals(answer.start())) {
        of.held = Set.of();
        of.sums = answer;
      } else {
        var held = new HashSet<Series>();
        of.sums = higher(before, answer, held);
        var newlyHeld = new HashSet<>(held);
        newlyHeld.removeAll(of.held);
        if (!newlyHeld.isEmpty()) {
          metrics.corrected(question.collector(), newlyHeld.size());
        }
        of.held = held;
      }
      of.isChanged = true;
      return of.sums;
    }
  }

  /// Writes what has been reached, unless another thread does: that one takes it along.
  public void save(CounterQuestion question) {
    Marks of = of(question);
    Sums next = beginSaving(of);
    while (next != null) {
      storage.save(identity(question), next);
      next = goOnSaving(of);
    }
  }

  private static @Nullable Sums beginSaving(Marks of) {
    synchronized (of) {
      if (of.isSaving || !of.isChanged) {
        return null;
      }
      of.isSaving = true;
      of.isChanged = false;
      return of.sums;
    }
  }

  private static @Nullable Sums goOnSaving(Marks of) {
    synchronized (of) {
      of.isSaving = of.isChanged;
      of.isChanged = false;
      return of.isSaving ? of.sums : null;
    }
  }

  private void loadOnce(CounterQuestion question, Marks of) {
    synchronized (of) {
      if (!of.isLoaded) {
        of.isLoaded = true;
        of.sums = storage.load(identity(question));
      }
    }
  }

  /// @param held receives the series in which `before` is above `now`
  private static Sums higher(Sums before, Sums now, Set<Series> held) {
    before
        .byProject()
        .forEach((project, kinds) -> {
          Map<Kind, Long> present = now.of(project);
          kinds.forEach((kind, mark) -> {
            Long value = present.get(kind);
            if (value == null || value < mark) {
              held.add(new Series(project, kind));
            }
          });
        });
    if (held.isEmpty()) {
      return now;
    }
    Map<Long, Map<Kind, Long>> raised = new HashMap<>(now.byProject());
    Set<Long> copied = new HashSet<>();
    for (Series series : held) {
      long mark = before.of(series.project()).getOrDefault(series.kind(), 0L);
      if (copied.add(series.project())) {
        raised.put(series.project(), new HashMap<>(now.of(series.project())));
      }
      raised.getOrDefault(series.project(), new HashMap<>()).put(series.kind(), mark);
    }
    return now.with(raised);
  }

  private Marks of(CounterQuestion question) {
    synchronized (marks) {
      Marks of = marks.computeIfAbsent(question, _ -> new Marks());
      if (marks.size() > MOST) {
        marks.remove(marks.keySet().iterator().next());
      }
      return of;
    }
  }

  private String identity(CounterQuestion question) {
    return instance + "\n" + question;
  }
}
