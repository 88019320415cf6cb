package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.config.Config;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.message.SentryError;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.TestSentry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// At the default level a failure is one warning when it begins and one line when it is over.
class FailuresInTheLogTest {
  private static final String FAIL = "msg=\"probes fail\"";
  private static final String OVER = "msg=\"probes no longer fail\"";

  private final TestClock clock = new TestClock(Scene.START);

  @AutoClose private final SimulatedSentry sentry = TestSentry.start(clock);

  @AutoClose
  private final RunningExporter exporter =
      RunningExporter.withClock(
          RunningExporter.collecting(sentry.url(), "    collectors: {monitors: {}, uptime: {}}")
              + RunningExporter.module("old", sentry.url() + "/api/0/projects/")
                  .replace("modules:\n", ""),
          clock,
          null);

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new Fault.Failure(SentryError.INVALID_TOKEN), "auth"),
        Arguments.of(new Fault.Failure(SentryError.NO_PERMISSION), "scope"),
        Arguments.of(new Fault.NginxPage(502), "upstream_5xx"),
        Arguments.of(new Fault.Body(200, "text/html", "<html>Login</html>"), "parse"),
        Arguments.of(new Fault.Body(404, "text/html", "<html>no</html>"), "not_sentry"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aFailureIsOneWarningForAnInstanceOrganizationAndReasonAndOneLineWhenItIsOver(
      Fault fault, String reason) {
    sentry.faults().when(_ -> true, fault);
    for (int minute = 0; minute < 5; minute++) {
      exporter.probe("acme");
      exporter.probe("acme/web");
      exporter.probe("globex");
      clock.advance(Duration.ofSeconds(61));
    }

    assertThat(lines(FAIL)).hasSize(2).allMatch(line -> line.contains("level=WARN"));
    assertThat(lines(FAIL).getFirst())
        .contains("instance=default organization=acme reason=" + reason)
        .contains(" module=sentry target=acme error=")
        .doesNotContain(SimulatedSentry.TOKEN);
    assertThat(lines(FAIL).getLast()).contains("organization=globex reason=" + reason);
    assertThat(lines(OVER)).isEmpty();

    sentry.faults().clear();
    clock.advance(Duration.ofMinutes(10));
    for (int minute = 0; minute < 3; minute++) {
      exporter.probe("acme");
      exporter.probe("acme/web");
      clock.advance(Duration.ofSeconds(61));
    }

    assertThat(lines(OVER))
        .singleElement()
        .asString()
        .contains("level=INFO", "instance=default organization=acme reason=" + reason)
        .contains("lasted_seconds=905");
    assertThat(exporter.log().lines().filter(line -> line.contains("level=")).skip(3))
        .as("lines but those of the start")
        .hasSize(3);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aFailureOfTheDropInIsOneWarningForAServerAndReasonAndOneLineWhenItIsOver(
      Fault fault, String reason) {
    sentry.faults().when(_ -> true, fault);
    for (String target : List.of("acme/web", "acme/api", "acme/web")) {
      probeOld(target);
    }
    assertThat(lines(FAIL))
        .singleElement()
        .asString()
        .contains("level=WARN", "server=" + sentry.url().getAuthority() + " reason=" + reason)
        .contains(" module=old target=acme/web error=");

    sentry.faults().clear();
    probeOld("acme/api");
    assertThat(lines(OVER)).as("acme/web may still fail").isEmpty();
    probeOld("acme/web");
    probeOld("acme/web");
    assertThat(lines(OVER))
        .singleElement()
        .asString()
        .contains("level=INFO", "server=" + sentry.url().getAuthority() + " reason=" + reason);
  }

  @Test
  void aServerThatIsAwayIsReportedOfBothProbers() {
    sentry.close();
    for (int minute = 0; minute < 3; minute++) {
      exporter.probe("acme");
      probeOld("acme/web");
      clock.advance(Duration.ofMinutes(1));
    }
    assertThat(lines(FAIL)).hasSize(2).allMatch(line -> line.contains("reason=connect"));
  }

  @Test
  void aServerThatHangsIsReported() throws IOException {
    try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      var other = "http://127.0.0.1:" + silent.getLocalPort();
      exporter.configure(
          RunningExporter.module("old", other + "/api/0/projects/").replace("5s", "200ms"));
      exporter.app().reload();
      probeOld("acme/web");
      probeOld("acme/web");
    }
    assertThat(lines(FAIL)).singleElement().asString().contains("reason=timeout");
  }

  @Test
  void whatTheServerDoesNotHaveIsNoFailureWhileOthersAnswer() {
    sentry
        .faults()
        .when(path -> path.contains("/uptime"), new Fault.Failure(SentryError.NO_RESOURCE));

    assertThat(exporter.probe("acme").text()).contains("reason=\"unsupported\"");
    assertThat(lines(FAIL)).isEmpty();
  }

  @Test
  void anotherReasonIsAnotherWarning() {
    sentry.faults().when(_ -> true, new Fault.NginxPage(502));
    probeOld("acme/web");
    sentry.faults().clear();
    sentry.faults().when(_ -> true, new Fault.Failure(SentryError.INVALID_TOKEN));
    probeOld("acme/web");

    assertThat(lines(FAIL))
        .satisfiesExactly(
            first -> assertThat(first).contains("reason=upstream_5xx"),
            second -> assertThat(second).contains("reason=auth"));
    assertThat(lines(OVER)).singleElement().asString().contains("reason=upstream_5xx");
  }

  @Test
  void aFailureThatComesAndGoesIsOverOnceItHasStayedAwayForTenMinutes() {
    for (int minute = 0; minute < 60; minute++) {
      if (minute % 2 == 0) {
        sentry.faults().when(_ -> true, new Fault.NginxPage(502));
      } else {
        sentry.faults().clear();
      }
      probeOld("acme/web");
      clock.advance(Duration.ofMinutes(1));
    }
    assertThat(lines(FAIL)).hasSize(2);
    assertThat(lines(OVER)).hasSize(1);

    clock.advance(Duration.ofMinutes(10));
    probeOld("acme/web");
    assertThat(lines(OVER)).hasSize(2);
  }

  @Test
  void whatHasNotBeenProbedForAnHourIsANewFailureAndHoldsUpNoEnd() {
    sentry.faults().when(_ -> true, new Fault.NginxPage(502));
    probeOld("acme/web");
    clock.advance(Duration.ofMinutes(61));
    probeOld("acme/api");
    assertThat(lines(FAIL)).hasSize(2);

    probeOld("acme/web");
    clock.advance(Duration.ofMinutes(61));
    sentry.faults().clear();
    probeOld("acme/api");
    assertThat(lines(OVER)).hasSize(1);
  }

  @Test
  void afterAReloadAnyTargetThatSucceedsEndsIt() {
    sentry.faults().when(_ -> true, new Fault.Failure(SentryError.INVALID_TOKEN));
    probeOld("acme/web");
    sentry.faults().clear();
    exporter.app().reload();
    probeOld("acme/api");

    assertThat(lines(OVER)).hasSize(1);
  }

  @Test
  void madeUpNamesDoNotFillTheLog() {
    for (int i = 0; i < 200; i++) {
      exporter.probe("made-up-" + i);
    }
    assertThat(lines(FAIL)).hasSizeLessThan(110);
  }

  @Test
  void reloadsWithTheSameOutcomeAreOneLineWithACount() {
    for (int i = 0; i < 2_000; i++) {
      exporter.app().reload();
    }
    assertThat(lines("reloaded")).hasSize(1);

    exporter.configure("modules: {");
    for (int i = 0; i < 50; i++) {
      exporter.app().reload();
    }
    assertThat(lines("reloaded"))
        .satisfiesExactly(
            first -> assertThat(first).contains("msg=\"configuration reloaded\" source="),
            again -> assertThat(again).contains("level=INFO", "times=1999"),
            bad -> assertThat(bad).contains("not reloaded"));
    assertThat(lines("configuration error")).hasSize(1);

    exporter.configure(RunningExporter.module("old", sentry.url() + "/api/0/projects/"));
    exporter.app().reload();
    assertThat(lines("reloaded").subList(3, 5))
        .satisfiesExactly(
            again -> assertThat(again).contains("times=49"),
            good -> assertThat(good).contains("msg=\"configuration reloaded\" source="));
  }

  @Test
  void reloadsOfNothingConfiguredAreOneLineToo() {
    var reading = new Config.Result(Config.NOTHING, List.of());
    try (var nothing = RunningExporter.from(() -> reading)) {
      for (int i = 0; i < 20; i++) {
        nothing.app().reload();
      }
      assertThat(nothing.log().lines().filter(line -> line.contains("nothing is configured")))
          .hasSizeLessThan(3);
    }
  }

  private void probeOld(String target) {
    exporter.get("/probe?module=old&target=" + target);
  }

  private List<String> lines(String text) {
    return exporter.log().lines().filter(line -> line.contains(text)).toList();
  }
}
