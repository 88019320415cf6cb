package io.sentryexporter.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.config.Config;
import io.sentryexporter.config.ConfigSource;
import io.sentryexporter.config.Module;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Golden;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RealParts;
import io.sentryexporter.testing.TestSentry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `sentry_exporter migrate`: configurations of other exporters, what is printed for each, and that
/// this works: it is loaded, probed and read by promtool.
class MigrateCommandTest {
  private static final Path FOLDER = Path.of("exporter/src/test/resources/migration");
  private static final String SENTRY_IO = "https://sentry.io";

  @AutoClose
  private final SimulatedSentry sentry =
      TestSentry.start(SimulatedWorld.demo(1), TestClock.at("2026-11-22T10:20:00Z"));

  @TempDir Path folder = Path.of("");

  private final ProgramRun program = new ProgramRun();

  @ParameterizedTest
  @MethodSource("files")
  void whatIsPrintedForEachFileIsAsTheGoldenFilesHaveIt(String name) {
    assertThat(migrate(name)).as(program.err()).isZero();

    Golden.assertMatches(FOLDER.resolve(name + ".migrated"), program.out());
    Golden.assertMatches(FOLDER.resolve(name + ".notes.txt"), program.err());
  }

  @ParameterizedTest
  @MethodSource("files")
  void noSecretIsPrinted(String name) {
    migrate(name);

    assertThat(program.out() + program.err()).doesNotContain("CANARY");
  }

  @ParameterizedTest
  @MethodSource("files")
  void theSecretsAreInTheFilesThatTheConfigurationNamesForThisUserAlone(String name)
      throws IOException {
    migrate(name, "--secrets.directory=" + folder.resolve("secrets"));

    var kept = new ArrayList<String>();
    for (Path secret : secrets()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
          .isEqualTo("rw-------");
      assertThat(program.out()).contains(secret.toString());
      kept.add(Files.readString(secret).strip());
    }
    String old = Files.readString(FOLDER.resolve(name));
    assertThat(kept).allSatisfy(secret -> assertThat(old).contains(secret));
    assertThat(program.out()).doesNotContain("CANARY");
  }

  /// The simulated Sentry takes the place of sentry.io, and its token that of the old one.
  @ParameterizedTest
  @MethodSource("files")
  void theConfigurationIsLoadedAndProbesSentry(String name) throws IOException {
    migrate(name, "--print=config", "--secrets.directory=" + folder.resolve("secrets"));
    for (Path secret : secrets()) {
      if (secret.getFileName().toString().startsWith("sentry-token")) {
        Files.writeString(secret, SimulatedSentry.TOKEN);
      }
    }
    Path file = ProgramRun.write(folder, program.out().replace(SENTRY_IO, sentry.url().toString()));
    var environment = Map.of("SENTRY_AUTH_TOKEN", SimulatedSentry.TOKEN);
    var exporter = new ProgramRun();
    exporter.setEnvironment(environment);

    assertThat(exporter.run("check-config", "--config.file=" + file)).as(exporter.err()).isZero();

    var config = requireNonNull(new ConfigSource(file, true, environment).get().config());
    for (var module : config.modules().values()) {
      if (List.of("slow", "collect-slow", "page").contains(module.name())) {
        continue; // of a token that is no bearer's, and of an address without API
      }
      assertThat(exporter.run("probe", "--config.file=" + file, "--module=" + module.name(), "x"))
          .isEqualTo(1);
      String target = target(module);
      assertThat(
              exporter.run("probe", "--config.file=" + file, "--module=" + module.name(), target))
          .as("%s: %s\n%s\n%s", module.name(), target, exporter.err(), program.out())
          .isZero();
    }
  }

  @Tag(RealParts.TAG)
  @ParameterizedTest
  @MethodSource("files")
  void promtoolAcceptsTheJobs(String name) throws IOException {
    Path promtool = RealParts.program("promtool", "prometheus");
    migrate(name, "--print=jobs", "--secrets.directory=" + folder.resolve("secrets"));
    Path jobs = Files.writeString(folder.resolve("jobs.yml"), program.out());

    assertThat(program.out()).contains("http_sd_configs");
    assertThat(Program.read(Program.NO_INPUT, folder, promtool, "check", "config", jobs))
        .contains("SUCCESS");
  }

  @Test
  void theJobsAndTheConfigurationTogetherAreBoth() {
    migrate("zekker6.yml", "--print=jobs", "--exporter.address=sentry-exporter:9412");
    assertThat(program.out())
        .contains("url: http://sentry-exporter:9412/sd?module=collect")
        .doesNotContain("modules:");
    String jobs = program.out();

    var all = new ProgramRun();
    String file = FOLDER.resolve("zekker6.yml").toString();
    all.run("migrate", file, "--exporter.address=sentry-exporter:9412");
    assertThat(all.out().lines().map(line -> line.replaceFirst("^# ", "")))
        .containsAll(lines(jobs));
    assertThat(Config.parse(all.out(), "all").errors()).isEmpty();
  }

