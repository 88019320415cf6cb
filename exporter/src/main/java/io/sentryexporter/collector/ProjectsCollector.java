package io.sentryexporter.collector;

import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.MetricFamily.Samples;
import io.sentryexporter.sentry.SentrySession;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Project;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Lists the projects that the token can see, and their teams.
///
/// Teams are series of their own, so that both join by `project` to every other metric: a project
/// with two teams has one platform.
record ProjectsCollector() implements Collector {
  static final Metric PROJECTS =
      Metric.gauge("sentry_projects", "Projects of the organization that the token lists.");
  static final Metric INACCESSIBLE =
      Metric.gauge(
          "sentry_projects_inaccessible",
          "Projects that the token lists but whose data it cannot read: its user is in none of"
              + " their teams.");
  static final Metric PROJECT =
      Metric.info(
          "sentry_project_info",
          "A project, with its number and platform; the platform is empty if none was chosen.",
          "project",
          "project_id",
          "platform");
  static final Metric TEAM =
      Metric.info(
          "sentry_project_team_info",
          "A team of a project; one series for each, so that a project may have several.",
          "project",
          "team");

  static final CollectorType TYPE =
      new CollectorType(
          "projects",
          "The projects that the token sees, their platforms and teams, for joins.",
          "1 where Sentry gives the whole list at once, else 1 for each 100 projects; shared with"
              + " every other collector",
          true,
          Duration.ofMinutes(10),
          List.of(Endpoint.PROJECTS),
          List.of(),
          List.of(PROJECTS, INACCESSIBLE, PROJECT, TEAM),
          _ -> new ProjectsCollector());

  @Override
  public Supplier<List<MetricFamily>> collect(SentrySession sentry, Scope scope, Instant now)
      throws InterruptedException {
    String slug = scope.slug();
    if (slug == null) {
      List<Project> all = sentry.projects(scope.organization());
      return () ->
          all == null ? List.of() : families(Scope.ofOrganization(scope.organization(), all));
    }
    Project one = sentry.project(scope.organization(), slug);
    return () -> one == null ? List.of() : families(Scope.ofProject(scope.organization(), one));
  }

  @Override
  public boolean needsProjects(Scope scope) {
    return false; // it requests them itself, and reports why it has none
  }

  static List<MetricFamily> families(Scope scope) {
    var projects = new Samples.Builder();
    var teams = new Samples.Builder();
    for (Project project : scope.bySlug()) {
      projects.add(1, project.slug(), Long.toString(project.id()), project.platform());
      project.teams().stream().sorted().forEach(team -> teams.add(1, project.slug(), team));
    }
    var families = new ArrayList<MetricFamily>();
    if (scope.isOfOrganization()) {
      int inaccessible = scope.byId().size() - scope.accessible().size();
      families.add(MetricFamily.of(PROJECTS, scope.byId().size()));
      families.add(MetricFamily.of(INACCESSIBLE, inaccessible));
    }
    families.add(new MetricFamily(PROJECT, projects.build()));
    families.add(new MetricFamily(TEAM, teams.build()));
    return families;
  }
}
