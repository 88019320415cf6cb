package io.sentryexporter.collector;

import org.junit.jupiter.api.Test;

class ProjectsCollectorTest {
  @Test
  void anOrganizationHasItsProjectsTeamsAndTheirNumber() {
    CollectorPage.assertMatches(
        "projects.organization.prom",
        ProjectsCollector.TYPE,
        ProjectsCollector.families(Acme.ORGANIZATION));
  }

  @Test
  void aProjectHasItselfOnly() {
    CollectorPage.assertMatches(
        "projects.project.prom", ProjectsCollector.TYPE, ProjectsCollector.families(Acme.PROJECT));
  }
}