  @Test
  void theEnvironmentOfTheProcessIsReadWithoutAFile() {
    program.setEnvironment(
        Map.of(
            "SENTRY_AUTH_TOKEN", "sntryu_CANARY0123456789",
            "SENTRY_EXPORTER_ORG", "acme",
            "SENTRY_SCRAPE_ISSUE_METRICS", "False",
            "HOME", "/root"));

    assertThat(program.run("migrate")).isZero();
    assertThat(program.out()).contains("organizations:\n    - acme\n").doesNotContain("CANARY");
    assertThat(program.err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                              | 2 | no variable of another exporter in the environment;",
        "none.yml                      | 1 | none.yml: there is no such file; name another",
        "FOLDER/zekker6.yml --env-file=FOLDER/italux.env | 2 | a file and --env-file; name one",
        "FOLDER/italux.env             | 1 | ",
        "FOLDER/zekker6.yml --prometheus.file=none.yml | 1 | none.yml: there is no such file",
        "FOLDER/zekker6.yml --print=x  | 2 | write all, config or jobs",
        "FOLDER/zekker6.yml --exporter.address=http://x:1 | 2 | write host and port, as in",
      })
  void whatCannotBeReadIsReported(String arguments, int code, String message) {
    String words = "migrate " + (arguments == null ? "" : arguments);
    int ended = program.run(words.strip().replace("FOLDER", FOLDER.toString()).split(" ", -1));

    assertThat(ended).as(program.err()).isEqualTo(code);
    assertThat(program.err()).contains(message == null ? "" : message).isNotEmpty();
    assertThat(program.out()).isEmpty();
  }

  @Test
  void aFileWithoutAnEquivalentOfAnyModuleIsAFailure() throws IOException {
    Path old = ProgramRun.write(folder, "modules: {sentry: {prober: http, http: {}}}\n");

    assertThat(program.run("migrate", old.toString())).isEqualTo(1);
    assertThat(program.err()).contains("no prefix", "no module has an equivalent");
    assertThat(program.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "timeout: 5c | prefix: https://sentry.io/api/0/projects/ | timeout: \"5c\" is not a"
            + " duration;",
        "timeout: 5s | prefix: https://s.example/api/0/projects/, valid_status_codes: [2+0]"
            + " | valid_status_codes[0]: \"2+0\" is not a whole number",
        "timeout: 5s | prefix: \"https://s.example/a\\tb/\" | a control character in the URL",
      })
  void aValueThatNoConfigurationTakesIsReportedAtItsPlace(String module, String http, String told)
      throws IOException {
    String file = "modules: {sentry: {prober: http, %s, http: {%s}}}\n".formatted(module, http);
    Path old = ProgramRun.write(folder, file);

    assertThat(program.run("migrate", old.toString())).isEqualTo(1);
    assertThat(program.err()).contains(told);
    assertThat(program.out()).isEmpty();
  }

  /// Nor is Sentry's own server taken instead: the token is not for it.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://sntryu_CANARY0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "https://sentry.example/sntryu_CANARY0123456789abcdef/api/0/",
        "sentry.example"
      })
  void aUrlThatIsNoneOfSentryIsAnErrorAndNotPrinted(String url) throws IOException {
    Path old = Files.writeString(folder.resolve("old.env"), "SENTRY_BASE_URL=" + url + "\n");

    assertThat(program.run("migrate", "--env-file=" + old)).isEqualTo(1);
    assertThat(program.err())
        .contains("SENTRY_BASE_URL: not a URL of Sentry's API")
        .doesNotContain("CANARY");
    assertThat(program.out()).isEmpty();
  }

  @Test
  void aFileThatIsThereIsNotOverwritten() throws IOException {
    Files.writeString(folder.resolve("sentry-token"), "another token\n");

    assertThat(migrate("zekker6.yml", "--secrets.directory=" + folder)).isEqualTo(1);
    assertThat(program.err()).contains("sentry-token: is there, with other content");
    assertThat(program.out()).isEmpty();
    assertThat(folder.resolve("sentry-token")).content().isEqualTo("another token\n");

    Files.writeString(folder.resolve("sentry-token"), "sntryu_CANARY0123456789\n");
    assertThat(migrate("zekker6.yml", "--secrets.directory=" + folder)).isZero();
  }

  private int migrate(String name, String... flags) {
    var arguments = new ArrayList<>(List.of("migrate"));
    String file = FOLDER.resolve(name).toString();
    arguments.add(name.endsWith(".env") ? "--env-file=" + file : file);
    Path prometheus = FOLDER.resolve(name.replace(".yml", ".prometheus.yml"));
    if (name.endsWith(".yml") && Files.exists(prometheus)) {
      arguments.add("--prometheus.file=" + prometheus);
    }
    arguments.addAll(List.of(flags));
    return program.run(arguments.toArray(String[]::new));
  }

  private static String target(Module module) {
    if (module.prober().equals("sentry") || module.name().equals("organization")) {
      return "acme";
    }
    return module.toYaml().toString().contains("/acme/") ? "web" : "acme/web";
  }

  private List<Path> secrets() throws IOException {
    if (!Files.exists(folder.resolve("secrets"))) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder.resolve("secrets"))) {
      return files.sorted().toList();
    }
  }

  private static List<String> lines(String text) {
    return text.lines().toList();
  }

  static List<String> files() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches(".*\\.(yml|env)") && !name.contains(".prometheus."))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
