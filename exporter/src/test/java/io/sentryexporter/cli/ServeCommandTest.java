package io.sentryexporter.cli;

import static io.sentryexporter.cli.ProgramRun.GOOD;
import static io.sentryexporter.cli.ProgramRun.write;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How the server and the demo start, and why they do not.
class ServeCommandTest {
  @TempDir Path folder;

  private final ProgramRun program = new ProgramRun();

  @ParameterizedTest
  @CsvSource({
    "HTTPS_PROXY, socks5://proxy:1080",
    "HTTP_PROXY, socks5://user:secret@proxy:1080",
    "HTTPS_PROXY, http://a b"
  })
  void aProxyThatCannotBeUsedIs1AndNamesTheVariableWithoutItsPassword(String variable, String value)
      throws IOException {
    program.setEnvironment(Map.of(variable, value));
    assertThat(
            program.run("--config.file=" + write(folder, GOOD), "--web.listen-address=127.0.0.1:0"))
        .isEqualTo(1);
    assertThat(program.err().lines().toList().getLast())
        .contains(
            "level=ERROR msg=\"cannot start\" reason=\""
                + variable
                + " is not the URL of an HTTP"
                + " proxy; write http://host:port or https://host:port; SOCKS is not supported\"");
    assertThat(program.err()).doesNotContain("secret", "\tat ", "Exception");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SSL_CERT_FILE | none.pem | cannot be read; name a PEM file that this user can read",
        "SSL_CERT_FILE | . | cannot be read; name a PEM file that this user can read",
        "SSL_CERT_DIR | none | cannot be read; name a folder that this user can read",
      })
  void certificatesThatCannotBeReadAre1AndNamed(String variable, String name, String message)
      throws IOException {
    String path = folder.resolve(name).toString();
    program.setEnvironment(Map.of(variable, path));
    assertThat(
            program.run("--config.file=" + write(folder, GOOD), "--web.listen-address=127.0.0.1:0"))
        .isEqualTo(1);
    assertThat(program.err().lines().toList().getLast())
        .contains(
            "level=ERROR msg=\"cannot start\" reason=\"" + variable + ": " + path + " " + message);
  }

  @Test
  void aFileWithoutCertificatesIs1AndNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("ca.pem"), "nothing of use");
    program.setEnvironment(Map.of("SSL_CERT_FILE", file.toString()));
    assertThat(
            program.run("--config.file=" + write(folder, GOOD), "--web.listen-address=127.0.0.1:0"))
        .isEqualTo(1);
    assertThat(program.err())
        .endsWith(
            "reason=\"SSL_CERT_FILE: no certificate in "
                + file
                + "; name a PEM file that has them\"\n");
  }

  @Test
  void aStartThatFailsIsReportedOnceAndInTheFormOfTheLog() {
    var file = folder.resolve("none.yml");
    assertThat(program.run("--log.format=json", "--config.file=" + file)).isEqualTo(1);
    assertThat(program.err().lines()).allMatch(line -> line.startsWith("{\"time\":"));
    assertThat(program.err()).containsOnlyOnce("the configuration has an error");
  }

  @Test
  void aDemoWhoseSentryHasNoPortIs1AndShowsHowToChooseAnother() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      assertThat(program.run("demo", "--sentry.listen-address=" + address)).isEqualTo(1);
      assertThat(program.err())
          .startsWith("sentry_exporter: simulated Sentry: cannot listen on " + address + ": ")
          .endsWith("; choose another address with --sentry.listen-address\n")
          .doesNotContain("\tat ");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--sentry.listen-address=9413 | 1 | sentry_exporter: --sentry.listen-address: \"9413\" is"
            + " not an address",
        "--sentry.latency=-1 | 2 | --sentry.latency: -1 is negative; write 0 or more",
        "--sentry.projects=-1 | 2 | --sentry.projects: -1 is negative; write 0 or more",
      })
  void aValueThatTheDemoCannotUseIsReportedWithoutATrace(
      String argument, int code, String message) {
    assertThat(program.run("demo", argument)).isEqualTo(code);
    assertThat(program.err()).startsWith(message).doesNotContain("\tat ");
    assertThat(program.err().lines()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "500ms", "0", "-1s", "half an hour", "99999999999999999999"})
  void anIntervalOfAutomaticReloadsThatCannotBeIsReported(String text) {
    assertThat(program.run("--config.auto-reload-interval=" + text)).isEqualTo(2);
    assertThat(program.err())
        .isEqualTo(
            "--config.auto-reload-interval: \""
                + text
                + "\" is not a duration of 1s or more; write 30s\n");
  }

  @Test
  void aMissingFileIs1AndNamed() {
    assertThat(program.run("--config.file=" + folder.resolve("none.yml"))).isEqualTo(1);
    assertThat(program.err())
        .contains("none.yml")
        .endsWith(" reason=\"the configuration has an error\"\n");
  }

  @Test
  void aStartNamesWhatWasLoadedAndFromWhere() throws IOException {
    Path file = write(folder, GOOD + "  all: {prober: sentry}\n");
    program.setEnvironment(
        Map.of(
            "SENTRY_AUTH_TOKEN", "0123456789abcdef", "SENTRY_URL", "https://sentry.example.org"));
    startAndStop("--config.file=" + file);
    assertThat(program.err())
        .containsOnlyOnce(
            "level=INFO msg=\"configuration loaded\" source=\""
                + file
                + ", SENTRY_AUTH_TOKEN, SENTRY_URL\""
                + " instances=\"default=https://sentry.example.org\""
                + " modules=\"sentry=https://sentry.io/api/0/projects/acme/, all\"\n")
        .doesNotContain("0123456789abcdef");
  }

  @Test
  void aStartWithoutAFileNamesTheEnvironment() throws IOException {
    program.setEnvironment(Map.of("SENTRY_AUTH_TOKEN", "0123456789abcdef"));
    startAndStop();
    assertThat(program.err())
        .containsOnlyOnce(
            "level=INFO msg=\"configuration loaded\" source=\"environment, SENTRY_AUTH_TOKEN\""
                + " instances=\"default=https://sentry.io\" modules=sentry\n");
  }

  @Test
  void anAddressInUseIs1AndReported() throws IOException {
    Path file = write(folder, GOOD);
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      assertThat(program.run("--config.file=" + file, "--web.listen-address=" + address))
          .isEqualTo(1);
      assertThat(program.err())
          .contains("cannot listen on " + address + ": address already in use")
          .contains("--web.listen-address");
    }
  }

  /// Starts the exporter on an address that is taken.
  private void startAndStop(String... arguments) throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "--web.listen-address=127.0.0.1:" + taken.getLocalPort();
      var all = Stream.concat(Stream.of(arguments), Stream.of(address)).toArray(String[]::new);
      assertThat(program.run(all)).isEqualTo(1);
    }
  }
}
