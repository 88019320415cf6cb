package io.sentryexporter.collector;

import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.sentry.SentrySession;
import io.sentryexporter.sentry.api.Issues;
import io.sentryexporter.sentry.api.Issues.Issue;
import io.sentryexporter.sentry.api.Issues.Syntax;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.yaml.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Counts issues. Each count is a request to one of Sentry's slowest endpoints, so by default only
/// the organization as a whole is counted, and only the configured counts are requested.
///
/// @param substatuses for which to count unresolved issues
/// @param levels for which to count unresolved issues
/// @param newWindows over which to count issues that were first seen
/// @param perProject whether to count each project, instead of the organization as a whole
/// @param top number of issues with the most events to return
/// @param topWindow window in which those events are counted
record IssuesCollector(
    List<String> substatuses,
    List<String> levels,
    List<Duration> newWindows,
    boolean perProject,
    int top,
    Duration topWindow)
    implements Collector {
  private static final List<String> KNOWN_SUBSTATUSES =
      List.of("new", "ongoing", "escalating", "regressed");
  private static final List<String> KNOWN_LEVELS =
      List.of("fatal", "error", "warning", "info", "debug");
  private static final String UNRESOLVED = "is:unresolved";

  static final Key<List<String>> SUBSTATUSES =
      Key.oneOf(
              "substatuses",
              "<substatus>",
              "Substatuses of unresolved issues to count, one request each: `new`, `ongoing`,"
                  + " `escalating`, `regressed`. Servers before 23 know none: write [].",
              KNOWN_SUBSTATUSES,
              substatus -> substatus)
          .list()
          .byDefault(KNOWN_SUBSTATUSES);
  static final Key<List<String>> LEVELS =
      Key.oneOf(
              "levels",
              "<level>",
              "Levels of unresolved issues to count, one request each: `fatal`, `error`, `warning`,"
                  + " `info`, `debug`.",
              KNOWN_LEVELS,
              level -> level)
          .list();
  static final Key<List<Duration>> NEW_WINDOWS =
      CommonKeys.windows(
          "new_windows", "Windows over which to count new issues, one request each.", List.of());
  static final Key<Boolean> PER_PROJECT =
      Key.bool(
          "per_project",
          "Whether to count each project instead of the organization as a whole: every request"
              + " above once for each project. Only then a probe of one project counts, too. For"
              + " some of many projects, probe those with a module of their own.");
  static final Key<Integer> TOP =
      Key.integer("top", 0, 100, "Number of unresolved issues with the most events to expose.");
  static final Key<Duration> TOP_WINDOW =
      CommonKeys.window("top_window", "Window over which the events of those issues are counted.")
          .byDefault(Duration.ofHours(24));

  static final Metric BY_SUBSTATUS =
      Metric.gauge(
          "sentry_issues",
          "Unresolved issues, by Sentry's estimate; of the organization as a whole where project is"
              + " empty.",
          "project",
          "substatus");
  static final Metric BY_SUBSTATUS_TRUNCATED =
      Metric.gauge(
          "sentry_issues_truncated",
          "1 if sentry_issues is a lower bound, because Sentry stopped counting.",
          "project",
          "substatus");
  static final Metric BY_LEVEL =
      Metric.gauge(
          "sentry_issues_by_level",
          "Unresolved issues, by Sentry's estimate; of the organization as a whole where project is"
              + " empty.",
          "project",
          "level");
  static final Metric BY_LEVEL_TRUNCATED =
      Metric.gauge(
          "sentry_issues_by_level_truncated",
          "1 if sentry_issues_by_level is a lower bound, because Sentry stopped counting.",
          "project",
          "level");
  static final Metric NEW =
      Metric.gauge(
          "sentry_issues_new",
          "Issues first seen in the window that ends now, by Sentry's estimate; of the organization"
              + " as a whole where project is empty.",
          "project",
          "window");
  static final Metric NEW_TRUNCATED =
      Metric.gauge(
          "sentry_issues_new_truncated",
          "1 if sentry_issues_new is a lower bound, because Sentry stopped counting.",
          "project",
          "window");
  static final Metric EVENTS =
      Metric.gauge(
          "sentry_issue_events",
          "Events, in the window that ends now, of the unresolved issues with the most of them.",
          "project",
          "short_id",
          "window");

  static final CollectorType TYPE =
      new CollectorType(
          "issues",
          "Issues of the organization by substatus and, if configured, by level, new ones, those"
              + " with the most events, and by project.",
          "4: 1 for each substatus, level and window, and 1 for top. Counting takes Sentry seconds,"
              + " so levels and windows are off by default, and answers serve for long. With"
              + " per_project, times n",
          true,
          Duration.ofMinutes(15),
          List.of(Issues.ENDPOINT),
          List.of(SUBSTATUSES, LEVELS, NEW_WINDOWS, PER_PROJECT, TOP, TOP_WINDOW),
          List.of(
              BY_SUBSTATUS,
              BY_SUBSTATUS_TRUNCATED,
              BY_LEVEL,
              BY_LEVEL_TRUNCATED,
              NEW,
              NEW_TRUNCATED,
              EVENTS),
          yaml ->
              new IssuesCollector(
                  yaml.get(SUBSTATUSES),
                  yaml.get(LEVELS),
                  yaml.get(NEW_WINDOWS),
                  yaml.get(PER_PROJECT),
                  yaml.get(TOP),
                  yaml.get(TOP_WINDOW)));

  IssuesCollector {
    substatuses = substatuses.stream().distinct().toList();
    levels = levels.stream().distinct().toList();
    newWindows = List.copyOf(newWindows);
  }

  /// A search whose matches are counted.
  ///
  /// @param value of the label that the metrics have in addition to `project`
  record Search(Metric count, Metric truncated, String value, String query, Syntax syntax) {}

  /// @param project slug; empty for the whole organization
  record Counted(Search search, String project, Issues.Count count) {}

  @Override
  public Supplier<List<MetricFamily>> collect(SentrySession sentry, Scope scope, Instant now)
      throws InterruptedException {
    var wanted = new ArrayList<Issues.Search>();
    for (Whose whose : whose(scope)) {
      searches().forEach(search -> wanted.add(whose.search(search)));
    }
    List<Issue> noisiest = top == 0 ? null : noisiest(sentry, scope);
    Map<Issues.Search, Issues.Count> counts = sentry.issueCounts(scope.organization(), wanted);
    var counted = new ArrayList<Counted>();
    for (Whose whose : whose(scope)) {
      for (Search search : searches()) {
        Issues.Count count = counts.get(whose.search(search));
        if (count != null) {
          counted.add(new Counted(search, whose.label(), count));
        }
      }
    }
    return () -> families(counted, noisiest);
  }

  @Override
  public boolean needsProjects(Scope scope) {
    return perProject || !scope.isOfOrganization();
  }

  /// The projects whose issues are counted.
  ///
  /// @param label slug of the project; empty for the whole organization
  record Whose(String label, @Nullable Project project) {
    Issues.Search search(Search search) {
      List<Long> projects = project == null ? List.of() : List.of(project.id());
      return new Issues.Search(projects, search.query(), search.syntax());
    }
  }

  /// Empty for a probe of one project, unless `per_project` is set: such a probe must cost no more
  /// requests than the organization's, whose counts are not by project.
  List<Whose> whose(Scope scope) {
    if (perProject) {
      return scope.accessible().stream()
          .map(project -> new Whose(project.slug(), project))
          .toList();
    }
    return scope.isOfOrganization() ? List.of(new Whose("", null)) : List.of();
  }

  private @Nullable List<Issue> noisiest(SentrySession sentry, Scope scope)
      throws InterruptedException {
    Project only = perProject ? scope.project() : null;
    List<Issue> issues =
        sentry.answer(
            new Issues.Noisiest(
                scope.organization(), only == null ? null : only.id(), UNRESOLVED, topWindow, top));
    Predicate<String> slugs = scope.slugs();
    return issues == null
        ? null
        : issues.stream().filter(issue -> slugs.test(issue.project())).toList();
  }

  List<Search> searches() {
    var searches = new ArrayList<Search>();
    for (String substatus : substatuses) {
      searches.add(
          new Search(
              BY_SUBSTATUS, BY_SUBSTATUS_TRUNCATED, substatus, "is:" + substatus, Syntax.SENTRY));
    }
    for (String level : levels) {
      String query = UNRESOLVED + " level:" + level;
      searches.add(new Search(BY_LEVEL, BY_LEVEL_TRUNCATED, level, query, Syntax.COMMON));
    }
    for (Duration window : newWindows) {
      String query = "firstSeen:-" + window.toHours() + "h";
      searches.add(new Search(NEW, NEW_TRUNCATED, CommonKeys.label(window), query, Syntax.SENTRY));
    }
    return searches;
  }

  /// @param noisiest null if they are not wanted or not known
  List<MetricFamily> families(List<Counted> counted, @Nullable List<Issue> noisiest) {
    var families = new ArrayList<MetricFamily>();
    for (Metric metric : List.of(BY_SUBSTATUS, BY_LEVEL, NEW)) {
      var found = counted.stream().filter(one -> one.search().count().equals(metric)).toList();
      if (!found.isEmpty()) {
        families.add(new MetricFamily(metric, found.stream().map(IssuesCollector::count).toList()));
        families.add(
            new MetricFamily(
                found.getFirst().search().truncated(),
                found.stream().map(IssuesCollector::truncated).toList()));
      }
    }
    if (noisiest != null) {
      families.add(new MetricFamily(EVENTS, noisiest.stream().map(this::events).toList()));
    }
    return families;
  }

  private static Sample count(Counted one) {
    return Sample.now((double) one.count().count(), one.project(), one.search().value());
  }

  private static Sample truncated(Counted one) {
    return Sample.now(one.count().truncated() ? 1 : 0, one.project(), one.search().value());
  }

  private Sample events(Issue issue) {
    return Sample.now(
        (double) issue.events(), issue.project(), issue.shortId(), CommonKeys.label(topWindow));
  }
}
