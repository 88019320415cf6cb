package io.sentryexporter.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineInterfaceTest {
  private static final String GOOD =
      """
      modules:
        sentry:
          prober: http
          http:
            prefix: https://sentry.io/api/0/projects/acme/
            headers: {Authorization: Bearer 0123456789abcdef}
      """;

  @TempDir Path folder;
  private Map<String, String> environment = Map.of();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-version", "version"})
  void theVersionGoesToStandardOutput(String argument) {
    assertThat(run(argument)).isZero();
    assertThat(out()).startsWith("sentry_exporter, version ").contains("java version:");
    assertThat(out()).doesNotContain("unknown)", "${");
    assertThat(err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-h", "--help", "-help"})
  void helpGoesToStandardOutput(String argument) {
    assertThat(run(argument)).isZero();
    assertThat(out()).startsWith("Usage: sentry_exporter ").contains("--config.file=<file>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-nothing", "--log.level=loud", "--history.limit=x"})
  void aFlagThatIsNotUnderstoodIs2WithTheUsageOnStandardError(String argument) {
    assertThat(run(argument)).isEqualTo(2);
    assertThat(err()).contains("Usage: sentry_exporter ");
    assertThat(out()).isEmpty();
  }

  @Test
  void aFlagThatIsNotUnderstoodIsReportedInAFewLines() {
    assertThat(run("--history.limit=x")).isEqualTo(2);
    assertThat(err().lines()).hasSizeLessThan(6);
    assertThat(err()).endsWith("sentry_exporter --help lists the flags\n");
  }

  @Test
  void aWordAfterFlagsIsIgnoredAsByTheOldExporters() throws IOException {
    assertThat(run("--config.check", "--config.file=" + write(GOOD), "server")).isZero();
    assertThat(err()).isEqualTo("warning: ignored, for they are no flags: server\n");
  }

  @Test
  void aTokenInTheEnvironmentIsAConfigurationThatCanBeChecked() {
    environment = Map.of("SENTRY_AUTH_TOKEN", "sntrys_0123456789abcdef");
    for (String check : List.of("check-config", "--config.check")) {
      assertThat(run(check)).as(err()).isZero();
    }
    environment = Map.of("SENTRY_AUTH_TOKEN", "two words");
    assertThat(run("check-config")).isEqualTo(1);
    assertThat(err()).contains("SENTRY_AUTH_TOKEN: ");
  }

  @Test
  void nothingToCheckIs1WithTheWaysToBegin() {
    assertThat(run("check-config")).isEqualTo(1);
    assertThat(err()).startsWith("nothing is configured: set SENTRY_AUTH_TOKEN");
    assertThat(out()).isEmpty();
  }

  @Test
  void aMisspeltFlagIs2AndTheRightOneIsSuggested() {
    assertThat(run("--web.listen-adress=:1")).isEqualTo(2);
    assertThat(err())
        .startsWith("Unknown option: '--web.listen-adress=…'\n")
        .contains("Possible solutions: --web.listen-address");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--web.listen-address=9412 | --web.listen-address: \"9412\" is not an address",
        "--web.telemetry-path=metrics | --web.telemetry-path: \"metrics\" is not a path; write"
            + " /metrics",
        "--timeout-offset=-1 | --timeout-offset: -1.0 is not a number of seconds; write 0.5",
        "--web.max-requests=-1 | --web.max-requests: -1 is negative; write 0 or more",
        "--history.limit=-1 | --history.limit: -1 is negative; write 0 or more",
        "--storage.path=pom.xml | --storage.path: \"pom.xml\" is a file; name a folder",
        "--storage.path=pom.xml/marks | --storage.path: \"pom.xml/marks\" cannot be made; name a"
            + " folder that can",
        "--web.external-url=exporter | --web.external-url: \"exporter\" is not a URL; write"
            + " https://host/path",
        "--web.telemetry-path=/config | --web.telemetry-path: \"/config\" is taken by another page;"
            + " write /metrics",
        "--web.telemetry-path=/-/ready | --web.telemetry-path: \"/-/ready\" is taken by another"
            + " page; write /metrics",
        "--web.telemetry-path=/ | --web.telemetry-path: \"/\" is not a path; write /metrics",
        "--web.telemetry-path=/probe | --web.telemetry-path: \"/probe\" is taken by another page;"
            + " write /metrics",
        "--web.telemetry-path=/logs | --web.telemetry-path: \"/logs\" is taken by another page;"
            + " write /metrics",
        "--web.telemetry-path=/-/own | --web.telemetry-path: \"/-/own\" is taken by another page;"
            + " write /metrics",
        "--web.telemetry-path=/a b | --web.telemetry-path: \"/a b\" is not a path; write /metrics",
        "--web.telemetry-path=//x | --web.telemetry-path: \"//x\" is not a path; write /metrics",
        "--web.telemetry-path=/.. | --web.telemetry-path: \"/..\" is not a path; write /metrics",
        "--web.telemetry-path=/<script> | --web.telemetry-path: \"/<script>\" is not a path;"
            + " write /metrics",
        "--web.telemetry-path=/m?x | --web.telemetry-path: \"/m?x\" is not a path; write /metrics",
        "--web.route-prefix=a?b | --web.route-prefix: \"a?b\" is not a path; write"
            + " /sentry_exporter",
      })
  void aBadValueIs2AndShowsHowToWriteIt(String argument, String message) {
    assertThat(run(argument)).isEqualTo(2);
    assertThat(err()).startsWith(message);
  }

  @ParameterizedTest
  @CsvSource({
    "dmeo, demo",
    "Demo, demo",
    "serv, serve",
    "check_config, check-config",
    "chek-config, check-config",
    "verison, version"
  })
  void aMisspeltCommandIs2AndTheRightOneIsSuggested(String typed, String meant) {
    assertThat(run(typed, "--config.file=" + folder.resolve("none.yml"))).isEqualTo(2);
    assertThat(err())
        .isEqualTo("unknown command \"" + typed + "\"; did you mean \"" + meant + "\"?\n");
    assertThat(out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "--config.file=ok.yml serve, serve --config.file=…",
    "--config.file ok.yml check-config, check-config --config.file=…",
    "-config.file=ok.yml --log.level=debug serve, serve --config.file=… --log.level=…",
    "--log.level=debug demo --sentry.seed=1, demo --log.level=…",
    "--config.check serve, serve --config.check",
    "word version, version word",
  })
  void whatStandsBeforeACommandIsRefused(String typed, String meant) {
    assertThat(run(typed.split(" ", -1))).isEqualTo(2);
    assertThat(err()).isEqualTo("write flags after the command: sentry_exporter " + meant + "\n");
    assertThat(out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "serve demo, 'two commands, serve and demo; write one of them'",
    "serve serve, 'two commands, serve and serve; write one of them'",
    "serve deno, 'unknown command \"deno\"; did you mean \"demo\"?'",
    "serve doctor, 'unknown command \"doctor\"; sentry_exporter --help lists what there is'",
  })
  void aSecondCommandStartsNoServer(String typed, String message) {
    assertThat(run(typed.split(" ", -1))).isEqualTo(2);
    assertThat(err()).isEqualTo(message + "\n");
  }

  @Test
  void serveIsCalledByItsName() {
    assertThat(run("serve", "--help")).isZero();
    assertThat(out()).startsWith("Usage: sentry_exporter serve [OPTIONS]");
    assertThat(run("serve", "--nosuch")).isEqualTo(2);
    assertThat(err()).endsWith("sentry_exporter serve --help lists the flags\n");
  }

  @ParameterizedTest
  @CsvSource({
    "check, 'did you mean \"check-config\"?'",
    "config, 'did you mean \"check-config\"?'",
    "run, 'did you mean \"serve\"?'",
    "foo.yml, 'did you mean \"--config.file=foo.yml\"?'",
    "/etc/sentry_exporter/a.yaml, 'did you mean \"--config.file=/etc/sentry_exporter/a.yaml\"?'",
    "nonsense, sentry_exporter --help lists what there is",
  })
  void aFirstArgumentThatIsNeitherFlagNorCommandStartsNoServer(String word, String instead) {
    assertThat(run(word, "--web.listen-address=127.0.0.1:0")).isEqualTo(2);
    assertThat(err()).endsWith("; " + instead + "\n").startsWith("unknown command ");
    assertThat(err().lines()).hasSize(1);
    assertThat(out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--auth-token=TOKEN",
        "--auth-token TOKEN",
        "--token=s3cr3t",
        "serve --auth-token=TOKEN",
        "demo TOKEN",
        "check-config --token TOKEN",
        "check-config TOKEN",
        "version TOKEN",
        "--log.level=TOKEN",
        "--log.format TOKEN",
        "--web.max-requests=TOKEN",
        "--timeout-offset=TOKEN",
        "--web.listen-address=TOKEN",
        "--web.listen-address=:TOKEN",
        "--web.telemetry-path=TOKEN",
        "--web.external-url=TOKEN",
        "--web.external-url=https://TOKEN@exporter.example:x/",
        "--web.route-prefix=/?TOKEN",
        "--config.file=TOKEN",
        "--storage.path=/dev/null/TOKEN",
        "--config.check=TOKEN",
        "--config.check TOKEN check-config",
        "--auth-token=TOKEN check-config",
        "--web.listen-address=TOKEN demo",
        "TOKEN serve",
        "serve TOKEN --version"
      })
  void aTokenInTheWrongPlaceIsNotShown(String arguments) {
    String token = "sntryu_0123456789abcdefQ";

    int code = run(arguments.replace("TOKEN", token).split(" "));

    assertThat(out() + err())
        .as("exit code %d", code)
        .doesNotContainIgnoringCase("0123456789abcdefQ", "s3cr3t");
  }

  @Test
  void aTokenAsTheFirstArgumentIsNotShown() {
    String token = "sntryu_0123456789abcdef0123456789abcdef";
    assertThat(run(token)).isEqualTo(2);
    assertThat(err()).startsWith("unknown command a text of 39 characters; ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--config.file= | '--config.file': empty; write a name, or leave the flag out",
        "--storage.path= | '--storage.path': empty; write a name, or leave the flag out",
        "--timeout-offset=500ms | '--timeout-offset': \"500ms\" is not a number of"
            + " seconds; write 0.5",
        "--history.limit=1k | '--history.limit': \"1k\" is not a whole number; write digits alone",
        "--log.level=trace | '--log.level': \"trace\" is not known; write debug, info,"
            + " warn or error",
        "--log.format=text | '--log.format': \"text\" is not known; write logfmt or" + " json",
      })
  void aValueThatCannotBeReadIsReportedInTheWordsOfTheHelp(String argument, String message) {
    assertThat(run(argument)).isEqualTo(2);
    assertThat(err()).startsWith("Invalid value for option " + message + "\n");
  }

  @Test
  void levelsAreReadInAnyCase() throws IOException {
    assertThat(run("--config.check", "--config.file=" + write(GOOD), "--log.level=WARN")).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"doctor", "probe", "discover", "backfill"})
  void aWordThatLooksLikeACommandStartsNoServer(String word) {
    assertThat(run(word, "--config.file=" + folder.resolve("none.yml"))).isEqualTo(2);
    assertThat(err())
        .isEqualTo(
            "unknown command \"" + word + "\"; sentry_exporter --help lists what there is\n");
  }

  @ParameterizedTest
  @CsvSource({
    "help, Usage: sentry_exporter [",
    "help demo, Usage: sentry_exporter demo ",
    "help check-config, Usage: sentry_exporter check-config "
  })
  void helpIsHelp(String typed, String usage) {
    assertThat(run(typed.split(" ", -1))).isZero();
    assertThat(out()).startsWith(usage);
    assertThat(err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--config.check --config.file=a\0b", "check-config a\0b"})
  void aFileNameThatCannotBeIs2WithoutJavasWords(String arguments) {
    assertThat(run(arguments.split(" ", -1))).isEqualTo(2);
    assertThat(err())
        .contains("not a file name here; write ASCII, or set LC_ALL=C.UTF-8")
        .doesNotContain("java.", "Exception");
  }

  @ParameterizedTest
  @ValueSource(strings = {"version", "--version", "--help", "demo --help", "check-config %s"})
  void outputThatCannotBeWrittenIs1(String arguments) throws IOException {
    var full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    var code =
        CommandLineInterface.run(
            arguments.formatted(write(GOOD)).split(" ", -1),
            environment,
            new PrintStream(full, false, UTF_8),
            new PrintStream(err, true, UTF_8));
    assertThat(code).isEqualTo(1);
    assertThat(err()).isEqualTo("sentry_exporter: standard output cannot be written\n");
  }

  @ParameterizedTest
  @CsvSource({
    "HTTPS_PROXY, socks5://proxy:1080",
    "HTTP_PROXY, socks5://user:secret@proxy:1080",
    "HTTPS_PROXY, http://a b"
  })
  void aProxyThatCannotBeUsedIs1AndNamesTheVariableWithoutItsPassword(String variable, String value)
      throws IOException {
    environment = Map.of(variable, value);
    assertThat(run("--config.file=" + write(GOOD), "--web.listen-address=127.0.0.1:0"))
        .isEqualTo(1);
    assertThat(err().lines().toList().getLast())
        .contains(
            "level=ERROR msg=\"cannot start\" reason=\""
                + variable
                + " is not the URL of an HTTP"
                + " proxy; write http://host:port or https://host:port; SOCKS is not supported\"");
    assertThat(err()).doesNotContain("secret", "\tat ", "Exception");
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
    environment = Map.of(variable, path);
    assertThat(run("--config.file=" + write(GOOD), "--web.listen-address=127.0.0.1:0"))
        .isEqualTo(1);
    assertThat(err().lines().toList().getLast())
        .contains(
            "level=ERROR msg=\"cannot start\" reason=\"" + variable + ": " + path + " " + message);
  }

  @Test
  void aFileWithoutCertificatesIs1AndNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("ca.pem"), "nothing of use");
    environment = Map.of("SSL_CERT_FILE", file.toString());
    assertThat(run("--config.file=" + write(GOOD), "--web.listen-address=127.0.0.1:0"))
        .isEqualTo(1);
    assertThat(err())
        .endsWith(
            "reason=\"SSL_CERT_FILE: no certificate in "
                + file
                + "; name a PEM file that has them\"\n");
  }

  @Test
  void aStartThatFailsIsReportedOnceAndInTheFormOfTheLog() {
    var file = folder.resolve("none.yml");
    assertThat(run("--log.format=json", "--config.file=" + file)).isEqualTo(1);
    assertThat(err().lines()).allMatch(line -> line.startsWith("{\"time\":"));
    assertThat(err()).containsOnlyOnce("the configuration has an error");
  }

  @Test
  void aDemoWhoseSentryHasNoPortIs1AndShowsHowToChooseAnother() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      assertThat(run("demo", "--sentry.listen-address=" + address)).isEqualTo(1);
      assertThat(err())
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
    assertThat(run("demo", argument)).isEqualTo(code);
    assertThat(err()).startsWith(message).doesNotContain("\tat ");
    assertThat(err().lines()).hasSize(1);
  }

  @Test
  void wordsThatAreNoCommandAreIgnoredWithAWarning() throws IOException {
    Path file = write(GOOD);
    assertThat(run("--config.check", "--config.file=" + file, "an", "argument")).isZero();
    assertThat(err()).isEqualTo("warning: ignored, for they are no flags: an argument\n");
  }

  @Test
  void aMissingFileIs1AndNamed() {
    assertThat(run("--config.file=" + folder.resolve("none.yml"))).isEqualTo(1);
    assertThat(err()).contains("none.yml").endsWith(" reason=\"the configuration has an error\"\n");
  }

  @Test
  void aStartNamesWhatWasLoadedAndFromWhere() throws IOException {
    Path file = write(GOOD + "  all: {prober: sentry}\n");
    environment =
        Map.of("SENTRY_AUTH_TOKEN", "0123456789abcdef", "SENTRY_URL", "https://sentry.example.org");
    startAndStop("--config.file=" + file);
    assertThat(err())
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
    environment = Map.of("SENTRY_AUTH_TOKEN", "0123456789abcdef");
    startAndStop();
    assertThat(err())
        .containsOnlyOnce(
            "level=INFO msg=\"configuration loaded\" source=\"environment, SENTRY_AUTH_TOKEN\""
                + " instances=\"default=https://sentry.io\" modules=sentry\n");
  }

  /// Starts the exporter on an address that is taken.
  private void startAndStop(String... arguments) throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "--web.listen-address=127.0.0.1:" + taken.getLocalPort();
      var all = Stream.concat(Stream.of(arguments), Stream.of(address)).toArray(String[]::new);
      assertThat(run(all)).isEqualTo(1);
    }
  }

  @Test
  void anAddressInUseIs1AndReported() throws IOException {
    Path file = write(GOOD);
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      assertThat(run("--config.file=" + file, "--web.listen-address=" + address)).isEqualTo(1);
      assertThat(err())
          .contains("cannot listen on " + address + ": address already in use")
          .contains("--web.listen-address");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--config.check --config.file=%s",
        "-config.check -config.file %s",
        "check-config %s",
        "check-config --config.file=%s"
      })
  void aGoodFileIsFoundGood(String arguments) throws IOException {
    assertThat(run(arguments.formatted(write(GOOD)).split(" ", -1))).isZero();
    assertThat(out()).isEqualTo("Config file is ok exiting...\n");
    assertThat(err()).isEmpty();
  }

  @Test
  void allFaultsOfABadFileAreReportedAtOnceWithTheirPlaces() throws IOException {
    Path file = write(GOOD.replace("prober", "probre").replace("  http:", "  htpp:"));
    assertThat(run("check-config", file.toString())).isEqualTo(1);
    assertThat(err().lines())
        .anyMatch(line -> line.contains("yml:3:5: ") && line.contains("did you mean \"prober\"?"))
        .anyMatch(line -> line.contains("yml:4:5: ") && line.contains("did you mean \"http\"?"));
    assertThat(out()).isEmpty();
  }

  @Test
  void aWarningDoesNotMakeAFileBad() throws IOException {
    Path file = write(GOOD.replace("sentry.io", "sentry.com"));
    assertThat(run("check-config", file.toString())).isZero();
    assertThat(err()).contains("sentry.com is not Sentry; did you mean sentry.io?");
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(folder.resolve("sentry_exporter.yml"), yaml);
  }

  private int run(String... arguments) {
    return CommandLineInterface.run(
        arguments,
        environment,
        new PrintStream(out, true, UTF_8),
        new PrintStream(err, true, UTF_8));
  }

  private String out() {
    return out.toString(UTF_8);
  }

  private String err() {
    return err.toString(UTF_8);
  }
}
