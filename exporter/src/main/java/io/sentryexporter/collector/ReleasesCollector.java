package io.sentryexporter.collector;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.reducing;

import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.sentry.SentrySession;
import io.sentryexporter.sentry.api.Releases;
import io.sentryexporter.sentry.api.Releases.Release;
import io.sentryexporter.sentry.api.Sessions;
import io.sentryexporter.sentry.api.Sessions.ReleaseHealth;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.yaml.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Exposes the current releases of each project: the newest, and those with the most sessions.
///
/// @param newest of a project, by when they were created
/// @param top of a project, by its sessions in the window
/// @param window of adoption and crash-free ratios, whole hours
record ReleasesCollector(int newest, int top, Duration window) implements Collector {
  static final Key<Integer> NEWEST =
      Key.integer("newest", 0, 20, "Maximum number of releases of a project, the newest first.")
          .byDefault(3);
  static final Key<Integer> TOP =
      Key.integer("top", 0, 20, "Maximum number of releases of a project, the most adopted first.")
          .byDefault(3);
  static final Key<Duration> WINDOW =
      CommonKeys.window(
              "window", "Window of adoption and crash-free ratios; it ends on the last full hour.")
          .byDefault(Duration.ofHours(24));

  static final Metric RELEASE =
      Metric.info(
          "sentry_release_info",
          "A release of a project that is among its newest or its most adopted.",
          "project",
          "release");
  static final Metric CREATED =
      Metric.gauge(
          "sentry_release_created_timestamp_seconds",
          "Timestamp of a release's creation. max by (organization, project) is that of the last"
              + " one.",
          "project",
          "release");
  static final Metric NEW_ISSUES =
      Metric.gauge(
          "sentry_release_new_issues",
          "Issues that were first seen in a release.",
          "project",
          "release");
  static final Metric ADOPTION =
      Metric.gauge(
          "sentry_release_adoption_ratio",
          "Share of a project's sessions that run a release; absent for a project without"
              + " sessions.",
          "project",
          "release",
          "window");
  static final Metric CRASH_FREE =
      Metric.gauge(
          "sentry_release_crash_free_ratio",
          "Share of a release's sessions that did not crash; absent without sessions.",
          "project",
          "release",
          "window");
  static final Metric TRUNCATED =
      Metric.gauge(
          "sentry_releases_truncated",
          "1 if the organization has more releases than the 100 newest that are read: a project"
              + " that seldom releases may lack its own.");

  static final CollectorType TYPE =
      new CollectorType(
          "releases",
          "The newest and the most adopted releases of each project: when they came, how many run"
              + " them, how often they crash, which issues they brought. Each release has series of"
              + " its own, which end when it is neither new nor adopted.",
          "1, and 1 for each 190 releases in use",
          false,
          Duration.ofMinutes(5),
          List.of(Releases.ENDPOINT, Sessions.ENDPOINT),
          List.of(NEWEST, TOP, WINDOW),
          List.of(RELEASE, CREATED, NEW_ISSUES, ADOPTION, CRASH_FREE, TRUNCATED),
          yaml -> new ReleasesCollector(yaml.get(NEWEST), yaml.get(TOP), yaml.get(WINDOW)));

  /// Of releases whose creation Sentry does not report, in its own order, the last.
  private static final Comparator<Release> NEWEST_FIRST =
      Comparator.comparing(
          Release::created, Comparator.nullsLast(Comparator.<Instant>reverseOrder()));

  private static final Comparator<ReleaseHealth> MOST_SESSIONS_FIRST =
      Comparator.comparing(
              ReleaseHealth::sessions, Comparator.nullsLast(Comparator.<Long>reverseOrder()))
          .thenComparing(ReleaseHealth::release);

  @Override
  public Supplier<List<MetricFamily>> collect(SentrySession sentry, Scope scope, Instant now)
      throws InterruptedException {
    sentry.begin(new Sessions.HealthByRelease(scope.organization(), window, true));
    Releases.Newest releases = sentry.answer(new Releases(scope.organization()));
    List<ReleaseHealth> health = sentry.releaseHealth(scope.organization(), window);
    return () -> families(scope, releases, health);
  }

  /// A release of a project that has series.
  ///
  /// @param listed null if it is not among the newest of the organization
  /// @param sessions null if it has none in the window
  private record Chosen(
      String project, String release, @Nullable Listed listed, @Nullable Usage sessions) {
    Sample sample(double value) {
      return Sample.now(value, project, release);
    }

    Sample sample(double value, String window) {
      return Sample.now(value, project, release, window);
    }
  }

  /// A release in a project, from the list of releases.
  private record Listed(@Nullable Instant created, @Nullable Long newIssues) {}

  /// @param share of all sessions of the project; null if a value of them is not plausible
  /// @param crashFree null if Sentry does not report it
  private record Usage(@Nullable Double share, @Nullable Double crashFree) {}

