package io.sentryexporter.sentry.model;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Quantities over a stretch of time, by project and kind.
///
/// Units are Sentry's: events; bytes for `attachment` and `log_byte`; milliseconds for
/// `profile_duration` and `profile_duration_ui`. What is absent has not happened or is not known to
/// this server; what is there only grows while `start` stands, if it is a counter's.
///
/// @param start of the time, inclusive
/// @param end of the time, exclusive; of a counter, the time of the request
/// @param byProject by the project's numeric id; [#WHOLE_ORGANIZATION] for sums that are not split
/// @param unknown series that the answer has without a value that makes sense: neither counted nor
///   0
/// @param coverage what the server counts
public record Sums(
    Instant start,
    Instant end,
    Map<Long, Map<Kind, Long>> byProject,
    Set<Series> unknown,
    Coverage coverage) {
  /// Stands for the id of a project where sums are of the whole organization.
  public static final long WHOLE_ORGANIZATION = 0;

  /// The coverage of a server: it reports nothing else, and a missing value is not 0.
  public enum Coverage {
    EVERYTHING,
    /// As GlitchTip.
    ACCEPTED_ERRORS_AND_TRANSACTIONS,
    /// As the statistics of a single project.
    ERRORS;

    private boolean has(Kind kind) {
      return switch (this) {
        case EVERYTHING -> true;
        case ACCEPTED_ERRORS_AND_TRANSACTIONS ->
            kind.outcome().equals(Kind.ACCEPTED)
                && (kind.category().equals(Kind.ERROR) || kind.category().equals("transaction"));
        case ERRORS -> kind.category().equals(Kind.ERROR);
      };
    }
  }

  /// One quantity of a project.
  public record Series(long project, Kind kind) {}

  public Sums {
    byProject = Map.copyOf(byProject);
    unknown = Set.copyOf(unknown);
  }

  /// Sums of a server that reports every outcome.
  public Sums(Instant start, Instant end, Map<Long, Map<Kind, Long>> byProject) {
    this(start, end, byProject, Set.of(), Coverage.EVERYTHING);
  }

  /// The same answer with other quantities.
  public Sums with(Map<Long, Map<Kind, Long>> quantities) {
    return new Sums(start, end, quantities, unknown, coverage);
  }

  /// The same answer, of which some more series are not known.
  public Sums withUnknown(Collection<Series> series) {
    var all = new HashSet<>(unknown);
    all.addAll(series);
    return new Sums(start, end, byProject, all, coverage);
  }

  /// Whether a quantity that is absent is 0, rather than not known.
  public boolean isZero(long project, Kind kind) {
    return coverage.has(kind)
        && !of(project).containsKey(kind)
        && (unknown.isEmpty() || !unknown.contains(new Series(project, kind)));
  }

  /// The sums of several answers about different projects, of those that begin last; null of none.
  public static @Nullable Sums joined(Collection<Sums> answers) {
    Instant start = answers.stream().map(Sums::start).max(Comparator.naturalOrder()).orElse(null);
    if (start == null) {
      return null;
    }
    List<Sums> ofStart = answers.stream().filter(each -> each.start().equals(start)).toList();
    var byProject = new HashMap<Long, Map<Kind, Long>>();
    var unknown = new HashSet<Series>();
    Instant end = ofStart.getFirst().end();
    for (Sums each : ofStart) {
      byProject.putAll(each.byProject());
      unknown.addAll(each.unknown());
      end = each.end().isBefore(end) ? each.end() : end;
    }
    return new Sums(start, end, byProject, unknown, ofStart.getFirst().coverage());
  }

  /// The quantities of one project, empty if there are none.
  public Map<Kind, Long> of(long project) {
    return byProject.getOrDefault(project, Map.of());
  }

  /// These sums without those of other projects.
  public Sums onlyOf(long project) {
    return with(Map.of(project, of(project)));
  }

  /// The sums over all projects and outcomes.
  public Map<String, Long> byCategory() {
    Map<String, Long> byCategory = new HashMap<>();
    byProject
        .values()
        .forEach(kinds ->
            kinds.forEach(
                (kind, quantity) -> byCategory.merge(kind.category(), quantity, Long::sum)));
    return byCategory;
  }

  /// The higher value of each series of these and other sums.
  public Sums highest(Sums other) {
    Map<Long, Map<Kind, Long>> highest = new HashMap<>();
    for (Sums each : List.of(this, other)) {
      each.byProject()
          .forEach((project, kinds) -> {
            var ofProject = highest.computeIfAbsent(project, _ -> new HashMap<>());
            kinds.forEach((kind, quantity) -> ofProject.merge(kind, quantity, Math::max));
          });
    }
    Instant later = end.isAfter(other.end) ? end : other.end;
    return new Sums(start, later, highest);
  }
}
