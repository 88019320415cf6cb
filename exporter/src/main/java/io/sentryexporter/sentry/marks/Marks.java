package io.sentryexporter.sentry.marks;

import io.sentryexporter.metrics.SentryMetrics;
import io.sentryexporter.sentry.api.CounterRequest;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.sentry.model.Totals.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The highest values of the counters of one request, in this epoch and in the one before. Guarded
/// by its own lock.
final class Marks {
  private static final Logger log = LoggerFactory.getLogger(HighWaterMarks.class);

  private final SentryMetrics metrics;
  private @Nullable Totals current;
  private @Nullable Totals previous;
  private boolean isLoaded;
  private boolean isProven;
  private boolean isReported;
  private boolean hasStartedAnew;
  private boolean isSaving;
  private boolean isChanged;

  /// By overlap: modules with other refresh intervals switch at other times.
  private final Map<Duration, Shown> shown = new HashMap<>();

  /// Series of this epoch that are held above what Sentry reports.
  private Map<Series, Hold> held = new HashMap<>();

  /// The exposed counters.
  ///
  /// @param start of the epoch
  /// @param zeros series that are 0 until `end`, as their new values would not show a reset
  private record Shown(Instant start, Set<Series> zeros, Instant end) {
    boolean showsZeros(Totals raised) {
      return !zeros.isEmpty() && raised.end().isBefore(end);
    }
  }

  Marks(SentryMetrics metrics) {
    this.metrics = metrics;
  }

  /// Takes over what an earlier process has stored, once. Its lock is held meanwhile: the first
  /// answer waits for the disk.
  synchronized void loadOnce(Supplier<@Nullable Totals> storage) {
    if (!isLoaded) {
      isLoaded = true;
      current = storage.get();
      isProven = current != null;
    }
  }

  /// Whether these are marks of an earlier process or of two readings.
  synchronized boolean isProven() {
    return isProven;
  }

  /// Whether no mark stands behind an answer.
  synchronized boolean isFirst(Totals answer) {
    return !isProven || current == null || current.start().isBefore(answer.start());
  }

  synchronized void prove() {
    isProven = true;
  }

  /// The counters to expose for an answer.
  ///
  /// @throws SentryException if it is of an earlier epoch than the last one
  synchronized Totals raise(CounterRequest request, Totals answer) throws SentryException {
    Counting counting = request.counting();
    Shown last = shown.get(counting.overlap());
    if (last != null && answer.start().isBefore(last.start())) {
      throw new SentryException(
          Reason.PARSE,
          "counters since %s are not taken after counters since %s: a clock went back"
              .formatted(answer.start(), last.start()),
          200,
          0);
    }
    Totals ended = endedBefore(answer.start(), last);
    Totals raised = raised(request, answer);
    isChanged = true;
    if (last == null || last.start().isBefore(answer.start())) {
      last =
          new Shown(
              answer.start(),
              ended == null ? Set.of() : notBelow(ended, raised),
              raised.end().plus(counting.resetShown()));
      shown.put(counting.overlap(), last);
    }
    return last.showsZeros(raised) ? with(raised, last.zeros(), _ -> 0L) : raised;
  }

  /// The data to store, and how to store it.
  ///
  /// @param isReset whether it counts although what is stored is higher
  record ToStore(Totals totals, boolean isReset) {}

  /// The data to store now; null if there is nothing new, or another thread stores and takes it
  /// along. Nothing is stored while a reset is shown, so that it is shown again after a restart.
  synchronized @Nullable ToStore beginSaving(Counting counting) {
    Shown last = shown.get(counting.overlap());
    if (isSaving || current == null || last == null || last.showsZeros(current)) {
      return null;
    }
    return takeChanged();
  }

  /// The data that is left to store, after the last has been.
  ///
  /// @param isStored whether the last could be stored; if not, it is still to do
  synchronized @Nullable ToStore goOnSaving(ToStore last, boolean isStored) {
    if (isStored) {
      return takeChanged();
    }
    isSaving = false;
    isChanged = true;
    hasStartedAnew |= last.isReset();
    return null;
  }

