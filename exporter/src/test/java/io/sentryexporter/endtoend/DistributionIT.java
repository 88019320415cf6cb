package io.sentryexporter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Aside;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The tarball, unpacked elsewhere and run where there is no Java.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DistributionIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern LIBRARY =
      Pattern.compile("\\| (?<name>[a-z0-9-]*[a-z0-9]) \\| (?<licence>[^|;]+?)(;[^|]*)? \\|.*");
  private static final Pattern STARTING = Pattern.compile("starting sentry_exporter");
  private static final Pattern RELOADED = Pattern.compile("configuration reloaded");

  private SimulatedSentry sentry;
  private Path unpacked;
  private Path work;
  private Map<String, String> environment = Map.of();

  /// What a program gave that ran to its end.
  private record Ended(int code, String out, String err) {}

  @BeforeAll
  void unpack(@TempDir Path folder) throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("a folder of another name"));
    String tarball = System.getProperty("dist.tarball", "");
    Program.read(Program.NO_INPUT, folder, "tar", "-xzf", tarball, "-C", elsewhere);
    try (var inside = Files.list(elsewhere)) {
      List<Path> top = inside.toList();
      assertThat(top).hasSize(1);
      unpacked = top.getFirst();
    }
    environment = Map.of("PATH", noJavaOnIt(folder).toString());
  }

  @BeforeEach
  void startSentry(@TempDir Path folder) throws IOException {
    work = folder;
    sentry =
        SimulatedSentry.start(
            SimulatedWorld.demo(1),
            ServerOptions.onLoopback(TestClock.at("2026-11-22T10:20:00Z"))
                .withInstallation(Installation.SELF_HOSTED));
    Files.writeString(work.resolve("sentry_exporter.yml"), config());
  }

  @AfterEach
  void stopSentry() {
    sentry.close();
  }

  @Test
  void itHoldsTheProgramItsRuntimeAnExampleOfEachFileAndTheLicense() throws IOException {
    assertThat(unpacked.getFileName().toString())
        .matches("sentry_exporter-\\d+\\.\\d+\\.\\d+\\.linux-(amd64|arm64)");
    assertThat(unpacked.resolve("sentry_exporter")).isExecutable();
    assertThat(unpacked.resolve("runtime/bin/java")).isExecutable();
    assertThat(unpacked.resolve("lib/sentry_exporter.aot")).isNotEmptyFile();
    assertThat(unpacked.resolve("LICENSE")).content().contains("Apache License");
    assertThat(unpacked.resolve("examples/alerts.yml")).content().contains("groups:");
    assertThat(unpacked.resolve("examples/prometheus.yml")).content().contains("scrape_configs:");
    var token = new HashMap<>(environment);
    token.put("SENTRY_AUTH_TOKEN", SimulatedSentry.TOKEN);
    var example = "--config.file=" + unpacked.resolve("examples/sentry_exporter.yml");
    assertThat(run(token, "check-config", example).err()).isEmpty();
    assertThat(run("check-config", example).err()).contains("set the variable SENTRY_AUTH_TOKEN");
  }

  @Test
  void whereItWasUnpackedATokenInTheEnvironmentIsConfigurationEnough() {
    var token =
        Map.of(
            "SENTRY_AUTH_TOKEN",
            SimulatedSentry.TOKEN,
            "SENTRY_URL",
            sentry.url().toString(),
            "PATH",
            environment.getOrDefault("PATH", ""));
    try (var exporter = PackagedExporter.start(unpacked, unpacked, token)) {
      var page = exporter.get("/probe?target=acme/web");
      assertThat(page.value("sentry_probe_success")).isEqualTo(1);
      assertThat(page.text()).contains("\nsentry_outcomes_total{");
    }
  }

  @Test
  void theLicenceOfEveryLibraryIsListedAsItsJarHasIt() throws IOException {
    var listed = new TreeMap<String, String>();
    for (String line : Files.readAllLines(unpacked.resolve("docs/third-party.md"))) {
      var row = LIBRARY.matcher(line);
      if (row.matches()) {
        listed.put(row.group("name"), row.group("licence"));
      }
    }
    var shipped = new TreeMap<String, String>();
    try (var jars = Files.newDirectoryStream(unpacked.resolve("lib"), "*-*.jar")) {
      for (Path jar : jars) {
        String name = jar.getFileName().toString().replaceAll("-[0-9.]+\\.jar$", "");
        if (name.startsWith("sentry_")) {
          continue; // ours
        }
        shipped.put(name, licence(jar, listed.getOrDefault(name, "not listed")));
      }
    }
    assertThat(listed).isEqualTo(shipped);
    assertThat(unpacked.resolve("runtime/legal/java.base")).isNotEmptyDirectory();
  }

  /// The licence in a jar's manifest, in SPDX's words; `otherwise` where it names none.
  private static String licence(Path jar, String otherwise) throws IOException {
    try (var file = new JarFile(jar.toFile())) {
      String said = file.getManifest().getMainAttributes().getValue("Bundle-License");
      if (said == null) {
        return otherwise;
      }
      if (said.contains("/epl-v20") && said.contains("lgpl-2.1")) {
        return "EPL-2.0 OR LGPL-2.1-only";
      }
      return said.contains("LICENSE-2.0") ? "Apache-2.0" : said.endsWith("/mit") ? "MIT" : said;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-version", "version"})
  void itPrintsItsVersion(String argument) {
    var ended = run(argument);
    assertThat(ended.code()).isZero();
    assertThat(ended.out()).startsWith("sentry_exporter, version " + version());
    assertThat(ended.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-h", "--help"})
  void itPrintsItsFlags(String argument) {
    var ended = run(argument);
    assertThat(ended.code()).isZero();
    assertThat(ended.out()).startsWith("Usage: sentry_exporter").contains("--config.file");
    assertThat(ended.err()).isEmpty();
  }

  @Test
  void aFlagThatDoesNotExistEndsItWithTheUsage() {
    var ended = run("-nothing");
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).contains("-nothing").contains("Usage: sentry_exporter");
  }

  @Test
  void withoutItsConfigurationItEndsAndNamesTheMissingFile() {
    var ended = run("--config.file=none.yml");
    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.err()).contains("none.yml: no such file").doesNotContain("at io.sentry");
  }

  @Test
  void withABadConfigurationItEndsAndShowsWhereItIsBad() throws IOException {
    Files.writeString(work.resolve("bad.yml"), config().replace("timeout: 5s", "timeou: 5s"));
    String problem = "bad.yml:4:5: modules.sentry.timeou: unknown key; did you mean \"timeout\"?";
    var ended = run("--config.file=bad.yml");
    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.err()).contains(problem.replace("\"", "\\\""));
    var checked = run("--config.check", "--config.file=bad.yml");
    assertThat(checked.code()).isEqualTo(1);
    assertThat(checked.err()).isEqualTo(problem + "\n");
  }

  @Test
  void aGoodConfigurationIsCheckedWithoutServingIt() {
    var ended = run("--config.check");
    assertThat(ended.code()).isZero();
    assertThat(ended.out()).isEqualTo("Config file is ok exiting...\n");
  }

  @Test
  void aPortInUseEndsItWithTheAddressNamed() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      var ended = run("--web.listen-address=" + address);
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
      try (var exporter = start(form.toArray(String[]::new))) {
        assertThat(exporter.get("/probe?target=acme/web").value("sentry_probe_success"))
            .isEqualTo(1);
      }
    }
  }

  @Test
  void theLauncherWorksThroughASymbolicLink() throws IOException {
    Path link = work.resolve("link");
    Files.createSymbolicLink(link, unpacked.resolve("sentry_exporter"));
    try (var program = Program.start(work, environment, List.of(link.toString(), "--version"))) {
      assertThat(program.exitCode(PATIENCE)).isZero();
      assertThat(program.out()).contains(version());
    } finally {
      Files.delete(link);
    }
  }

  @Test
  void theConfigurationIsReloadedOnSighupAndOnPost() throws IOException {
    try (var exporter = start()) {
      Files.writeString(work.resolve("sentry_exporter.yml"), config().replace("sentry:", "hup:"));
      exporter.program().signal("HUP");
      Eventually.within(
          PATIENCE, () -> assertThat(exporter.get("/config").text()).contains("hup:"));
      Files.writeString(work.resolve("sentry_exporter.yml"), config().replace("sentry:", "post:"));
      assertThat(exporter.post("/-/reload").status()).isEqualTo(200);
      assertThat(exporter.get("/config").text()).contains("post:").doesNotContain("hup:");
      assertThat(exporter.get("/probe?target=acme/web&module=post").value("sentry_probe_success"))
          .isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HUP", "TERM"})
  void aSignalThatComesBeforeItServesIsHeeded(String signal) {
    var launcher = unpacked.resolve("sentry_exporter").toString();
    var command = List.of(launcher, "--web.listen-address=127.0.0.1:0");
    try (var program = Program.start(work, environment, command)) {
      program.awaitOutput(STARTING, PATIENCE);
      program.signal(signal);
      if (signal.equals("HUP")) {
        program.awaitOutput(RELOADED, PATIENCE);
        program.signal("TERM");
      }
      assertThat(program.exitCode(PATIENCE)).isZero();
      assertThat(program.err()).contains("msg=stopped");
    }
  }

  @Test
  void aSignalThatTheProcessWasStartedToIgnoreIsLogged() {
    var launcher = unpacked.resolve("sentry_exporter").toString();
    var ignoring = "trap '' HUP; exec \"$0\" --web.listen-address=127.0.0.1:0";
    var command = List.of("/bin/sh", "-c", ignoring, launcher);
    try (var program = Program.start(work, environment, command)) {
      program.awaitOutput(Pattern.compile("signal ignored.* signal=SIGHUP"), PATIENCE);
      program.signal("HUP");
      program.signal("TERM");
      assertThat(program.exitCode(PATIENCE)).isZero();
      assertThat(program.err()).contains("msg=stopped").doesNotContain("configuration reloaded");
    }
  }

  @Test
  void onSigtermAProbeUnderWayIsAnsweredWhole() throws Exception {
    sentry.faults().next(1, new Fault.Delay(Duration.ofSeconds(2)));
    try (var exporter = start()) {
      var probe = Aside.run(() -> exporter.get("/probe?target=acme/web"));
      assertThat(sentry.requests().awaitTotal(1, PATIENCE)).isTrue();
      exporter.program().signal("TERM");
      Eventually.within(PATIENCE, () -> assertThat(isReady(exporter)).isFalse());
      Reply reply = probe.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(reply.value("sentry_probe_success")).isEqualTo(1);
      assertThat(reply.value("sentry_probe_data_age_seconds{collector=\"http\"}")).isNotNegative();
      assertThat(exporter.program().exitCode(PATIENCE)).isZero();
      assertThat(exporter.program().err()).contains("msg=stopped");
    }
  }

  @Test
  void aProbeThatDoesNotEndIsEndedAndAnsweredTenSecondsAfterSigterm() throws Exception {
    sentry.faults().next(1, new Fault.Hang());
    Files.writeString(work.resolve("sentry_exporter.yml"), config().replace("5s", "2m"));
    try (var exporter = start()) {
      var probe = Aside.run(() -> exporter.get("/probe?target=acme/web"));
      assertThat(sentry.requests().awaitTotal(1, PATIENCE)).isTrue();
      long begun = System.nanoTime();
      exporter.program().signal("TERM");
      assertThat(exporter.program().exitCode(PATIENCE)).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .isBetween(Duration.ofSeconds(9), Duration.ofSeconds(20));
      Reply reply = probe.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(reply.value("sentry_probe_success")).isZero();
      assertThat(reply.text()).contains("reason=\"cancelled\"");
      assertThat(exporter.program().err()).doesNotContain("cut off").contains("msg=stopped");
    }
  }

  @Test
  void idleClientsTakeNoFilesThatProbesNeed() throws Exception {
    var command =
        List.of(
            "/bin/sh", "-c", "ulimit -n 90 && exec \"$0\" \"$@\"", unpacked + "/sentry_exporter");
    var idle = new ArrayList<Socket>();
    try (var exporter = PackagedExporter.start(work, environment, command)) {
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

  @Test
  void aSecondSigtermEndsItAtOnce() throws Exception {
    sentry.faults().next(1, new Fault.Hang());
    try (var exporter = start()) {
      var probe = Aside.run(() -> exporter.get("/probe?target=acme/web"));
      assertThat(sentry.requests().awaitTotal(1, PATIENCE)).isTrue();
      exporter.program().signal("TERM");
      Eventually.within(PATIENCE, () -> assertThat(isReady(exporter)).isFalse());
      exporter.program().signal("TERM");
      assertThat(exporter.program().exitCode(Duration.ofSeconds(3))).isEqualTo(1);
      assertThat(probe).failsWithin(PATIENCE);
    }
  }

  @Test
  void theAotCacheFitsWhereTheTarballIsUnpacked() {
    var required = new HashMap<>(environment);
    required.put("JAVA_OPTS", "-XX:AOTMode=on");
    assertThat(run(required, "--version").code()).isZero();
  }

  @Test
  void theAotCacheHoldsEveryClassOfTheStartAndOfAProbe() throws IOException {
    Path loaded = work.resolve("loaded.txt");
    var logged = new HashMap<>(environment);
    logged.put("JAVA_OPTS", "-Xlog:class+load=info:file=" + loaded);
    try (var exporter = PackagedExporter.start(unpacked, work, logged)) {
      assertThat(exporter.get("/probe?target=acme/web").value("sentry_probe_success")).isEqualTo(1);
    }
    assertThat(Files.readAllLines(loaded))
        .anyMatch(line -> line.contains("picocli.CommandLine source: shared objects file"))
        .noneMatch(line -> line.contains("source: file:"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut short", "not a cache", "of another jar", "missing", "empty"})
  void anAotCacheThatDoesNotFitIsIgnoredQuietly(String fault) throws IOException {
    Path other = Files.createDirectory(work.resolve("other"));
    Program.read(Program.NO_INPUT, work, "cp", "-a", unpacked, other);
    Path distribution = other.resolve(unpacked.getFileName());
    Path cache = distribution.resolve("lib/sentry_exporter.aot");
    switch (fault) {
      case "cut short" -> {
        byte[] whole = Files.readAllBytes(cache);
        Files.write(cache, java.util.Arrays.copyOf(whole, whole.length / 2));
      }
      case "not a cache" -> Files.writeString(cache, "not a cache\n".repeat(10_000));
      case "of another jar" ->
          Files.setLastModifiedTime(
              distribution.resolve("lib/sentry_exporter-0.1.0.jar"), FileTime.fromMillis(0));
      case "missing" -> Files.delete(cache);
      case "empty" -> Files.write(cache, new byte[0]);
      default -> throw new IllegalArgumentException(fault);
    }
    var launcher = distribution.resolve("sentry_exporter").toString();
    try (var program = Program.start(work, environment, List.of(launcher, "--version"))) {
      assertThat(program.exitCode(PATIENCE)).isZero();
      assertThat(program.out()).startsWith("sentry_exporter, version ");
      assertThat(program.out().lines()).hasSize(3);
      assertThat(program.err()).isEmpty();
    }
  }

  private String config() {
    return RunningExporter.module("sentry", sentry.url() + "/api/0/projects/");
  }

  private String version() {
    String folder = unpacked.getFileName().toString();
    return folder.substring("sentry_exporter-".length(), folder.indexOf(".linux"));
  }

  private PackagedExporter start(String... arguments) {
    return PackagedExporter.start(unpacked, work, environment, arguments);
  }

  private Ended run(String... arguments) {
    return run(environment, arguments);
  }

  private Ended run(Map<String, String> variables, String... arguments) {
    var command = new ArrayList<>(List.of(unpacked.resolve("sentry_exporter").toString()));
    command.addAll(List.of(arguments));
    try (var program = Program.start(work, variables, command)) {
      return new Ended(program.exitCode(PATIENCE), program.out(), program.err());
    }
  }

  private static boolean isReady(PackagedExporter exporter) {
    try {
      return exporter.get("/-/ready").status() == 200;
    } catch (UncheckedIOException _) {
      return false; // it listens no more
    }
  }

  /// A folder with all that the launcher calls, and no Java.
  private static Path noJavaOnIt(Path folder) throws IOException {
    Path programs = Files.createDirectory(folder.resolve("bin"));
    for (String program : List.of("sh", "readlink", "dirname")) {
      Path found =
          Stream.of("/usr/bin", "/bin")
              .map(place -> Path.of(place, program))
              .filter(Files::isExecutable)
              .findFirst()
              .orElseThrow();
      Files.copy(found, programs.resolve(program));
    }
    return programs;
  }
}
