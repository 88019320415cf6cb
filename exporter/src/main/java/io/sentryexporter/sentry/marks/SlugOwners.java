package io.sentryexporter.sentry.marks;

import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.Totals;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which project the counters of each slug are of, while an epoch lasts. Guarded by its own lock.
///
/// A project that is renamed has new series, and its old ones end. If its old slug goes to another
/// project, a series goes on with that one's count: right if the project is new, for then all of
/// its count is to be added, and wrong if it is older, for then Prometheus takes its count of the
/// whole epoch for an increase. So counters of the latter are withheld until the epoch ends. Then
/// the series is 0 at first, for the new count may be above the last one of the other project.
final class SlugOwners {
  private static final Logger log = LoggerFactory.getLogger(HighWaterMarks.class);

  private boolean isLoaded;
  private boolean isUnsaved;
  private @Nullable Instant start;
  private Map<String, Claim> claims = new HashMap<>();

  /// Of the epoch before, for claims that are made until `endedUntil`.
  private Map<String, Claim> ended = Map.of();

  private Instant endedUntil = Instant.MIN;
  private Set<Long> withheld = Set.of();

  /// @param number counts the projects that have had the slug
  /// @param zeroUntil the series are 0 before, so that Prometheus sees the reset
  private record Claim(long project, long number, Instant zeroUntil) {}

  /// @param stored what an earlier process has stored, read once
  /// @param zeroFor time during which a series that starts anew is 0
  synchronized Totals.Owned owned(
      Totals totals,
      Collection<Project> projects,
      Duration zeroFor,
      Supplier<@Nullable Totals> stored) {
    loadOnce(stored);
    if (start == null || start.isBefore(totals.start())) {
      start = totals.start();
      ended = claims;
      endedUntil = totals.end().plus(zeroFor);
      claims = new HashMap<>();
    } else if (!start.equals(totals.start())) { // the old window of a module with a longer overlap
      return new Totals.Owned(totals, Set.of());
    }
    var refused = new HashSet<Long>();
    var zero = new HashSet<Long>();
    for (Project project : projects) {
      Claim claim = claims.get(project.slug());
      boolean isNew = claim != null && claim.project() != project.id();
      if (claim == null) {
        Claim last = totals.end().isBefore(endedUntil) ? ended.get(project.slug()) : null;
        boolean isOthers = last != null && last.project() != project.id();
        Instant until = isOthers ? totals.end().plus(zeroFor) : totals.start();
        claims.put(project.slug(), new Claim(project.id(), 1, until));
        if (isOthers) {
          zero.add(project.id());
        }
        isUnsaved = true;
      } else if (isNew && isCreatedAfter(project, totals.start())) {
        Instant until = totals.end().plus(zeroFor);
        claims.put(project.slug(), new Claim(project.id(), claim.number() + 1, until));
        zero.add(project.id());
        isUnsaved = true;
      } else if (isNew) {
        refused.add(project.id());
        report(project);
      } else if (totals.end().isBefore(claim.zeroUntil())) {
        zero.add(project.id());
      }
    }
    withheld = Set.copyOf(refused);
    return new Totals.Owned(exposed(totals, refused, zero), withheld);
  }

  /// Number of projects whose counters are withheld.
  synchronized int withheld() {
    return withheld.size();
  }

  /// The data to store, as totals: the number of each claim, by project and slug. Null if there is
  /// nothing new.
  synchronized @Nullable Totals takeUnsaved(Totals totals) {
    if (!isUnsaved || !totals.start().equals(start)) {
      return null;
    }
    isUnsaved = false;
    Map<Long, Map<OutcomeKey, Long>> numbers = new HashMap<>();
    claims.forEach((slug, claim) ->
        numbers
            .computeIfAbsent(claim.project(), _ -> new HashMap<>())
            .put(new OutcomeKey("slug", slug), claim.number()));
    return new Totals(totals.start(), totals.end(), numbers);
  }

  synchronized void notSaved() {
    isUnsaved = true;
  }

  private void loadOnce(Supplier<@Nullable Totals> stored) {
    if (isLoaded) {
      return;
    }
    isLoaded = true;
    Totals totals = stored.get();
    if (totals == null) {
      return;
    }
    start = totals.start();
    totals
        .byProject()
        .forEach((project, numbers) ->
            numbers.forEach((slug, number) ->
                claims.merge(
                    slug.outcome(),
                    new Claim(project, number, totals.start()),
                    BinaryOperator.maxBy(Comparator.comparingLong(Claim::number)))));
  }

  private static boolean isCreatedAfter(Project project, Instant start) {
    Instant created = project.created();
    return created != null && !created.isBefore(start);
  }

  private static Totals exposed(Totals totals, Set<Long> withheld, Set<Long> zero) {
    if (withheld.isEmpty() && zero.isEmpty()) {
      return totals;
    }
    Map<Long, Map<OutcomeKey, Long>> byProject = new HashMap<>(totals.byProject());
    byProject.keySet().removeAll(withheld);
    zero.forEach(project ->
        byProject.computeIfPresent(
            project,
            (_, kinds) -> {
              var zeros = new HashMap<OutcomeKey, Long>();
              kinds.keySet().forEach(kind -> zeros.put(kind, 0L));
              return zeros;
            }));
    return totals.with(byProject);
  }

  private void report(Project project) {
    if (!withheld.contains(project.id())) {
      log.atWarn()
          .addKeyValue("project", project.slug())
          .addKeyValue("project_id", project.id())
          .log(
              "counters withheld until the epoch ends: the slug was another project's, whose"
                  + " series would go on with the count of this one");
    }
  }
}