  private @Nullable ToStore takeChanged() {
    ToStore next = current == null || !isChanged ? null : new ToStore(current, hasStartedAnew);
    isSaving = next != null;
    isChanged = false;
    hasStartedAnew = false;
    return next;
  }

  /// Number of series held long or far above Sentry's values.
  synchronized int notablyHeld() {
    Totals marks = current;
    return marks == null
        ? 0
        : (int)
            held.entrySet().stream()
                .filter(one -> one.getValue().isNotable(marks.end(), mark(marks, one.getKey())))
                .count();
  }

  /// The counters that were exposed before those since `start`; null if none are known.
  private @Nullable Totals endedBefore(Instant start, @Nullable Shown last) {
    if (current != null && current.start().isBefore(start)) {
      return current;
    }
    return last != null && last.start().isBefore(start) ? previous : null;
  }

  private Totals raised(CounterRequest request, Totals answer) {
    Totals marks = current;
    if (marks == null) {
      current = answer;
      return answer;
    }
    if (marks.start().isBefore(answer.start())) {
      previous = marks;
      current = with(answer, gone(marks, answer), _ -> 0L);
      held = new HashMap<>();
      isReported = false;
      return current;
    }
    if (marks.start().equals(answer.start())) {
      current = held(request, marks, answer);
      return current;
    }
    Totals before = previous;
    boolean isKnown = before != null && before.start().equals(answer.start());
    previous =
        before != null && isKnown
            ? with(answer, below(before, answer), series -> mark(before, series))
            : answer;
    return previous;
  }

  /// The answer with all series that are below their marks raised to them, save those that are
  /// believed to have started anew.
  private Totals held(CounterRequest request, Totals marks, Totals answer) {
    Set<Series> below = below(marks, answer);
    var now = new HashMap<Series, Hold>();
    for (Series series : below) {
      if (mark(marks, series) > 0) {
        long value = mark(answer, series);
        Hold hold = held.get(series);
        now.put(
            series,
            hold == null ? Hold.begun(answer.end(), value) : hold.next(answer.end(), value));
      }
    }
    Set<Series> anew = startedAnew(now, marks, answer);
    if (!anew.isEmpty()) {
      reportStartedAnew(request, anew, marks, answer);
      hasStartedAnew = true;
      below.removeAll(anew);
      now.keySet().removeAll(anew);
    }
    int newly = (int) now.keySet().stream().filter(series -> !held.containsKey(series)).count();
    metrics.corrected(request.collector(), newly);
    held = now;
    report(request, marks, answer);
    return with(answer, below, series -> mark(marks, series));
  }

  /// Series that have been below half of their marks for long, if one of them grows: Sentry has
  /// lost its counts and counts anew.
  private static Set<Series> startedAnew(Map<Series, Hold> held, Totals marks, Totals answer) {
    var lasting = new HashSet<Series>();
    boolean grows = false;
    for (var one : held.entrySet()) {
      Hold hold = one.getValue();
      if (hold.isLasting(answer.end(), mark(marks, one.getKey()))) {
        lasting.add(one.getKey());
        grows |= hold.isGrowing();
      }
    }
    return grows ? lasting : Set.of();
  }

  /// Once in an epoch.
  private void report(CounterRequest request, Totals marks, Totals answer) {
    if (isReported) {
      return;
    }
    for (var one : held.entrySet()) {
      Series series = one.getKey();
      if (one.getValue().isNotable(answer.end(), mark(marks, series))) {
        isReported = true;
        log.atWarn()
            .addKeyValue("organization", request.organization())
            .addKeyValue("collector", request.collector())
            .addKeyValue("project", series.project())
            .addKeyValue("category", series.kind().category())
            .addKeyValue("outcome", series.kind().outcome())
            .addKeyValue("exposed", mark(marks, series))
            .addKeyValue("reported", one.getValue().last())
            .log(
                "counters are held above what sentry reports now;"
                    + " sentry_exporter_counters_held counts them, docs/counters.md has a way out");
        return;
      }
    }
  }

