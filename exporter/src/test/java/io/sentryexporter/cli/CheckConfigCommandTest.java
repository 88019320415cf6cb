package io.sentryexporter.cli;

import static io.sentryexporter.cli.ProgramRun.GOOD;
import static io.sentryexporter.cli.ProgramRun.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.text.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `check-config`: what it prints of good and bad files.
class CheckConfigCommandTest {
  @TempDir Path folder;

  private final ProgramRun program = new ProgramRun();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--config.check --config.file=%s",
        "-config.check -config.file %s",
        "check-config %s",
        "check-config --config.file=%s"
      })
  void aGoodFileIsFoundGood(String arguments) throws IOException {
    assertThat(program.run(arguments.formatted(write(folder, GOOD)).split(" ", -1))).isZero();
    assertThat(program.out()).isEqualTo("Config file is ok exiting...\n");
    assertThat(program.err()).isEmpty();
  }

  @Test
  void allFaultsOfABadFileAreReportedAtOnceWithTheirPlaces() throws IOException {
    Path file = write(folder, GOOD.replace("prober", "probre").replace("  http:", "  htpp:"));
    assertThat(program.run("check-config", file.toString())).isEqualTo(1);
    assertThat(program.err().lines())
        .anyMatch(line -> line.contains("yml:3:5: ") && line.contains("did you mean \"prober\"?"))
        .anyMatch(line -> line.contains("yml:4:5: ") && line.contains("did you mean \"http\"?"));
    assertThat(program.out()).isEmpty();
  }

  @Test
  void aWarningDoesNotMakeAFileBad() throws IOException {
    Path file = write(folder, GOOD.replace("sentry.io", "sentry.com"));
    assertThat(program.run("check-config", file.toString())).isZero();
    assertThat(program.err()).contains("sentry.com is not Sentry; did you mean sentry.io?");
  }

  @Test
  void aTokenInTheEnvironmentIsAConfigurationThatCanBeChecked() {
    program.setEnvironment(Map.of("SENTRY_AUTH_TOKEN", "sntrys_0123456789abcdef"));
    for (String check : List.of("check-config", "--config.check")) {
      assertThat(program.run(check)).as(program.err()).isZero();
    }
    program.setEnvironment(Map.of("SENTRY_AUTH_TOKEN", "two words"));
    assertThat(program.run("check-config")).isEqualTo(1);
    assertThat(program.err()).contains("SENTRY_AUTH_TOKEN: ");
  }

  @Test
  void nothingToCheckIs1WithTheWaysToBegin() {
    assertThat(program.run("check-config")).isEqualTo(1);
    assertThat(program.err()).startsWith("nothing is configured: set SENTRY_AUTH_TOKEN");
    assertThat(program.out()).isEmpty();
  }

  @Test
  void wordsThatAreNoCommandAreIgnoredWithAWarning() throws IOException {
    Path file = write(folder, GOOD);
    assertThat(program.run("--config.check", "--config.file=" + file, "an", "argument")).isZero();
    assertThat(program.err()).isEqualTo("warning: ignored, for they are no flags: an argument\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "modules: {\"a\\u001b[31mb\": {prober: http}}",
        "modules: {sentry: {prober: \"\\u202eptth\"}}",
        "modules: {sentry: {prober: http, \"x\\u2028y\": 1}}",
        "modules: {sentry: {prober: http, timeout: \"5\\u0007s\"}}",
        "modules: {sentry: {prober: http, http: {prefix: \"http://\\u009b31m.example/\"}}}",
        "instances: {\"\\uFEFF\\u200b\": {url: \"http://a\\tb\"}}",
        "modules: {sentry: {prober: sentry, collectors: {\"\\u001b]0;x\\u0007\": {}}}}",
        "modules: {sentry: {prober: http, http: {headers: {\"A\\u001b\": b}}}}",
        "\u202emodules: {}",
        "modules: \u001b[31m"
      })
  void nothingOfAFileSteersATerminal(String yaml) throws IOException {
    program.run("check-config", write(folder, yaml).toString());

    assertThat(program.err()).isNotEmpty();
    assertThat((program.err() + program.out()).codePoints())
        .noneMatch(point -> point != '\n' && Printable.isHidden(point));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--config.check --config.file=%s", "check-config %s"})
  void theWebConfigurationIsCheckedToo(String arguments) throws IOException {
    Path web = folder.resolve("web.yml");
    String line = arguments.formatted(write(folder, GOOD)) + " --web.config.file=" + web;
    Files.writeString(web, "basic_auth_users: {alice: short}\nhttp2: true\n");

    assertThat(program.run(line.split(" ", -1))).isEqualTo(1);
    assertThat(program.err().lines())
        .hasSize(2)
        .anyMatch(problem -> problem.startsWith(web + ":1:27: basic_auth_users.alice: too short"))
        .anyMatch(problem -> problem.startsWith(web + ":2:1: http2: unknown key; indent it below"));
    assertThat(program.out()).isEmpty();

    Files.writeString(web, "");
    assertThat(program.run(line.split(" ", -1))).isZero();
    assertThat(program.out()).isEqualTo("Config file is ok exiting...\n");
    assertThat(program.run(line.replace(web.toString(), "").split(" ", -1))).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTPS_PROXY | socks5://a:1 | HTTPS_PROXY is not the URL of an HTTP proxy",
        "SSL_CERT_FILE | /none.pem | SSL_CERT_FILE: /none.pem cannot be read",
      })
  void anEnvironmentThatTheStartRefusesIsRefusedToo(String name, String value, String message)
      throws IOException {
    program.setEnvironment(Map.of(name, value));

    assertThat(program.run("check-config", "--config.file=" + write(folder, GOOD))).isEqualTo(1);
    assertThat(program.err()).startsWith(message);
    assertThat(program.out()).isEmpty();
  }
}
