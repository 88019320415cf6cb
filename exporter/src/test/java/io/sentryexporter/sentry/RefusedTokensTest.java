package io.sentryexporter.sentry;

import static io.sentryexporter.sentry.SentryScene.PROJECTS;
import static io.sentryexporter.sentry.SentryScene.STATS;
import static io.sentryexporter.testing.Failures.because;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.Instance.Credentials;
import io.sentryexporter.sentry.SentryScene.Ask;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.message.SentryError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A token that Sentry refuses: how often it is checked again, and its messages.
class RefusedTokensTest {
  @AutoClose private final SentryScene scene = SentryScene.demo();
  private final TestClock clock = scene.clock;
  private final SimulatedSentry simulated = scene.simulated;

  @TempDir Path folder;

  @Test
  void aRefusedTokenIsCheckedOnceAMinuteByAnyRequest() throws Exception {
    SentryClient stranger = scene.sentry(SentryScene.token("unknown"));
    assertThatThrownBy(() -> scene.get(stranger, STATS)).hasMessageContaining("Invalid token");
    assertThatThrownBy(() -> scene.get(stranger, PROJECTS))
        .hasMessageContaining("once a minute")
        .extracting(failure -> ((SentryException) failure).reason())
        .isEqualTo(Reason.AUTH);
    assertThat(simulated.requests().total()).isEqualTo(1);
    clock.advance(Duration.ofMinutes(1));
    assertThatThrownBy(() -> scene.get(stranger, STATS)).hasMessageContaining("Invalid token");
    assertThatThrownBy(() -> scene.get(stranger, PROJECTS)).hasMessageContaining("a minute");
    assertThat(simulated.requests().total()).isEqualTo(2);
  }

  @Test
  void aNewTokenInTheFileIsUsedAtOnce() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "unknown-api-token\n");
    SentryClient reading = scene.sentry(new Credentials.TokenFile(file));
    assertThatThrownBy(() -> scene.get(reading, STATS)).hasMessageContaining("HTTP 401");
    Files.writeString(file, " " + SimulatedSentry.TOKEN + "\n");
    assertThat(scene.get(reading, STATS)).startsWith("[[");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  \n", "one\ntwo", "Bearer token", "t\u0000ken"})
  void aFileWithoutASingleTokenIsRefusedByNameAndNotShown(String content) throws Exception {
    Path file = Files.writeString(folder.resolve("token"), content);
    assertThatThrownBy(() -> scene.get(scene.sentry(new Credentials.TokenFile(file)), STATS))
        .satisfies(because(Reason.AUTH))
        .hasMessageContaining(file.toString())
        .hasMessageNotContaining("ken\"")
        .extracting(failure -> ((SentryException) failure).reason())
        .isEqualTo(Reason.AUTH);
    assertThat(simulated.requests().total()).isZero();
  }

  @Test
  void aMissingTokenFileIsNamed() {
    Path file = folder.resolve("absent");
    assertThatThrownBy(() -> scene.get(scene.sentry(new Credentials.TokenFile(file)), STATS))
        .satisfies(because(Reason.AUTH))
        .hasMessageContaining("absent: there is no such file; write Sentry's token into it");
  }

  @Test
  void anOrganizationThatRequiresSsoDoesNotBlockOtherRequests() throws Exception {
    scene.fault("/acme/", new Fault.Failure(SentryError.SSO_REQUIRED));
    assertThatThrownBy(() -> scene.get(STATS))
        .hasMessageContaining("sso-required: Must login via SSO");
    assertThatThrownBy(() -> scene.get(PROJECTS)).hasMessageContaining("once a minute");
    long before = simulated.requests().total();
    scene.get(new Ask("", Endpoint.ORGANIZATIONS, List.of()));
    assertThat(simulated.requests().total()).isEqualTo(before + 1);
  }

  @Test
  void aMissingScopeIsNamedInTheMessageAndOnThePage() {
    simulated.faults().next(1, new Fault.Failure(SentryError.NO_PERMISSION));
    assertThatThrownBy(() -> scene.get(PROJECTS))
        .hasMessageContaining("org:read or org:write or org:admin")
        .extracting(failure -> ((SentryException) failure).reason())
        .isEqualTo(Reason.SCOPE);
    assertThat(scene.page())
        .contains(
            "sentry_exporter_token_scope_missing{organization=\"acme\",scope=\"org:read\","
                + "sentry_instance=\"default\"} 1.0");
  }

  @Test
  void anOrganizationTokenThatIsRefusedIsReportedAsOne() {
    simulated
        .faults()
        .when(_ -> true, new Fault.Body(403, "application/json", "{\"detail\":\"No\"}"));
    assertThatThrownBy(
            () -> scene.get(scene.sentry(SentryScene.token("sntrys_0123456789abcdef")), STATS))
        .hasMessageContaining(
            "HTTP 403 (No); an organization token (sntrys_) has no scope but org:ci");
  }

  @Test
  void aTokenOfAnotherOrganizationIsNotTakenForARefusedOne() throws Exception {
    scene.fault("/foreign/", new Fault.Failure(SentryError.WRONG_ORGANIZATION));
    assertThatThrownBy(() -> scene.get(new Ask("foreign", Endpoint.PROJECTS, List.of("foreign"))))
        .hasMessageContaining("no such organization");
    assertThat(scene.get(STATS)).startsWith("[[");
  }

  @Test
  void aTokenThatComesBackInAnErrorIsNotShown() {
    String body = "{\"detail\":\"I do not know " + SimulatedSentry.TOKEN + "\"}";
    simulated.faults().next(1, new Fault.Body(400, "application/json", body));
    assertThatThrownBy(() -> scene.get(STATS))
        .hasMessageContaining("I do not know <secret>")
        .hasMessageNotContaining(SimulatedSentry.TOKEN);
  }
}
