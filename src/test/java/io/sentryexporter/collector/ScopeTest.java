package io.sentryexporter.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.sentryexporter.sentry.model.Project;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScopeTest {
  private static final Set<Long> TOLD = Set.of(Acme.API.id(), Acme.GONE);

  @Test
  void anOrganizationHasItsProjectsAndWhateverElseSentryToldOf() {
    assertThat(Acme.ORGANIZATION.idsByLabel(TOLD))
        .containsExactly(
            entry("99", Acme.GONE),
            entry("api", Acme.API.id()),
            entry("new", Acme.NEW.id()),
            entry("web", Acme.WEB.id()));
    assertThat(Acme.ORGANIZATION.contains(Acme.GONE)).isTrue();
    assertThat(Acme.ORGANIZATION.contains("renamed")).isTrue();
  }

  @Test
  void aSlugThatIsTheIdOfAnotherProjectHidesNoFigures() {
    var seven = new Project(1, "7", "python", List.of());
    var scope = Scope.ofOrganization("acme", List.of(seven));

    assertThat(scope.idsByLabel(Set.of(1L, 7L))).containsExactly(entry("7", 1L), entry("id:7", 7L));
  }

  @Test
  void aProjectHasItselfWhateverSentryToldOf() {
    assertThat(Acme.PROJECT.idsByLabel(TOLD)).containsExactly(entry("web", Acme.WEB.id()));
    assertThat(Acme.PROJECT.contains(Acme.API.id())).isFalse();
    assertThat(Acme.PROJECT.contains("api")).isFalse();
    assertThat(Acme.PROJECT.contains("web")).isTrue();
  }
}
