package io.sentryexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.TestSentry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `sentry_exporter probe`: one probe, without a listener.
class ProbeCommandTest {
  @AutoClose
  private final SimulatedSentry sentry =
      TestSentry.start(SimulatedWorld.demo(1), TestClock.at("2026-11-22T10:20:00Z"));

  @TempDir Path folder = Path.of("");

  private final ProgramRun program = new ProgramRun();
  private String config = "";

  @BeforeEach
  void writeConfiguration() throws IOException {
    Path file = folder.resolve("sentry_exporter.yml");
    config = "--config.file=" + file;
    Files.writeString(
        file,
        RunningExporter.collecting(sentry.url(), "    collectors: {outcomes: {}}\n")
            + """
              bad:
                prober: http
                http: {prefix: "http://127.0.0.1:1/", headers: {Authorization: Bearer 0123456789abcdef}}
            """);
  }

  @Test
  void theMetricsGoToStandardOutput() {
    assertThat(program.run("probe", config, "acme/web")).as(program.err() + program.out()).isZero();
    assertThat(program.out())
        .contains("# TYPE sentry_outcomes_total counter", "\nsentry_probe_success 1")
        .contains("project=\"web\"")
        .doesNotContain("# EOF");
    assertThat(program.err()).isEmpty();
  }

  @Test
  void openMetricsAndTheTraceComeIfWanted() {
    assertThat(program.run("probe", config, "--format=openmetrics", "acme/web")).isZero();
    assertThat(program.out()).endsWith("# EOF\n");

    assertThat(program.run("probe", config, "--debug", "acme/web")).isZero();
    assertThat(program.out()).contains("msg=\"probe succeeded\"", "\nsentry_probe_success 1");
  }

  @Test
  void aProbeThatFailsIs1WithItsReason() {
    assertThat(program.run("probe", config, "--module=bad", "web")).isEqualTo(1);
    assertThat(program.out())
        .contains("sentry_probe_success 0", "sentry_probe_failure_info{", "reason=\"connect\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--module=other acme | Unknown module \"other\"; known: ",
        "a/b/c | Target \"a/b/c\" is neither organization nor organization/project",
      })
  void aProbeThatCannotRunIs1WithTheMessageOnStandardError(String arguments, String message) {
    String[] words = ("probe " + config + " " + arguments).split(" ", -1);
    assertThat(program.run(words)).isEqualTo(1);
    assertThat(program.err()).startsWith(message);
    assertThat(program.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "NaN", "1e99"})
  void aTimeoutThatIsNoneIsAUsageError(String timeout) {
    assertThat(program.run("probe", config, "--timeout=" + timeout, "acme")).isEqualTo(2);
    assertThat(program.err()).contains("'--timeout'", "is not a number of seconds; write 0.5");
  }

  @Test
  void withoutATargetTheUsageIsShown() {
    assertThat(program.run("probe", config)).isEqualTo(2);
    assertThat(program.err()).contains("<target>");
  }
}
