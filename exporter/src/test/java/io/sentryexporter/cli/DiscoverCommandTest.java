package io.sentryexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Golden;
import io.sentryexporter.testing.RunningExporter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `sentry_exporter discover`: the projects that `/sd` returns, for people.
class DiscoverCommandTest {
  private static final TestClock CLOCK = TestClock.at("2026-11-22T10:20:00Z");
  private static final Path FILES = Path.of("exporter/src/test/resources/cli");

  @TempDir Path folder = Path.of("");

  private final ProgramRun program = new ProgramRun();

  private static SimulatedSentry start(SimulatedWorld world, Installation installation) {
    return SimulatedSentry.start(
        world, ServerOptions.onLoopback(CLOCK).withInstallation(installation));
  }

  private static SimulatedSentry start() {
    return start(SimulatedWorld.demo(1), Installation.SELF_HOSTED);
  }

  private int discover(SimulatedSentry sentry, String... arguments) throws IOException {
    Path file =
        ProgramRun.write(
            folder,
            RunningExporter.collecting(sentry.url(), "    timeout: 10s\n")
                + "  second: {prober: sentry}\n");
    var words = new ArrayList<>(List.of("discover", "--config.file=" + file));
    words.addAll(List.of(arguments));
    return program.run(words.toArray(String[]::new));
  }

  @Test
  void everyProjectIsARowInAStableOrder() throws IOException {
    try (var sentry = start()) {
      assertThat(discover(sentry)).as(program.err()).isZero();
      Golden.assertMatches(FILES.resolve("discover.txt"), program.out());
      assertThat(program.err()).as("nobody looks at the progress").isEmpty();
    }
  }

  @Test
  void jsonHasTheSameProjectsAndNullForWhatIsNotKnown() throws IOException {
    try (var sentry = start()) {
      sentry.faults().when(path -> path.contains("/stats_v2/"), new Fault.Status(403));
      assertThat(discover(sentry, "--output=json", "--organization=acme")).isZero();
      Golden.assertMatches(FILES.resolve("discover.json"), program.out());
      assertThat(program.err()).contains("acme: errors of the last hour are not known: ", "403");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--organization=acme --project=a* | acme/admin acme/android acme/api",
        "--organization=ac* --project=w* | acme/web acme/worker",
        "--team=everyone --project=web | acme/web",
        "--platform=python --organization=globex --module=second"
            + " | globex/data-lake globex/recommendations",
        "--instance=default --organization=acme --project=web | acme/web acme/web",
      })
  void filtersAreThoseOfServiceDiscovery(String arguments, String targets) throws IOException {
    try (var sentry = start()) {
      int code = discover(sentry, (arguments + " --output=json").split(" ", -1));
      assertThat(code).as(program.err()).isZero();
      assertThat(
              Pattern.compile("\"target\":\"([^\"]*)\"")
                  .matcher(program.out())
                  .results()
                  .map(match -> match.group(1)))
          .containsExactly(targets.split(" ", -1));
    }
  }

  @Test
  void whatIsSeenIsWhatServiceDiscoveryReturns() throws IOException {
    try (var sentry = start();
        var exporter = RunningExporter.with(RunningExporter.collecting(sentry.url(), ""))) {
      assertThat(discover(sentry, "--output=json")).isZero();
      var targets =
          Pattern.compile("\"__param_target\":\"([^\"]*)\"")
              .matcher(exporter.get("/sd?kind=project").text())
              .results()
              .map(match -> "\"target\":\"" + match.group(1) + "\"")
              .toList();
      assertThat(targets).isNotEmpty();
      assertThat(
              program.out().lines().filter(line -> line.startsWith("{") || line.startsWith(",{")))
          .hasSameSizeAs(targets);
      assertThat(program.out()).contains(targets);
    }
  }

  @Test
  void fiveHundredProjectsCostSixRequests() throws IOException {
    var world = SimulatedWorld.empty(1).withOrganization("big", 500);
    try (var sentry = start(world, Installation.SELF_HOSTED)) {
      assertThat(discover(sentry)).isZero();
      assertThat(program.out().lines()).hasSize(501);
      String organization = "/api/0/organizations/{organization}/";
      assertThat(sentry.requests().byEndpoint())
          .containsOnly(
              Map.entry("/api/0/organizations/", 1L),
              Map.entry(organization + "projects/", 1L),
              Map.entry(organization + "stats_v2/", 3L), // 240 projects each
              Map.entry(organization + "uptime/", 1L));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SELF_HOSTED_20_6", "SELF_HOSTED_21", "GLITCHTIP"})
  void olderAndOtherServersAreListedWithWhatTheyHave(Installation server) throws IOException {
    try (var sentry = start(SimulatedWorld.demo(1), server)) {
      assertThat(discover(sentry, "--organization=acme")).as(program.err()).isZero();
      assertThat(program.out()).contains("web").contains("python");
      if (server != Installation.GLITCHTIP) { // whose statistics are of one project each
        assertThat(sentry.requests().total()).isLessThan(10);
      }
      if (server == Installation.SELF_HOSTED_20_6) {
        assertThat(program.err()).contains("acme: errors of the last hour are not known");
      }
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsReportedWithItsUrl() throws IOException {
    try (var sentry = start()) {
      sentry.faults().when(_ -> true, new Fault.Hang());
      assertThat(discover(sentry, "--timeout=0.2")).isEqualTo(1);
      assertThat(program.err())
          .contains("is known: no answer in time from " + sentry.url() + "; set organizations: ");
    }
  }

  @Test
  void aRefusedTokenIsReportedWithoutAdviceOnOrganizations() throws IOException {
    try (var sentry = start()) {
      sentry.faults().when(_ -> true, new Fault.Status(401));
      assertThat(discover(sentry)).isEqualTo(1);
      assertThat(program.err()).contains("HTTP 401").doesNotContain("SENTRY_ORGANIZATIONS");
    }
  }

  @Test
  void anIntegrationWithoutOrganizationsIsReportedWithTheFix() throws IOException {
    try (var sentry = start()) {
      sentry
          .faults()
          .when(
              path -> path.equals("/api/0/organizations/"),
              new Fault.Body(200, "application/json", "[]"));
      assertThat(discover(sentry)).isEqualTo(1);
      assertThat(program.err())
          .contains("no organization of instance default is known", "SENTRY_ORGANIZATIONS");
      assertThat(program.out()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--project=nothing-*", "--team=nobody"})
  void noProjectIsAFailure(String filter) throws IOException {
    try (var sentry = start()) {
      assertThat(discover(sentry, filter)).isEqualTo(1);
      assertThat(program.err()).contains("no project is found");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--module=other | 1 | unknown module \"other\"",
        "--instance=other | 2 | reads from \"other\"; instances: default",
        "--project= | 2 | --project: not a slug",
        "--output=xml | 2 | write table or json",
      })
  void aFilterThatCannotBeUsedIsNamed(String filter, int code, String message) throws IOException {
    try (var sentry = start()) {
      assertThat(discover(sentry, filter)).isEqualTo(code);
      assertThat(program.err()).contains(message);
    }
  }
}
