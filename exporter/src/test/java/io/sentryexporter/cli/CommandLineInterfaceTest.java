package io.sentryexporter.cli;

import static io.sentryexporter.cli.ProgramRun.GOOD;
import static io.sentryexporter.cli.ProgramRun.write;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Commands, flags and their values: what is understood, and what the answer to anything else is.
class CommandLineInterfaceTest {
  @TempDir Path folder;

  private final ProgramRun program = new ProgramRun();

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-version", "version"})
  void theVersionGoesToStandardOutput(String argument) {
    assertThat(program.run(argument)).isZero();
    assertThat(program.out()).startsWith("sentry_exporter, version ").contains("java version:");
    assertThat(program.out()).doesNotContain("unknown)", "${");
    assertThat(program.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-h", "--help", "-help"})
  void helpGoesToStandardOutput(String argument) {
    assertThat(program.run(argument)).isZero();
    assertThat(program.out())
        .startsWith("Usage: sentry_exporter ")
        .contains("--config.file=<file>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-nothing", "--log.level=loud", "--history.limit=x"})
  void aFlagThatIsNotUnderstoodIs2WithTheUsageOnStandardError(String argument) {
    assertThat(program.run(argument)).isEqualTo(2);
    assertThat(program.err()).contains("Usage: sentry_exporter ");
    assertThat(program.out()).isEmpty();
  }

  @Test
  void aFlagThatIsNotUnderstoodIsReportedInAFewLines() {
    assertThat(program.run("--history.limit=x")).isEqualTo(2);
    assertThat(program.err().lines()).hasSizeLessThan(6);
    assertThat(program.err()).endsWith("sentry_exporter --help lists the flags\n");
  }

  @Test
  void aWordAfterFlagsIsIgnoredAsByTheOldExporters() throws IOException {
    assertThat(program.run("--config.check", "--config.file=" + write(folder, GOOD), "server"))
        .isZero();
    assertThat(program.err()).isEqualTo("warning: ignored, for they are no flags: server\n");
  }

  @Test
  void aMisspeltFlagIs2AndTheRightOneIsSuggested() {
    assertThat(program.run("--web.listen-adress=:1")).isEqualTo(2);
    assertThat(program.err())
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
    assertThat(program.run(argument)).isEqualTo(2);
    assertThat(program.err()).startsWith(message);
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
    assertThat(program.run(typed, "--config.file=" + folder.resolve("none.yml"))).isEqualTo(2);
    assertThat(program.err())
        .isEqualTo("unknown command \"" + typed + "\"; did you mean \"" + meant + "\"?\n");
    assertThat(program.out()).isEmpty();
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
    assertThat(program.run(typed.split(" ", -1))).isEqualTo(2);
    assertThat(program.err())
        .isEqualTo("write flags after the command: sentry_exporter " + meant + "\n");
    assertThat(program.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "serve demo, 'two commands, serve and demo; write one of them'",
    "serve serve, 'two commands, serve and serve; write one of them'",
    "serve deno, 'unknown command \"deno\"; did you mean \"demo\"?'",
    "serve backfill, 'unknown command \"backfill\"; sentry_exporter --help lists what there is'",
  })
  void aSecondCommandStartsNoServer(String typed, String message) {
    assertThat(program.run(typed.split(" ", -1))).isEqualTo(2);
    assertThat(program.err()).isEqualTo(message + "\n");
  }

  @Test
  void serveIsCalledByItsName() {
    assertThat(program.run("serve", "--help")).isZero();
    assertThat(program.out()).startsWith("Usage: sentry_exporter serve [OPTIONS]");
    assertThat(program.run("serve", "--nosuch")).isEqualTo(2);
    assertThat(program.err()).endsWith("sentry_exporter serve --help lists the flags\n");
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
    assertThat(program.run(word, "--web.listen-address=127.0.0.1:0")).isEqualTo(2);
    assertThat(program.err()).endsWith("; " + instead + "\n").startsWith("unknown command ");
    assertThat(program.err().lines()).hasSize(1);
    assertThat(program.out()).isEmpty();
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

    int code = program.run(arguments.replace("TOKEN", token).split(" "));

    assertThat(program.out() + program.err())
        .as("exit code %d", code)
        .doesNotContainIgnoringCase("0123456789abcdefQ", "s3cr3t");
  }

  @Test
  void aTokenAsTheFirstArgumentIsNotShown() {
    String token = "sntryu_0123456789abcdef0123456789abcdef";
    assertThat(program.run(token)).isEqualTo(2);
    assertThat(program.err()).startsWith("unknown command a text of 39 characters; ");
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
        "--timeout-offset=-1 | '--timeout-offset': \"-1\" is not a number of seconds; write 0.5",
        "--timeout-offset=NaN | '--timeout-offset': \"NaN\" is not a number of seconds; write 0.5",
        "--history.limit=1k | '--history.limit': \"1k\" is not a whole number; write digits alone",
        "--log.level=trace | '--log.level': \"trace\" is not known; write debug, info,"
            + " warn or error",
        "--log.format=text | '--log.format': \"text\" is not known; write logfmt or" + " json",
      })
  void aValueThatCannotBeReadIsReportedInTheWordsOfTheHelp(String argument, String message) {
    assertThat(program.run(argument)).isEqualTo(2);
    assertThat(program.err()).startsWith("Invalid value for option " + message + "\n");
  }

  @Test
  void levelsAreReadInAnyCase() throws IOException {
    assertThat(
            program.run(
                "--config.check", "--config.file=" + write(folder, GOOD), "--log.level=WARN"))
        .isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"backfill", "inspect"})
  void aWordThatLooksLikeACommandStartsNoServer(String word) {
    assertThat(program.run(word, "--config.file=" + folder.resolve("none.yml"))).isEqualTo(2);
    assertThat(program.err())
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
    assertThat(program.run(typed.split(" ", -1))).isZero();
    assertThat(program.out()).startsWith(usage);
    assertThat(program.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--config.check --config.file=a\0b", "check-config a\0b"})
  void aFileNameThatCannotBeIs2WithoutJavasWords(String arguments) {
    assertThat(program.run(arguments.split(" ", -1))).isEqualTo(2);
    assertThat(program.err())
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
    assertThat(program.runInto(full, arguments.formatted(write(folder, GOOD)).split(" ", -1)))
        .isEqualTo(1);
    assertThat(program.err()).isEqualTo("sentry_exporter: standard output cannot be written\n");
  }
}
