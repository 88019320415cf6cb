package io.sentryexporter.sentry.model;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Quantities over a stretch of time, by project and kind.
///
/// Units are Sentry's: events; bytes for `attachment` and `log_byte`; milliseconds for
/// `profile_duration` and `profile_duration_ui`. What is absent has not happened or is not known to
/// this server; what is there only grows while `start` stands, if it is a counter's.
///
/// @param start of the time, inclusive
/// @param end of the time, exclusive; of a counter, the time of the request
/// @param byProject by the project's numeric id; [#WHOLE_ORGANIZATION] for totals that are not
///   split
/// @param unknown series that the answer has without a value that makes sense: neither counted nor
///   0
/// @param coverage what the server counts
public record Totals(
    Instant start,
    Instant end,
    Map<Long, Map<OutcomeKey, Long>> byProject,
    Set<Series> unknown,
    Coverage coverage) {
  /// Stands for the id of a project where totals are of the whole organization.
  public static final long WHOLE_ORGANIZATION = 0;

  /// The coverage of a server: it reports nothing else, and a missing value is not 0.
  public enum Coverage {
    EVERYTHING,
    /// As GlitchTip.
    ACCEPTED_ERRORS_AND_TRANSACTIONS,
    /// As the statistics of a single project.
    ERRORS;

    private boolean has(OutcomeKey kind) {
      return switch (this) {
        case EVERYTHING -> true;
        case ACCEPTED_ERRORS_AND_TRANSACTIONS ->
            kind.outcome().equals(OutcomeKey.ACCEPTED)
                && (kind.category().equals(OutcomeKey.ERROR)
                    || kind.category().equals("transaction"));
        case ERRORS -> kind.category().equals(OutcomeKey.ERROR);
      };
    }
  }

  /// One quantity of a project.
  public record Series(long project, OutcomeKey kind) {}

  public Totals {
    byProject = Map.copyOf(byProject);
    unknown = Set.copyOf(unknown);
  }

  /// Totals of a server that reports every outcome.
  public Totals(Instant start, Instant end, Map<Long, Map<OutcomeKey, Long>> byProject) {
    this(start, end, byProject, Set.of(), Coverage.EVERYTHING);
  }

  /// The same answer with other quantities.
  public Totals with(Map<Long, Map<OutcomeKey, Long>> quantities) {
    return new Totals(start, end, quantities, unknown, coverage);
  }

  /// The same answer, of which some more series are not known.
  public Totals withUnknown(Collection<Series> series) {
    var all = new HashSet<>(unknown);
    all.addAll(series);
    return new Totals(start, end, byProject, all, coverage);
  }

  /// The sum of two quantities, unless it is beyond 64 bits.
  public static long added(long one, long other) throws SentryException {
    try {
      return Math.addExact(one, other);
    } catch (ArithmeticException _) {
      throw new SentryException(Reason.PARSE, "quantities add up to more than 2^63", 200, 0);
    }
  }

  /// Whether a quantity that is absent is 0, rather than not known.
  public boolean isZero(long project, OutcomeKey kind) {
    return coverage.has(kind)
        && !of(project).containsKey(kind)
        && (unknown.isEmpty() || !unknown.contains(new Series(project, kind)));
  }

  /// The totals of several answers about different projects, of those that begin last; null of
  /// none.
  public static @Nullable Totals joined(Collection<Totals> answers) {
    Instant start = answers.stream().map(Totals::start).max(Comparator.naturalOrder()).orElse(null);
    if (start == null) {
      return null;
    }
    List<Totals> ofStart = answers.stream().filter(each -> each.start().equals(start)).toList();
    var byProject = new HashMap<Long, Map<OutcomeKey, Long>>();
    var unknown = new HashSet<Series>();
    Instant end = ofStart.getFirst().end();
    for (Totals each : ofStart) {
      byProject.putAll(each.byProject());
      unknown.addAll(each.unknown());
      end = each.end().isBefore(end) ? each.end() : end;
    }
    return new Totals(start, end, byProject, unknown, ofStart.getFirst().coverage());
  }

  /// The quantities of one project, empty if there are none.
  public Map<OutcomeKey, Long> of(long project) {
    return byProject.getOrDefault(project, Map.of());
  }

  /// These totals without those of other projects.
  public Totals onlyOf(long project) {
    return with(Map.of(project, of(project)));
  }

  /// The totals over all projects and outcomes.
  public Map<String, Long> byCategory() throws SentryException {
    Map<String, Long> byCategory = new HashMap<>();
    for (Map<OutcomeKey, Long> kinds : byProject.values()) {
      for (var quantity : kinds.entrySet()) {
        String category = quantity.getKey().category();
        long before = byCategory.getOrDefault(category, 0L);
        byCategory.put(category, added(before, quantity.getValue()));
      }
    }
    return byCategory;
  }

  /// The higher value of each series of these and other totals.
  public Totals highest(Totals other) {
    Map<Long, Map<OutcomeKey, Long>> highest = new HashMap<>();
    for (Totals each : List.of(this, other)) {
      each.byProject()
          .forEach((project, kinds) -> {
            var ofProject = highest.computeIfAbsent(project, _ -> new HashMap<>());
            kinds.forEach((kind, quantity) -> ofProject.merge(kind, quantity, Math::max));
          });
    }
    Instant later = end.isAfter(other.end) ? end : other.end;
    return new Totals(start, later, highest);
  }

  /// Counters that can be exposed under the slugs of their projects.
  ///
  /// @param totals without the projects that are withheld
  /// @param withheld ids of projects whose slugs were others' in this epoch: nothing is known of
  ///   their counters, not even that they are 0
  public record Owned(Totals totals, Set<Long> withheld) {
    public Owned {
      withheld = Set.copyOf(withheld);
    }
  }

  /// Quantities as they are put together from one answer or several.
  public static final class Builder {
    private final Map<Long, Map<OutcomeKey, Long>> byProject = new HashMap<>();

    /// One object for each kind: a large organization has some thirty, in thousands of projects.
    private final Map<OutcomeKey, OutcomeKey> kinds = new HashMap<>();

    private final Set<Totals.Series> unknown = new HashSet<>();

    /// A series that the answer has without a value that makes sense.
    public void addUnknown(long project, OutcomeKey kind) {
      unknown.add(new Totals.Series(project, kind));
    }

    /// Adds to what is there; null for a value that makes no sense.
    public void add(long project, OutcomeKey kind, @Nullable Long quantity) throws SentryException {
      if (quantity == null) {
        addUnknown(project, kind);
      } else {
        add(project, kind, quantity.longValue());
      }
    }

    /// Adds to what is there.
    public void add(long project, OutcomeKey kind, long quantity) throws SentryException {
      Map<OutcomeKey, Long> quantities = byProject.computeIfAbsent(project, _ -> new HashMap<>());
      OutcomeKey shared = kinds.computeIfAbsent(kind, each -> each);
      quantities.put(shared, added(quantities.getOrDefault(shared, 0L), quantity));
    }

    public Totals build(Instant start, Instant end) {
      return build(start, end, Totals.Coverage.EVERYTHING);
    }

    public Totals build(Instant start, Instant end, Totals.Coverage coverage) {
      return new Totals(
          start,
          end,
          byProject.entrySet().stream()
              .collect(
                  Collectors.toUnmodifiableMap(
                      Map.Entry::getKey, entry -> Map.copyOf(entry.getValue()))),
          unknown,
          coverage);
    }
  }
}
