package io.sentryexporter.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.testing.ClosedPort;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.RunningExporter;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The reason and the status of a probe of `prober: http` that fails.
class DropInFailureTest {
  /// Less than a probe's timeout.
  private static final Duration PATIENCE = Duration.ofSeconds(50);

  @AutoClose private final Scene scene = Scene.http();
  private final SimulatedSentry sentry = scene.sentry();
  private final RunningExporter exporter = scene.exporter();

  @ParameterizedTest
  @CsvSource({
    "400, rejected",
    "401, auth",
    "403, scope",
    "404, not_found",
    "410, not_found",
    "429, rate_limited",
    "500, upstream_5xx",
    "502, upstream_5xx",
    "503, upstream_5xx",
    "504, upstream_5xx",
    "418, rejected"
  })
  void anyOtherStatusIsAFailedProbeWithItsReason(int status, String reason) {
    sentry.faults().next(1, new Fault.Status(status));
    exporter.probe("acme/web").assertFailed(reason, status);
  }

  @Test
  void anOrganizationTokenThatIsRefusedIsReportedAsOne() {
    sentry.faults().when(_ -> true, new Fault.Status(403));
    scene.useSetting("headers: {Authorization: Bearer sntrys_0123456789abcdef}");
    exporter.probe("acme/web").assertFailed("scope", 403);
    assertThat(exporter.get("/logs?id=1").text())
        .contains(
            "HTTP 403; an organization token (sntrys_) has no scope but org:ci; create an internal"
                + " integration in Sentry");
  }

  @Test
  void anUnknownProjectAWrongTokenAndAnErrorPageAreReported() {
    exporter.probe("acme/none").assertFailed("not_found", 404);
    scene.useSetting("headers: {Authorization: Bearer wrong}");
    exporter.probe("acme/web").assertFailed("auth", 401);
    sentry.faults().next(1, new Fault.NginxPage(502));
    exporter.probe("acme/web").assertFailed("upstream_5xx", 502);
  }

  @Test
  void aRedirectOnTheSameServerIsFollowedWithTheSameHeaders() {
    sentry.faults().next(1, new Fault.RedirectSameHost());
    exporter.probe("acme/web").assertReceived(scene.received("acme", "web"));
    assertThat(scene.lastRequest().header("Authorization")).contains("Bearer simulated-api-token");
  }

  @Test
  void aRedirectToAnotherServerIsRefusedAndThatServerGetsNoRequest() {
    try (var stranger = Scene.http()) {
      URI elsewhere = stranger.sentry().url().resolve("/api/0/projects/acme/web/stats/");
      sentry.faults().next(1, new Fault.RedirectTo(elsewhere));
      exporter.probe("acme/web").assertFailed("redirect", 302);
      assertThat(stranger.sentry().requests().connectionsAccepted()).isZero();
    }
  }

  @Test
  void aRedirectLoopEndsWithItsStatus() {
    sentry.faults().when(path -> true, new Fault.RedirectLoop());
    exporter.probe("acme/web").assertFailed("redirect", 302);
  }

  @Test
  void whereNoAnswerComesStatusAndLengthAre0() {
    try (var closed = new ClosedPort()) {
      exporter.reload(patientAt("http://127.0.0.1:" + closed.number()));
      assertThat(
              exporter
                  .probe("acme/web")
                  .assertFailed("connect", 0)
                  .value("sentry_probe_content_length"))
          .isZero();
    }
    exporter.reload(patientAt("http://sentry.invalid"));
    exporter.probe("acme/web").assertFailed("dns", 0);
  }

  private static String patientAt(String server) {
    return RunningExporter.patient(RunningExporter.module("sentry", server + "/api/0/projects/"));
  }

  static Stream<Arguments> brokenOff() {
    return Stream.of(
        Arguments.of(new Fault.Reset(), "connection_closed", 0),
        Arguments.of(new Fault.ResetAfterHeaders(), "connection_closed", 200),
        Arguments.of(new Fault.TruncatedBody(), "connection_closed", 200),
        Arguments.of(new Fault.BrokenChunk(), "protocol", 200),
        Arguments.of(new Fault.NotHttp(), "protocol", 0));
  }

  @ParameterizedTest
  @MethodSource("brokenOff")
  void anAnswerThatBreaksOffIsRefusedWholeAndTheReasonNamesTheFault(
      Fault fault, String reason, int status) {
    sentry.faults().next(2, fault); // a request on a kept connection is sent once more
    exporter.probe("acme/web").assertFailed(reason, status);
  }

  @Test
  void aTimeoutBeforeTheHeadersLeavesStatus0() {
    sentry.faults().next(1, new Fault.Hang());
    scene.probeWithin("acme/web", "0.8").assertFailed("timeout", 0);
  }

  @Test
  void aTimeoutInTheBodyIsNoFalse0() {
    assertTimesOutInTheBody(new Fault.HangAfterHeaders());
    assertTimesOutInTheBody(new Fault.Drip(1, Duration.ofMillis(100)));
  }

  /// On a slow machine the time may be over before the head has come.
  private void assertTimesOutInTheBody(Fault fault) {
    Eventually.within(
        PATIENCE,
        () -> {
          sentry.faults().clear();
          sentry.faults().next(1, fault);
          scene.probeWithin("acme/web", "0.9").assertFailed("timeout", 200);
        });
  }

  @Test
  void theModulesTimeoutCountsWhereItIsTheSmaller() {
    exporter.reload(
        RunningExporter.projects(sentry.url()).replace("timeout: 5s", "timeout: 300ms"));
    sentry.faults().when(_ -> true, new Fault.Hang());
    scene.probeWithin("acme/web", "20").assertFailed("timeout", 0);
    assertThat(scene.probeWithin("acme/web&debug=true", "20").text())
        .startsWith("Logs for the probe (timeout 0.3 s):");
  }

  @Test
  void aClientThatHangsUpEndsTheRequestToSentry() throws Exception {
    sentry.faults().next(1, new Fault.Hang());
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), exporter.port())) {
      socket
          .getOutputStream()
          .write("GET /probe?target=acme/web HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
      assertThat(sentry.requests().awaitTotal(1, PATIENCE)).isTrue();
      assertThat(sentry.requests().connectionsOpen()).isEqualTo(1);
    }
    assertThat(sentry.requests().awaitConnectionsOpen(0, PATIENCE)).isTrue();
  }
}
