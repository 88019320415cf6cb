package io.sentryexporter.sentry;

import static io.sentryexporter.sentry.SentryScene.MONITORS;
import static io.sentryexporter.sentry.SentryScene.PROJECTS;
import static io.sentryexporter.sentry.SentryScene.STATS;
import static io.sentryexporter.testing.Failures.because;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.OrganizationState.Availability;
import io.sentryexporter.sentry.SentryScene.Ask;
import io.sentryexporter.sentry.api.Monitors;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.message.SentryError;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Endpoints, projects and organizations that are not there: how often they are requested again.
class AbsentThingsTest {
  @AutoClose private final SentryScene scene = SentryScene.demo();
  private final TestClock clock = scene.clock;
  private final SimulatedSentry simulated = scene.simulated;
  private final SentryClient sentry = scene.sentry;

  @Test
  void anAbsentEndpointIsRequestedAgainAfterAMinuteThenAnHourThenDaily() throws Exception {
    scene.get(PROJECTS);
    scene.fault("/monitors/", new Fault.Failure(SentryError.UNKNOWN_ROUTE));
    assertThat(requestsForMonitors()).isOne();
    clock.advance(Duration.ofSeconds(59));
    assertThat(requestsForMonitors()).isZero();
    clock.advance(Duration.ofSeconds(1));
    assertThat(requestsForMonitors()).isOne();
    clock.advance(Duration.ofMinutes(59));
    assertThat(requestsForMonitors()).isZero();
    clock.advance(Duration.ofMinutes(1));
    assertThat(requestsForMonitors()).isOne();
    clock.advance(Duration.ofHours(23));
    assertThat(requestsForMonitors()).isZero();
    assertThat(sentry.endpoints())
        .contains(
            new Availability("acme", Monitors.ENDPOINT, false),
            new Availability("acme", Endpoint.PROJECTS, true));
    simulated.faults().clear();
    scene.fault("/monitors/", new Fault.Body(200, "application/json", "[]"));
    clock.advance(Duration.ofHours(1));
    assertThat(scene.get(MONITORS)).isEqualTo("[]");
    assertThat(sentry.endpoints()).contains(new Availability("acme", Monitors.ENDPOINT, true));
  }

  @Test
  void anEndpointIsAbsentForAMinuteWhereTheAnswerIsNotSentrys() throws Exception {
    scene.get(PROJECTS);
    scene.fault("/monitors/", new Fault.NginxPage(404));
    assertThat(requestsForMonitors()).isOne();
    clock.advance(Duration.ofSeconds(59));
    assertThat(requestsForMonitors()).isZero();
    clock.advance(Duration.ofSeconds(1));
    assertThat(requestsForMonitors()).isOne();
  }

  @ParameterizedTest
  @EnumSource(names = {"UNKNOWN_ROUTE", "GONE", "NO_RESOURCE", "NO_PERMISSION"})
  void anEndpointThatHasWorkedIsNeverTakenForAbsentAndRequestedEachMinute(SentryError error)
      throws Exception {
    scene.get(PROJECTS);
    simulated.faults().next(1, new Fault.Body(200, "application/json", "[]"));
    scene.get(MONITORS);
    scene.fault("/monitors/", new Fault.Failure(error));
    clock.advance(Duration.ofMinutes(6));
    Reason reason = error == SentryError.NO_PERMISSION ? Reason.SCOPE : Reason.NOT_FOUND;
    for (int minute = 0; minute < 5; minute++) {
      long before = simulated.requests().total();
      assertThatThrownBy(() -> scene.get(MONITORS)).satisfies(because(reason));
      clock.advance(Duration.ofSeconds(59));
      assertThatThrownBy(() -> scene.get(MONITORS)).satisfies(because(reason));
      assertThat(simulated.requests().total()).isEqualTo(before + 1);
      clock.advance(Duration.ofSeconds(1));
    }
  }

  @Test
  void aProjectThatIsNotThereDoesNotMakeItsEndpointAbsent() throws Exception {
    scene.get(PROJECTS);
    var unknown = new Ask("acme", Endpoint.PROJECT_STATS, List.of("acme", "unknown"));
    assertThatThrownBy(() -> scene.get(unknown))
        .satisfies(because(Reason.NOT_FOUND))
        .hasMessageContaining("HTTP 404");
    assertThat(scene.get(STATS)).startsWith("[[");
  }

  @Test
  void madeUpOrganizationsCostTwoRequestsTogether() {
    for (int i = 0; i < 50; i++) {
      String name = "made-up-" + i;
      assertThatThrownBy(() -> scene.get(new Ask(name, Endpoint.PROJECTS, List.of(name))))
          .satisfies(because(Reason.NOT_FOUND))
          .hasMessageContaining("no such organization");
    }
    assertThat(simulated.requests().total()).isEqualTo(2);
  }

  @Test
  void madeUpOrganizationsThatSentryForbidsCostNoMoreAndAreNotOnThePage() {
    scene.fault("/made-up-", new Fault.Failure(SentryError.NO_PERMISSION));
    for (int i = 0; i < 50; i++) {
      String name = "made-up-" + i;
      assertThatThrownBy(() -> scene.get(new Ask(name, Endpoint.PROJECTS, List.of(name))))
          .hasMessageContaining("no such organization");
    }
    assertThat(simulated.requests().total()).isEqualTo(2);
    assertThat(scene.page()).doesNotContain("made-up");
  }

  @Test
  void whatComesOfAMadeUpOrganizationIsNotTakenForAMissingEndpoint() {
    var request = new Ask("made-up", Monitors.ENDPOINT, List.of("made-up"));
    assertThatThrownBy(() -> scene.get(request)).hasMessageContaining("no such organization");
    assertThat(sentry.endpoints()).extracting(Availability::organization).containsOnly("");
  }

  @Test
  void anOrganizationThatIsNotConfiguredIsNotRequested() {
    SentryClient narrow = scene.sentry(Set.of("other"), scene.marks());
    assertThatThrownBy(() -> scene.get(narrow, PROJECTS))
        .satisfies(because(Reason.NOT_ALLOWED))
        .hasMessageContaining("not configured");
    assertThat(simulated.requests().total()).isZero();
  }

  @Test
  void organizationsAreNamedAgainWhenTheListIsOldAndOneMayBeNew() throws Exception {
    assertThatThrownBy(() -> scene.get(new Ask("new", Endpoint.PROJECTS, List.of("new"))))
        .hasMessageContaining("no such organization");
    clock.advance(Duration.ofMinutes(10));
    String list =
        "[{\"id\":\"1\",\"slug\":\"acme\"},{\"slug\":\"new\",\"status\":{\"slug\":\"x\"}}]";
    simulated
        .faults()
        .when(
            path -> path.equals("/api/0/organizations/"),
            new Fault.Body(200, "application/json", list));
    scene.fault("/new/", new Fault.Body(200, "application/json", "[]"));
    assertThat(scene.get(new Ask("new", Endpoint.PROJECTS, List.of("new")))).isEqualTo("[]");
    assertThatThrownBy(() -> scene.get(new Ask("x", Endpoint.PROJECTS, List.of("x"))))
        .hasMessageContaining("no such organization");
  }

  private long requestsForMonitors() {
    long before = simulated.requests().total();
    assertThatThrownBy(() -> scene.get(MONITORS)).satisfies(because(Reason.UNSUPPORTED));
    return simulated.requests().total() - before;
  }
}