  /// @param releases null if they are not known
  /// @param health null if it is not known
  List<MetricFamily> families(
      Scope scope, Releases.@Nullable Newest releases, @Nullable List<ReleaseHealth> health) {
    List<Chosen> chosen =
        chosen(
            scope,
            releases == null ? List.of() : releases.newest(),
            health == null ? List.of() : health);
    var families = new ArrayList<MetricFamily>();
    families.add(family(RELEASE, chosen, release -> release.sample(1)));
    families.add(family(CREATED, chosen, ReleasesCollector::created));
    families.add(family(NEW_ISSUES, chosen, ReleasesCollector::newIssues));
    families.add(family(ADOPTION, chosen, this::adoption));
    families.add(family(CRASH_FREE, chosen, this::crashFree));
    if (releases != null && scope.isOfOrganization()) {
      families.add(MetricFamily.of(TRUNCATED, releases.truncated() ? 1 : 0));
    }
    return families;
  }

  private static MetricFamily family(
      Metric metric, List<Chosen> chosen, Function<Chosen, @Nullable Sample> sample) {
    return new MetricFamily(
        metric, chosen.stream().map(sample).<Sample>mapMulti(ReleasesCollector::ifKnown).toList());
  }

  private static void ifKnown(@Nullable Sample sample, Consumer<Sample> known) {
    if (sample != null) {
      known.accept(sample);
    }
  }

  private static @Nullable Sample created(Chosen release) {
    Instant created = release.listed() == null ? null : release.listed().created();
    return created == null ? null : release.sample(created.toEpochMilli() / 1_000.0);
  }

  private static @Nullable Sample newIssues(Chosen release) {
    Long newIssues = release.listed() == null ? null : release.listed().newIssues();
    return newIssues == null ? null : release.sample((double) newIssues);
  }

  private @Nullable Sample adoption(Chosen release) {
    Double share = release.sessions() == null ? null : release.sessions().share();
    return share == null ? null : release.sample(share, CommonKeys.label(window));
  }

  private @Nullable Sample crashFree(Chosen release) {
    Usage sessions = release.sessions();
    Double ratio = sessions == null ? null : sessions.crashFree();
    return ratio == null ? null : release.sample(ratio, CommonKeys.label(window));
  }

  private List<Chosen> chosen(Scope scope, List<Release> releases, List<ReleaseHealth> health) {
    Map<Long, Map<String, Listed>> listed = listed(scope, releases);
    Map<Long, Map<String, Usage>> sessions = sessions(scope, health);
    var chosen = new ArrayList<Chosen>();
    for (Project project : scope.bySlug()) {
      Map<String, Listed> ofProject = listed.getOrDefault(project.id(), Map.of());
      Map<String, Usage> running = sessions.getOrDefault(project.id(), Map.of());
      Stream.concat(ofProject.keySet().stream().limit(newest), running.keySet().stream().limit(top))
          .distinct()
          .map(release ->
              new Chosen(project.slug(), release, ofProject.get(release), running.get(release)))
          .forEach(chosen::add);
    }
    return chosen;
  }

  /// Releases.Newest by project id and version, the newest first.
  private static Map<Long, Map<String, Listed>> listed(Scope scope, List<Release> releases) {
    var listed = new HashMap<Long, Map<String, Listed>>();
    releases.stream()
        .sorted(NEWEST_FIRST)
        .forEach(release -> {
          for (Release.InProject in : release.projects()) {
            if (scope.contains(in.project())) {
              listed
                  .computeIfAbsent(in.project(), _ -> new LinkedHashMap<>())
                  .putIfAbsent(release.version(), new Listed(release.created(), in.newIssues()));
            }
          }
        });
    return listed;
  }

  /// Releases.Newest by project id and version, the most adopted first; without those that have no
  /// sessions.
  private static Map<Long, Map<String, Usage>> sessions(Scope scope, List<ReleaseHealth> health) {
    var here = health.stream().filter(release -> scope.contains(release.project())).toList();
    Map<Long, Optional<Long>> all =
        here.stream()
            .collect(
                groupingBy(
                    ReleaseHealth::project,
                    mapping(
                        release -> Optional.ofNullable(release.sessions()),
                        reducing(Optional.of(0L), ReleasesCollector::sum))));
    var sessions = new HashMap<Long, Map<String, Usage>>();
    here.stream()
        .filter(release -> release.sessions() == null || release.sessions() > 0)
        .sorted(MOST_SESSIONS_FIRST)
        .forEach(release -> {
          Long ofAll = all.getOrDefault(release.project(), Optional.empty()).orElse(null);
          Long own = release.sessions();
          Double share = ofAll == null || own == null ? null : (double) own / ofAll;
          sessions
              .computeIfAbsent(release.project(), _ -> new LinkedHashMap<>())
              .putIfAbsent(release.release(), new Usage(share, release.crashFreeSessions()));
        });
    return sessions;
  }

  /// Empty if one of the two is not known.
  private static Optional<Long> sum(Optional<Long> one, Optional<Long> other) {
    return one.flatMap(left -> other.map(right -> left + right));
  }
}
