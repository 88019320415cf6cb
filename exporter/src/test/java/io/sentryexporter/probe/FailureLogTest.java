package io.sentryexporter.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.probe.ProbeResult.Failure;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.testing.LogCapture;
import io.sentryexporter.text.Secret;
import io.sentryexporter.text.SecretRedactor;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a failure's lines wait for and how many there may be; over HTTP it is in
/// `FailuresInTheLogTest`.
class FailureLogTest {
  private static final Failure TIMEOUT = new Failure(Reason.TIMEOUT, "no answer with token-12345");
  private static final Failure CANCELLED = new Failure(Reason.CANCELLED, "the client hung up");

  private final TestClock clock = TestClock.at("2026-11-22T10:20:00Z");
  private final LogCapture lines = LogCapture.of(FailureLog.class);
  private final FailureLog log = new FailureLog(clock::nanos);

  @Test
  void aProbeThatWasCancelledNeitherBeginsNorEndsAFailure() {
    ended("acme", "acme", CANCELLED);
    assertThat(lines.lines()).isEmpty();
    ended("acme", "acme", TIMEOUT);
    ended("acme", "acme", CANCELLED);
    assertThat(lines.lines()).hasSize(1);
    ended("acme", "acme");
    assertThat(lines.lines()).hasSize(2);
  }

  @Test
  void theLinesHideSecrets() {
    ended("acme", "acme/token-12345", TIMEOUT);
    assertThat(lines.lines())
        .singleElement()
        .asString()
        .isEqualTo(
            "WARN probes fail instance=default organization=acme reason=timeout module=sentry"
                + " target=acme/<secret> error=no answer with <secret>");
  }

  @Test
  void organizationsBeyondAHundredShareAState() {
    for (int i = 0; i < FailureLog.MOST_ORGANIZATIONS + 50; i++) {
      ended("o" + i, "o" + i, TIMEOUT);
    }
    assertThat(lines.lines()).hasSize(FailureLog.MOST_ORGANIZATIONS + 1);
    assertThat(lines.lines().getLast())
        .contains("organization=(further ones) reason=timeout module=sentry target=o100");

    for (int i = FailureLog.MOST_ORGANIZATIONS; i < FailureLog.MOST_ORGANIZATIONS + 50; i++) {
      ended("o" + i, "o" + i);
    }
    assertThat(lines.lines()).hasSize(FailureLog.MOST_ORGANIZATIONS + 2);
    assertThat(lines.lines().getLast()).startsWith("INFO probes no longer fail");
  }

  @Test
  void anotherReasonHasRoomOfItsOwn() {
    for (int i = 0; i < FailureLog.MOST_ORGANIZATIONS + 50; i++) {
      ended("o" + i, "o" + i, new Failure(Reason.NOT_FOUND, "none"));
    }
    ended("acme", "acme", TIMEOUT);
    assertThat(lines.lines().getLast()).contains("organization=acme reason=timeout");
  }

  @Test
  void aStateWaitsForAHundredTargets() {
    for (int i = 0; i < FailureLog.MOST_TARGETS + 50; i++) {
      ended("acme", "acme/p" + i, TIMEOUT);
    }
    for (int i = 0; i < FailureLog.MOST_TARGETS - 1; i++) {
      ended("acme", "acme/p" + i);
    }
    assertThat(lines.lines()).hasSize(1);
    ended("acme", "acme/p" + (FailureLog.MOST_TARGETS - 1));
    assertThat(lines.lines()).hasSize(2);
  }

  @Test
  void theOldestOfAThousandStatesIsForgotten() {
    for (int i = 0; i < FailureLog.MOST_STATES + 1; i++) {
      server("s" + i, TIMEOUT);
    }
    server("s1", TIMEOUT);
    assertThat(lines.lines()).hasSize(FailureLog.MOST_STATES + 1);
    server("s0", TIMEOUT);
    assertThat(lines.lines()).hasSize(FailureLog.MOST_STATES + 2);
  }

  private void ended(String organization, String target, Failure... failures) {
    var place = new FailureLog.Place.Organization("default", organization);
    log.ended(place, trace(target), List.of(failures));
  }

  private void server(String server, Failure... failures) {
    log.ended(new FailureLog.Place.Server(server), trace("acme/web"), List.of(failures));
  }

  private Trace trace(String target) {
    var mask = SecretRedactor.ofHeaders(List.of(new Secret("Bearer token-12345")));
    return new Trace(clock, "sentry", target, mask);
  }
}