  private static void reportStartedAnew(
      CounterRequest request, Set<Series> anew, Totals marks, Totals answer) {
    Series one = anew.iterator().next();
    log.atWarn()
        .addKeyValue("organization", request.organization())
        .addKeyValue("collector", request.collector())
        .addKeyValue("series", anew.size())
        .addKeyValue("project", one.project())
        .addKeyValue("exposed", mark(marks, one))
        .addKeyValue("reported", mark(answer, one))
        .log("counters start anew: sentry has reported less than half for ten minutes");
  }

  /// Series of `marks` that are lower or absent in `answer`.
  private static Set<Series> below(Totals marks, Totals answer) {
    var below = new HashSet<Series>();
    marks
        .byProject()
        .forEach((project, kinds) -> {
          Map<OutcomeKey, Long> present = answer.of(project);
          kinds.forEach((kind, mark) -> {
            Long value = present.get(kind);
            if (value == null || value < mark) {
              below.add(new Series(project, kind));
            }
          });
        });
    return below;
  }

  /// Series of an ended epoch that had events, and of which the new epoch has none so far.
  private static Set<Series> gone(Totals ended, Totals answer) {
    Set<Series> gone = below(ended, answer);
    gone.removeIf(
        series -> mark(ended, series) == 0 || !answer.isZero(series.project(), series.kind()));
    return gone;
  }

  /// Series whose new value is not below that of the ended epoch.
  private static Set<Series> notBelow(Totals ended, Totals raised) {
    var notBelow = new HashSet<Series>();
    ended
        .byProject()
        .forEach((project, kinds) -> {
          Map<OutcomeKey, Long> present = raised.of(project);
          kinds.forEach((kind, before) -> {
            if (before > 0 && present.getOrDefault(kind, 0L) >= before) {
              notBelow.add(new Series(project, kind));
            }
          });
        });
    return notBelow;
  }

  private interface Value {
    long of(Series series);
  }

  private static Totals with(Totals totals, Set<Series> changed, Value value) {
    if (changed.isEmpty()) {
      return totals;
    }
    Map<Long, Map<OutcomeKey, Long>> byProject = new HashMap<>(totals.byProject());
    var copies = new HashMap<Long, Map<OutcomeKey, Long>>();
    for (Series series : changed) {
      copies
          .computeIfAbsent(series.project(), project -> new HashMap<>(totals.of(project)))
          .put(series.kind(), value.of(series));
    }
    byProject.putAll(copies);
    return totals.with(byProject);
  }

  private static long mark(Totals totals, Series series) {
    return totals.of(series.project()).getOrDefault(series.kind(), 0L);
  }

  /// The duration and distance of Sentry's values below the mark of a series.
  ///
  /// @param since time of the first answer below the mark
  /// @param runStart time after which the values have not fallen again
  /// @param answers number of answers since `runStart`
  /// @param first value at `runStart`
  /// @param last the last value
  record Hold(Instant since, Instant runStart, int answers, long first, long last) {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration LASTING = Duration.ofMinutes(10);
    private static final int LASTING_ANSWERS = 10;

    static Hold begun(Instant now, long value) {
      return new Hold(now, now, 1, value, value);
    }

    Hold next(Instant now, long value) {
      return value < first
          ? new Hold(since, now, 1, value, value)
          : new Hold(since, runStart, answers + 1, first, value);
    }

    /// Whether an operator should know: for over an hour, or by more than 1 %.
    boolean isNotable(Instant now, long mark) {
      return since.plus(LONG).isBefore(now) || (mark - last) > mark / 100.0;
    }

    /// Whether Sentry has been below half of the mark in ten answers and for ten minutes.
    boolean isLasting(Instant now, long mark) {
      return last < mark / 2.0
          && answers >= LASTING_ANSWERS
          && !runStart.plus(LASTING).isAfter(now);
    }

    boolean isGrowing() {
      return last > first;
    }
  }
}
