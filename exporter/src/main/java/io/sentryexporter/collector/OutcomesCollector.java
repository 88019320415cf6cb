package io.sentryexporter.collector;

import io.sentryexporter.collector.CategoryName.Unit;
import io.sentryexporter.collector.Scope.Extent;
import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.MetricFamily.Samples;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.sentry.SentrySession;
import io.sentryexporter.sentry.api.Outcomes;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.yaml.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Counts the data that the projects sent, by category and outcome.
///
/// @param categories to expose; empty for all that Sentry counts
/// @param reasons whether to expose why data was dropped
/// @param closedHour whether to expose the last full hour as well
record OutcomesCollector(Epoch epoch, Set<String> categories, boolean reasons, boolean closedHour)
    implements Collector {
  static final Key<List<String>> CATEGORIES =
      Key.text(
              "categories",
              "<category>",
              "Only these categories, each with a 0 where nothing happened. Absent: all that Sentry"
                  + " counts, with zeros for `error` and for those that the organization has used"
                  + " since the start of the UTC month, or day.",
              "",
              CategoryName::read)
          .list();
  static final Key<Boolean> REASONS =
      Key.bool("reasons", "Expose the reasons for dropped data, for the organization as a whole.")
          .byDefault(true);
  static final Key<Boolean> CLOSED_HOUR =
      Key.bool(
          "closed_hour",
          "Expose the last full hour too, an independent check of the counters. Not available from"
              + " servers without stats_v2.");

  static final Metric EVENTS =
      Metric.counter(
          "sentry_outcomes_total",
          "Events by what became of them, since the start of the UTC month, or day; Sentry counts"
              + " them within minutes.",
          "project",
          "category",
          "outcome");
  static final Metric BYTES =
      Metric.counter(
          "sentry_outcomes_bytes_total",
          "Bytes of attachments and logs by what became of them, since the start of the UTC month,"
              + " or day.",
          "project",
          "category",
          "outcome");
  static final Metric SECONDS =
      Metric.counter(
          "sentry_outcomes_duration_seconds_total",
          "Profiled time by what became of it, since the start of the UTC month, or day.",
          "project",
          "category",
          "outcome");
  static final Metric UNATTRIBUTED =
      Metric.gauge(
          "sentry_outcomes_unattributed",
          "Events since the start of the UTC month, or day, that the organization's own total has"
              + " beyond the sum of its projects: events that arrived between the two requests, and"
              + " events of projects that the token does not see. More than that means an answer"
              + " was truncated.",
          "category",
          "outcome");
  static final Metric CLOSED_HOUR_EVENTS =
      Metric.gauge(
          "sentry_outcomes_closed_hour",
          "Events of the last full hour by what became of them.",
          "project",
          "category",
          "outcome");
  static final Metric CLOSED_HOUR_START =
      Metric.gauge(
          "sentry_outcomes_closed_hour_start_timestamp_seconds",
          "Start time of the hour of sentry_outcomes_closed_hour.");

  static final CollectorType TYPE =
      new CollectorType(
          "outcomes",
          "What became of the data that the projects sent: accepted, filtered, rate limited, …, as"
              + " true counters, and why it was dropped.",
          "1 for each 240 to 500 projects, as the answer's limit of 10,000 rows requires; 1 more"
              + " for reasons, 1 an hour for closed_hour. A server without stats_v2: up to 3 for"
              + " each project",
          true,
          Duration.ofMinutes(1),
          List.of(Endpoint.ORGANIZATION_STATS_V2, Endpoint.PROJECT_STATS),
          List.of(CommonKeys.EPOCH, CATEGORIES, REASONS, CLOSED_HOUR),
          List.of(
              EVENTS,
              BYTES,
              SECONDS,
              DropReasons.REASONS,
              DropReasons.TRUNCATED,
              UNATTRIBUTED,
              CLOSED_HOUR_EVENTS,
              CLOSED_HOUR_START),
          yaml ->
              new OutcomesCollector(
                  yaml.get(CommonKeys.EPOCH),
                  Set.copyOf(yaml.get(CATEGORIES)),
                  yaml.get(REASONS),
                  yaml.get(CLOSED_HOUR)));

  /// Outcomes that a project exposes as 0, too, if the server reports them; the rarer ones appear
  /// when they first occur.
  private static final List<String> ZERO_FILLED =
      List.of(OutcomeKey.ACCEPTED, OutcomeKey.FILTERED, OutcomeKey.RATE_LIMITED);

  private static final Comparator<OutcomeKey> ORDER =
      Comparator.comparing(OutcomeKey::category).thenComparing(OutcomeKey::outcome);

  OutcomesCollector {
    categories = Set.copyOf(categories);
  }

  @Override
  public Supplier<List<MetricFamily>> collect(SentrySession sentry, Scope scope, Instant now)
      throws InterruptedException {
    String organization = scope.organization();
    Project one = scope.project();
    if (reasons && one == null) {
      sentry.begin(new Outcomes.ByReason(organization, sentry.counting(epoch)));
    }
    if (closedHour) {
      sentry.begin(new Outcomes.OfClosedHour(organization));
    }
    Totals totals =
        one == null
            ? sentry.outcomes(organization, scope.byId().values(), epoch)
            : sentry.outcomes(organization, one, epoch);
    boolean wantsWhy =
        reasons
            && one == null
            && (totals == null || totals.coverage() == Totals.Coverage.EVERYTHING);
    Totals why =
        wantsWhy
            ? sentry.ifSupported(new Outcomes.ByReason(organization, sentry.counting(epoch)))
            : null;
    Totals hour = closedHour ? sentry.ifSupported(new Outcomes.OfClosedHour(organization)) : null;
    if (totals == null) {
      return () -> families(scope, null, why, hour);
    }
    Totals.Owned owned =
        sentry.owned(TYPE.name(), organization, epoch, totals, scope.byId().values());
    return () ->
        families(scope.without(owned.withheld()), owned.totals(), zeros(totals), why, hour);
  }

  /// @param totals null if not known
  /// @param why null if not wanted or not known
  /// @param hour null if not wanted or not known
  List<MetricFamily> families(
      Scope scope, @Nullable Totals totals, @Nullable Totals why, @Nullable Totals hour) {
    Totals used = totals == null ? hour : totals;
    Set<OutcomeKey> zeros = used == null ? Set.of() : zeros(used);
    return families(scope, totals, zeros, why, hour);
  }

  /// @param zeros also of categories that only projects have whose counters are withheld
  private List<MetricFamily> families(
      Scope scope,
      @Nullable Totals totals,
      Set<OutcomeKey> zeros,
      @Nullable Totals why,
      @Nullable Totals hour) {
    var families = new ArrayList<MetricFamily>();
    if (totals != null) {
      samples(scope, totals, zeros)
          .forEach((unit, ofUnit) ->
              families.add(MetricFamily.since(totals.start(), metric(unit), ofUnit)));
    }
    if (why != null) {
      families.addAll(DropReasons.families(why, this::isWanted));
    }
    if (totals != null && why != null && scope.extent() == Extent.WHOLE) {
      families.add(unattributed(totals, why));
    }
    if (hour != null) {
      Samples events = samples(scope, hour, zeros).get(Unit.EVENTS);
      families.add(new MetricFamily(CLOSED_HOUR_EVENTS, events == null ? List.of() : events));
      families.add(MetricFamily.of(CLOSED_HOUR_START, (double) hour.start().getEpochSecond()));
    }
    return families;
  }

  /// Compares the projects' totals with the organization's own.
  private MetricFamily unattributed(Totals ofProjects, Totals ofOrganization) {
    Map<OutcomeKey, Long> rest = new HashMap<>();
    ofOrganization
        .of(Totals.WHOLE_ORGANIZATION)
        .forEach((kind, quantity) -> {
          if (isWanted(kind.category()) && Unit.of(kind.category()) == Unit.EVENTS) {
            rest.merge(new OutcomeKey(kind.category(), kind.outcome()), quantity, Long::sum);
          }
        });
    for (Map<OutcomeKey, Long> ofProject : ofProjects.byProject().values()) {
      ofProject.forEach(
          (kind, quantity) -> rest.computeIfPresent(kind, (_, left) -> left - quantity));
    }
    var samples = new ArrayList<Sample>();
    for (OutcomeKey kind : sorted(rest.keySet())) {
      long left = Math.max(0, rest.getOrDefault(kind, 0L));
      samples.add(Sample.now((double) left, kind.category(), kind.outcome()));
    }
    return new MetricFamily(UNATTRIBUTED, samples);
  }

  private static Metric metric(Unit unit) {
    return switch (unit) {
      case EVENTS -> EVENTS;
      case BYTES -> BYTES;
      case SECONDS -> SECONDS;
    };
  }

  private boolean isWanted(String category) {
    return categories.isEmpty() || categories.contains(category);
  }

  /// The series that a project has if nothing happened.
  ///
  /// A server does not report which categories it knows, and a 0 for an unknown one would be wrong.
  /// So only categories with data are 0, unless the configuration names them.
  private Set<OutcomeKey> zeros(Totals totals) {
    var filled = new HashSet<>(categories);
    if (categories.isEmpty()) {
      filled.add(OutcomeKey.ERROR);
      kinds(totals).forEach(kind -> filled.add(kind.category()));
    }
    var zeros = new HashSet<OutcomeKey>();
    for (String category : filled) {
      ZERO_FILLED.forEach(outcome -> zeros.add(new OutcomeKey(category, outcome)));
    }
    return zeros;
  }

  private static Set<OutcomeKey> kinds(Totals totals) {
    var kinds = new HashSet<OutcomeKey>();
    totals.byProject().values().forEach(ofProject -> kinds.addAll(ofProject.keySet()));
    return kinds;
  }

  private static List<OutcomeKey> sorted(Set<OutcomeKey> kinds) {
    return kinds.stream().sorted(ORDER).toList();
  }

  /// The samples of each unit that has some, by project, category and outcome.
  private Map<Unit, Samples> samples(Scope scope, Totals totals, Set<OutcomeKey> zeros) {
    Set<OutcomeKey> all = kinds(totals);
    all.addAll(zeros);
    all.removeIf(kind -> !isWanted(kind.category()));
    List<OutcomeKey> kinds = sorted(all);
    var samples = new EnumMap<Unit, Samples.Builder>(Unit.class);
    for (Project project : scope.accessibleOr(totals.byProject().keySet())) {
      Map<OutcomeKey, Long> quantities = totals.of(project.id());
      for (OutcomeKey kind : kinds) {
        Long quantity = quantities.get(kind);
        boolean isZero =
            quantity == null
                && project.hasAccess()
                && zeros.contains(kind)
                && totals.isZero(project.id(), kind);
        if (quantity != null || isZero) {
          Unit unit = Unit.of(kind.category());
          samples
              .computeIfAbsent(unit, _ -> new Samples.Builder())
              .add(
                  quantity == null ? 0 : unit.in(quantity),
                  project.slug(),
                  kind.category(),
                  kind.outcome());
        }
      }
    }
    var built = new EnumMap<Unit, Samples>(Unit.class);
    samples.forEach((unit, ofUnit) -> built.put(unit, ofUnit.build()));
    return built;
  }
}
