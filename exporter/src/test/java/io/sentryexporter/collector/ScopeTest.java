package io.sentryexporter.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.sentry.model.Project;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScopeTest {
  private static final Set<Long> WITH_VALUES = Set.of(Acme.API.id(), Acme.GONE);

  private static final Project CLOSED = new Project(104, "closed", "", List.of(), false);

  @Test
  void anOrganizationHasItsProjectsAndNoneThatTheListLacks() {
    assertThat(Acme.ORGANIZATION.accessibleOr(WITH_VALUES))
        .containsExactly(Acme.API, Acme.NEW, Acme.WEB);
    assertThat(Acme.ORGANIZATION.contains(Acme.GONE)).isFalse();
    assertThat(Acme.ORGANIZATION.slugs().test("renamed")).isTrue();
  }

  @Test
  void aProjectWithoutAccessHasNoZerosButItsValues() {
    var scope = Scope.ofOrganization("acme", List.of(Acme.WEB, CLOSED));

    assertThat(scope.accessible()).containsExactly(Acme.WEB);
    assertThat(scope.accessibleOr(Set.of())).containsExactly(Acme.WEB);
    assertThat(scope.accessibleOr(Set.of(CLOSED.id()))).containsExactly(CLOSED, Acme.WEB);
  }

  @Test
  void aProjectContainsOnlyItself() {
    assertThat(Acme.PROJECT.accessibleOr(WITH_VALUES)).containsExactly(Acme.WEB);
    assertThat(Acme.PROJECT.contains(Acme.API.id())).isFalse();
    assertThat(Acme.PROJECT.slugs().test("api")).isFalse();
    assertThat(Acme.PROJECT.slugs().test("web")).isTrue();
  }

  @Test
  void aScopeWithoutItsProjectsKnowsWhatItIsAbout() {
    var organization = Scope.unknown("acme", null);
    var project = Scope.unknown("acme", "web");

    assertThat(organization.isOfOrganization()).isTrue();
    assertThat(organization.slugs().test("web")).isTrue();
    assertThat(project.isOfOrganization()).isFalse();
    assertThat(project.slugs().test("api")).isFalse();
    assertThat(project.accessible()).isEmpty();
  }
}
