package io.sentryexporter.endtoend;

import static io.sentryexporter.endtoend.UnpackedTarball.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.testing.Aside;
import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the tarball holds, and its program as users call it, where there is no Java.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DistributionIT {
  private UnpackedTarball tarball;
  private SimulatedSentry sentry;
  private Path work;

  @BeforeAll
  void unpack(@TempDir Path folder) throws IOException {
    tarball = UnpackedTarball.in(folder);
  }

  @BeforeEach
  void startSentry(@TempDir Path folder) throws IOException {
    work = folder;
    sentry = UnpackedTarball.sentry();
    Files.writeString(work.resolve("sentry_exporter.yml"), config());
  }

  @AfterEach
  void stopSentry() {
    sentry.close();
  }

  @Test
  void itHoldsTheProgramItsRuntimeAnExampleOfEachFileAndTheLicense() throws IOException {
    assertThat(tarball.folder().getFileName().toString())
        .matches("sentry_exporter-\\d+\\.\\d+\\.\\d+\\.linux-(amd64|arm64)");
    assertThat(tarball.folder().resolve("sentry_exporter")).isExecutable();
    assertThat(tarball.folder().resolve("runtime/bin/java")).isExecutable();
    assertThat(tarball.folder().resolve("lib/sentry_exporter.aot")).isNotEmptyFile();
    assertThat(tarball.folder().resolve("LICENSE")).content().contains("Apache License");
    assertThat(tarball.folder().resolve("NOTICE")).content().contains("licenses/");
    assertThat(tarball.folder().resolve("licenses")).isNotEmptyDirectory();
    assertThat(tarball.folder().resolve("sentry_exporter.cdx.json"))
        .content()
        .contains("CycloneDX");
    assertThat(tarball.folder().resolve("examples/alerts.yml")).content().contains("groups:");
    assertThat(tarball.folder().resolve("examples/prometheus.yml"))
        .content()
        .contains("scrape_configs:");
    var example = "--config.file=" + tarball.folder().resolve("examples/sentry_exporter.yml");
    var withToken = tarball.with("SENTRY_AUTH_TOKEN", SimulatedSentry.TOKEN);
    assertThat(withToken.run(work, "check-config", example).err()).isEmpty();
    assertThat(tarball.run(work, "check-config", example).err())
        .contains("set the variable SENTRY_AUTH_TOKEN");
  }

  @Test
  void whereItWasUnpackedATokenInTheEnvironmentIsConfigurationEnough() {
    var withToken =
        tarball
            .with("SENTRY_AUTH_TOKEN", SimulatedSentry.TOKEN)
            .with("SENTRY_URL", sentry.url().toString());
    try (var exporter = withToken.start(tarball.folder())) {
      var page = exporter.get("/probe?target=acme/web");
      assertThat(page.value("sentry_probe_success")).isEqualTo(1);
      assertThat(page.text()).contains("\nsentry_outcomes_total{");
    }
  }

  @Test
  void threadsThatAnswerGoAfterThoseOfTheJvm() throws IOException {
    int own = nice(Files.readString(Path.of("/proc/self/stat")));
    assumeTrue(own == 0, "these tests are to go after others, and so is what they start");
    try (var exporter = tarball.start(work)) {
      exporter.get("/probe?target=acme/web");
      var nice = niceValues(exporter.program().pid());
      assertThat(nice)
          .containsEntry("connection-1", 4)
          .containsEntry("VM Thread", 0)
          .containsEntry("C1 CompilerThre", 0)
          .containsEntry("C2 CompilerThre", 0);
      assertThat(nice.values()).as(nice.toString()).allMatch(value -> value == 0 || value == 4);
    }
  }

  /// What `nice` adds to each thread, by its name.
  private static Map<String, Integer> niceValues(long process) throws IOException {
    var values = new HashMap<String, Integer>();
    try (var threads = Files.list(Path.of("/proc", Long.toString(process), "task"))) {
      for (Path thread : threads.toList()) {
        try {
          String stat = Files.readString(thread.resolve("stat"));
          values.put(stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')')), nice(stat));
        } catch (IOException _) { // it has ended meanwhile
        }
      }
    }
    return values;
  }

  private static int nice(String stat) {
    return Integer.parseInt(stat.substring(stat.lastIndexOf(')')).split(" ", -1)[17]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-version", "version"})
  void itPrintsItsVersion(String argument) {
    var ended = tarball.run(work, argument);
    assertThat(ended.code()).isZero();
    assertThat(ended.out()).startsWith("sentry_exporter, version " + tarball.version());
    assertThat(ended.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-h", "--help"})
  void itPrintsItsFlags(String argument) {
    var ended = tarball.run(work, argument);
    assertThat(ended.code()).isZero();
    assertThat(ended.out()).startsWith("Usage: sentry_exporter").contains("--config.file");
    assertThat(ended.err()).isEmpty();
  }

  @Test
  void bashCompletesItsCommandsWithTheScriptThatItPrints() throws IOException {
    String command =
        """
        compopt() { :; } # which bash allows while it completes only
        source <("$1" completion)
        COMP_WORDS=(sentry_exporter mig); COMP_CWORD=1; COMP_LINE='sentry_exporter mig'
        $(complete -p sentry_exporter | sed 's/.*-F \\([^ ]*\\).*/\\1/') sentry_exporter mig ''
        echo "${COMPREPLY[@]}"
        """;

    assertThat(
            Program.read(Program.NO_INPUT, work, "bash", "-c", command, "bash", tarball.launcher()))
        .isEqualTo("migrate\n");
  }

  @Test
  void aFlagThatDoesNotExistEndsItWithTheUsage() {
    var ended = tarball.run(work, "-nothing");
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).contains("-nothing").contains("Usage: sentry_exporter");
  }

  @Test
  void withoutItsConfigurationItEndsAndNamesTheMissingFile() {
    var ended = tarball.run(work, "--config.file=none.yml");
    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.err()).contains("none.yml: no such file").doesNotContain("at io.sentry");
  }

  @Test
  void withABadConfigurationItEndsAndShowsWhereItIsBad() throws IOException {
    Files.writeString(work.resolve("bad.yml"), config().replace("timeout:", "timeou:"));
    String problem = "bad.yml:4:5: modules.sentry.timeou: unknown key; did you mean \"timeout\"?";
    var ended = tarball.run(work, "--config.file=bad.yml");
    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.err()).contains(problem.replace("\"", "\\\""));
    var checked = tarball.run(work, "--config.check", "--config.file=bad.yml");
    assertThat(checked.code()).isEqualTo(1);
    assertThat(checked.err()).isEqualTo(problem + "\n");
  }

  @Test
  void aGoodConfigurationIsCheckedWithoutServingIt() {
    var ended = tarball.run(work, "--config.check");
    assertThat(ended.code()).isZero();
    assertThat(ended.out()).isEqualTo("Config file is ok exiting...\n");
  }

  @Test
  void aPortInUseEndsItWithTheAddressNamed() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      var ended = tarball.run(work, "--web.listen-address=" + address);
      assertThat(ended.code()).isEqualTo(1);
      assertThat(ended.err()).contains(address).contains("in use").doesNotContain("at java.");
    }
  }

  @Test
  void flagsOfTheOldExportersAreTaken() throws IOException {
    Files.move(work.resolve("sentry_exporter.yml"), work.resolve("x.yml"));
    for (List<String> form :
        List.of(
            List.of("-config.file=x.yml"),
            List.of("--config.file", "x.yml"),
            List.of("-config.file", "x.yml", "an", "extra", "argument"))) {
      try (var exporter = tarball.start(work, form.toArray(String[]::new))) {
        assertThat(exporter.get("/probe?target=acme/web").value("sentry_probe_success"))
            .isEqualTo(1);
      }
    }
  }

  @Test
  void theLauncherWorksThroughASymbolicLink() throws IOException {
    Path link = work.resolve("link");
    Files.createSymbolicLink(link, tarball.folder().resolve("sentry_exporter"));
    try (var program =
        Program.start(work, tarball.environment(), List.of(link.toString(), "--version"))) {
      assertThat(program.exitCode(PATIENCE)).isZero();
      assertThat(program.out()).contains(tarball.version());
    } finally {
      Files.delete(link);
    }
  }

  @Test
  void itNeedsNoCapabilityAndWritesNothingButItsStorage() throws IOException {
    var command = new ArrayList<>(List.of(tarball.launcher(), "--storage.path=" + work + "/marks"));
    if (isRoot()) { // others have none
      command.addAll(
          0, List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"));
    }
    changeMode("a-w");
    try (var exporter = PackagedExporter.start(work, System.getenv(), command)) {
      assertThat(exporter.get("/probe?target=acme/web").value("sentry_probe_success")).isEqualTo(1);
    } finally {
      changeMode("u+w");
    }
  }

  @Test
  void idleClientsTakeNoFilesThatProbesNeed() throws Exception {
    var command =
        List.of("/bin/sh", "-c", "ulimit -n 90 && exec \"$0\" \"$@\"", tarball.launcher());
    var idle = new ArrayList<Socket>();
    try (var exporter = PackagedExporter.start(work, tarball.environment(), command)) {
      URI address = URI.create("http://" + exporter.authority());
      for (int i = 0; i < 150; i++) {
        idle.add(new Socket(address.getHost(), address.getPort()));
      }
      assertThat(exporter.get("/metrics").status()).isEqualTo(200);
      var probes = new ArrayList<Future<Reply>>();
      for (int i = 0; i < 20; i++) {
        probes.add(Aside.run(() -> exporter.get("/probe?target=acme/web")));
      }
      for (Future<Reply> probe : probes) {
        Reply reply = probe.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(reply.value("sentry_probe_success")).as(reply.text()).isEqualTo(1);
      }
      assertThat(exporter.program().err()).contains("few file descriptors");
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  private void changeMode(String mode) {
    String folder = tarball.folder().toString();
    try (var program = Program.start(work, System.getenv(), List.of("chmod", "-R", mode, folder))) {
      assertThat(program.exitCode(PATIENCE)).isZero();
    }
  }

  private static boolean isRoot() throws IOException {
    return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
  }

  private String config() {
    return RunningExporter.patient(RunningExporter.projects(sentry.url()));
  }
}
