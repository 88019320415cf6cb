package io.sentryexporter.collector;

import org.junit.jupiter.api.Test;

class ProjectsCollectorTest {
  @Test
  void anOrganizationHasItsProjectsTeamsAndTheirNumber() {
    Page.assertMatches(
        "projects.organization.prom",
        ProjectsCollector.TYPE,
        ProjectsCollector.families(Acme.ORGANIZATION));
  }

  @Test
  void aProjectHasItselfOnly() {
    Page.assertMatches(
        "projects.project.prom", ProjectsCollector.TYPE, ProjectsCollector.families(Acme.PROJECT));
  }
}
