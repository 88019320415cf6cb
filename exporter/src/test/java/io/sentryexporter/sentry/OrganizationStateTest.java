package io.sentryexporter.sentry;

import static io.sentryexporter.testing.Failures.because;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.AnswerCache.Subject;
import io.sentryexporter.sentry.OrganizationState.Availability;
import io.sentryexporter.sentry.OrganizationState.MissingScope;
import io.sentryexporter.sentry.OrganizationState.Status;
import io.sentryexporter.sentry.api.Issues;
import io.sentryexporter.sentry.api.Monitors;
import io.sentryexporter.sentry.api.Releases;
import io.sentryexporter.sentry.api.Sessions;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.text.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What is known of organizations, and for how long. How it comes from answers: `AbsentThingsTest`,
/// `RefusedTokensTest`.
class OrganizationStateTest {
  private static final Secret TOKEN = new Secret("a-simulated-token");

  private final TestClock clock = TestClock.at("2026-11-22T10:20:00Z");
  private final OrganizationState state = new OrganizationState(clock::nanos);

  @Test
  void anOrganizationThatSentryRefusesForFiveMinutesIsWithdrawnUntilItAnswers() {
    state.worked("acme", Endpoint.PROJECTS);
    assertThat(state.isWithdrawn("acme")).isFalse();
    state.denied("acme");
    assertThat(state.isWithdrawn("acme")).isFalse();
    clock.advance(Duration.ofMinutes(5).minusNanos(1));
    state.denied("acme");
    assertThat(state.isWithdrawn("acme")).isFalse();
    assertThat(state.answered()).containsExactly("acme");
    clock.advance(Duration.ofNanos(1));
    assertThat(state.isWithdrawn("acme")).as("seen in two refreshes").isFalse();
    state.denied("acme");
    state.denied("acme");
    assertThat(state.isWithdrawn("acme")).isTrue();
    assertThat(state.answered()).isEmpty();
    state.accepted("acme");
    state.accepted("another");
    assertThat(state.isWithdrawn("acme")).isFalse();
    assertThat(state.answered()).containsExactly("acme");
    assertThat(state.isWithdrawn("another")).isFalse();
  }

  @Test
  void whatHasAnsweredIsNamedBySlugInOrder() {
    for (String organization : List.of("web", "acme", "", "4711")) {
      state.worked(organization, Endpoint.PROJECTS);
    }
    state.forbidden("refused", Endpoint.PROJECTS);
    assertThat(state.answered()).containsExactly("acme", "web");
    assertThat(state.hasAnswered("web")).isTrue();
    assertThat(state.hasAnswered("refused")).isFalse();
    assertThat(state.hasAnswered("unknown")).isFalse();
  }

  @Test
  void aReloadForgetsRefusalsAndNotWhatHasAnswered() throws Exception {
    state.worked("acme", Endpoint.PROJECTS);
    state.denied("acme");
    clock.advance(Duration.ofMinutes(5));
    state.denied("acme");
    assertThat(state.absent("acme", Endpoint.PROJECTS, true)).isFalse();
    assertThat(state.absent("acme", Monitors.ENDPOINT, true)).isTrue();
    state.tokenRefused(TOKEN, OrganizationState.EVERYWHERE, "HTTP 401");

    state.forgetRefusals();

    assertThat(state.isAbsent("acme", Monitors.ENDPOINT)).isFalse();
    assertThat(state.isAbsent("acme", Endpoint.PROJECTS)).isFalse();
    assertThat(state.hasWorked("acme", Endpoint.PROJECTS)).isTrue();
    assertThat(state.endpoints())
        .containsExactly(new Availability("acme", Endpoint.PROJECTS, true));
    assertThat(state.isWithdrawn("acme")).isFalse();
    state.check(TOKEN, OrganizationState.EVERYWHERE, "acme");
    assertThatThrownBy(() -> state.check(TOKEN, OrganizationState.EVERYWHERE, "acme"))
        .as("one request checks it")
        .satisfies(because(Reason.AUTH));
  }

