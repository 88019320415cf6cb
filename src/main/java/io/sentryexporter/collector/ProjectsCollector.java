package io.sentryexporter.collector;

import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.sentry.SentryApi;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The projects that the token sees, and whose they are.
///
/// Teams are series of their own, so that both join by `project` to every other metric: a project
/// with two teams has one platform.
record ProjectsCollector() implements Collector {
  static final Metric PROJECTS =
      Metric.gauge("sentry_projects", "Projects of the organization that the token sees.");
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
          List.of(PROJECTS, PROJECT, TEAM),
          _ -> new ProjectsCollector());

  @Override
  public List<MetricFamily> collect(SentryApi sentry, Scope scope, Instant now)
      throws SentryException, InterruptedException {
    Project one = scope.project();
    return one == null
        ? families(
            Scope.ofOrganization(scope.organization(), sentry.projects(scope.organization())))
        : families(
            Scope.ofProject(
                scope.organization(), sentry.project(scope.organization(), one.slug())));
  }

  static List<MetricFamily> families(Scope scope) {
    var projects = new ArrayList<Sample>();
    var teams = new ArrayList<Sample>();
    for (Project project : scope.bySlug()) {
      projects.add(Sample.now(1, project.slug(), Long.toString(project.id()), project.platform()));
      project.teams().stream()
          .sorted()
          .forEach(team -> teams.add(Sample.now(1, project.slug(), team)));
    }
    var families = new ArrayList<MetricFamily>();
    if (scope.project() == null) {
      families.add(MetricFamily.of(PROJECTS, scope.byId().size()));
    }
    families.add(new MetricFamily(PROJECT, projects));
    families.add(new MetricFamily(TEAM, teams));
    return families;
  }
}