  @Test
  void aTokenThatOneOrganizationRefusesIsSentToOthers() {
    state.tokenRefused(TOKEN, "acme", "HTTP 401");
    assertThatThrownBy(() -> state.check(TOKEN, OrganizationState.EVERYWHERE, "acme"))
        .satisfies(because(Reason.AUTH))
        .hasMessageStartingWith("HTTP 401");
    assertThatCode(() -> state.check(TOKEN, OrganizationState.EVERYWHERE, "other"))
        .doesNotThrowAnyException();
    assertThatCode(() -> state.check(new Secret("new"), OrganizationState.EVERYWHERE, "acme"))
        .doesNotThrowAnyException();
    state.tokenAccepted(OrganizationState.EVERYWHERE, "acme");
    assertThatCode(() -> state.check(TOKEN, OrganizationState.EVERYWHERE, "acme"))
        .doesNotThrowAnyException();
  }

  @Test
  void endpointsAreReportedByOrganizationAndNameUntilTheyWereNotRequestedForLong() {
    state.worked("web", Endpoint.PROJECTS);
    state.worked("acme", Endpoint.PROJECTS);
    state.worked("acme", Endpoint.ORGANIZATION);
    state.forbidden("acme", Endpoint.PROJECT_STATS);
    boolean _ = state.absent("acme", Monitors.ENDPOINT, true);
    var monitors = new Availability("acme", Monitors.ENDPOINT, false);
    var ofAcme = new Availability("acme", Endpoint.PROJECTS, true);
    var ofWeb = new Availability("web", Endpoint.PROJECTS, true);
    assertThat(state.endpoints()).containsExactly(monitors, ofAcme, ofWeb);
    for (Endpoint endpoint : List.of(Sessions.ENDPOINT, Issues.ENDPOINT, Releases.ENDPOINT)) {
      state.worked("many", endpoint);
    }
    assertThat(state.endpoints())
        .filteredOn(one -> one.organization().equals("many"))
        .extracting(one -> one.endpoint().name())
        .containsExactly("issues", "releases", "sessions");
    clock.advance(Duration.ofMinutes(61).minusNanos(1));
    assertThat(state.endpoints()).contains(monitors);
    clock.advance(Duration.ofNanos(1));
    assertThat(state.endpoints()).doesNotContain(monitors).contains(ofAcme, ofWeb);
    clock.advance(Duration.ofHours(24));
    assertThat(state.endpoints()).isEmpty();
  }

  @Test
  void aMissingScopeIsReportedOnceForAnOrganization() {
    state.forbidden("web", Endpoint.PROJECTS);
    state.forbidden("acme", Endpoint.PROJECTS);
    state.forbidden("acme", Endpoint.ORGANIZATION);
    assertThat(state.missingScopes())
        .startsWith(new MissingScope("acme", Endpoint.PROJECTS.scope()))
        .endsWith(new MissingScope("web", Endpoint.PROJECTS.scope()))
        .doesNotHaveDuplicates();
    clock.advance(Duration.ofMinutes(70));
    assertThat(state.missingScopes()).isEmpty();
  }

  @Test
  void peopleSeeEachOrganizationWithItsAgesAndWhatItLacks() {
    state.worked("acme", Endpoint.PROJECTS);
    state.worked("", Endpoint.ORGANIZATIONS);
    boolean _ = state.absent("acme", Monitors.ENDPOINT, true);
    state.forbidden("web", Endpoint.PROJECTS);
    var ages = Map.of(new Subject("acme", "projects"), Duration.ofSeconds(7));
    assertThat(state.statuses(ages))
        .containsExactly(
            new Status(
                "acme",
                new TreeMap<>(Map.of("projects", Duration.ofSeconds(7))),
                List.of("monitors"),
                List.of()),
            new Status("web", new TreeMap<>(), List.of(), List.of(Endpoint.PROJECTS.scope())));
    assertThat(state.statuses(Map.of(new Subject("new", "projects"), Duration.ZERO)))
        .extracting(Status::slug)
        .containsExactly("acme", "new", "web");
  }

  @Test
  void beyondTenThousandTheOrganizationOfLongestAgoIsForgotten() {
    for (int i = 0; i < 10_000; i++) {
      state.worked("organization-" + i, Endpoint.PROJECTS);
    }
    assertThat(state.hasAnswered("organization-0")).isTrue();
    state.worked("new", Endpoint.PROJECTS);
    assertThat(state.hasAnswered("organization-0")).isTrue();
    assertThat(state.hasAnswered("organization-1")).isFalse();
    assertThat(state.hasAnswered("organization-2")).isTrue();
  }
}
