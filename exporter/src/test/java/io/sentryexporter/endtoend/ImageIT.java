package io.sentryexporter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RealParts;
import io.sentryexporter.testing.RunningExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The image that the `Dockerfile` makes, built by buildah and run in a chroot: neither an engine
/// nor a registry is needed, for the Debian below it is made here too.
@Tag(RealParts.TAG)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImageIT {
  private static final Duration PATIENCE = Duration.ofMinutes(15);
  private static final String BASE = "docker.io/library/debian:bookworm-slim";
  private static final String IMAGE = "localhost/sentry_exporter";

  private Path work;
  private List<String> buildah;
  private String container;

  @BeforeAll
  void build(@TempDir Path folder) throws IOException {
    work = folder;
    RealParts.assumeThereIsTime("image.tests");
    var store = List.of("--root=" + folder.resolve("images"), "--runroot=" + folder.resolve("run"));
    buildah = new ArrayList<>(List.of(RealParts.program("buildah", "buildah").toString()));
    buildah.addAll(store);
    buildah.add("--storage-driver=vfs");
    Path debootstrap = RealParts.program("debootstrap", "debootstrap");
    assumeTrue(isRoot(), "a chroot needs root");

    Path debian = Files.createDirectory(folder.resolve("debian"));
    run(List.of(debootstrap.toString(), "--variant=minbase", "bookworm", debian.toString()));
    Files.writeString(debian.resolve("Dockerfile"), "FROM scratch\nCOPY . /\n");
    buildah("bud", "--isolation=chroot", "--tag=" + BASE, debian.toString());
    Path sources = Path.of("").toAbsolutePath();
    buildah("bud", "--isolation=chroot", "--pull-never", "--tag=" + IMAGE, sources.toString());
    container = buildah("from", "--pull-never", IMAGE).strip();
  }

  /// Faster than JUnit, which would name each of Debian's links; and never into a mount.
  @AfterAll
  void delete() {
    for (String folder : List.of("debian", "images")) {
      run(List.of("rm", "-rf", "--one-file-system", work.resolve(folder).toString()));
    }
  }

  @Test
  void itStartsAsTheOldExportersImageDidButNotAsRoot() {
    assertThat(configured("Entrypoint")).isEqualTo("[/sentry_exporter]");
    assertThat(configured("Cmd")).isEqualTo("[]");
    assertThat(configured("WorkingDir")).isEqualTo("/");
    assertThat(configured("User")).isEqualTo("65532:65532");
    assertThat(configured("ExposedPorts")).contains("9412");
    assertThat(inside("id", "-u")).isEqualTo("65532\n");
  }

  @Test
  void aTokenInTheEnvironmentIsConfigurationEnough() {
    String token = "SENTRY_AUTH_TOKEN=sntryu_0123456789";
    assertThat(inside("env", token, "/sentry_exporter", "-config.check"))
        .isEqualTo("Config file is ok exiting...\n");
  }

  @Test
  void withoutOneItDoesNotEndButIsNotReadyAndNamesWhatToSet() {
    var command = command("run", "--isolation=chroot", container, "--", "/sentry_exporter");
    try (var exporter = PackagedExporter.start(work, System.getenv(), command)) {
      var ready = exporter.get("/-/ready");
      assertThat(ready.status()).isEqualTo(503);
      assertThat(ready.text()).contains("set SENTRY_AUTH_TOKEN");
      assertThat(exporter.get("/-/healthy").status()).isEqualTo(200);
    }
  }

  @Test
  void itsDemoIsReachableFromOutsideTheContainer() {
    assertThat(configured("Env")).contains("SENTRY_EXPORTER_DEMO_ADDRESS=:9412"); // as in DemoIT
  }

  @Test
  void marksAreKeptInTheVolume() {
    assertThat(configured("Volumes")).contains("/var/lib/sentry_exporter");
    assertThat(inside("readlink", "/data")).isEqualTo("/var/lib/sentry_exporter\n");
    assertThat(inside("stat", "--format=%u", "/var/lib/sentry_exporter")).isEqualTo("65532\n");
  }

  @Test
  void itsAotCacheFits() {
    assertThat(inside("env", "JAVA_OPTS=-XX:AOTMode=on", "/sentry_exporter", "-version"))
        .startsWith("sentry_exporter, version ");
  }

  @Test
  void aConfigurationThatIsMountedIsReadAndGivesTheFiveMetrics() throws IOException {
    var options = ServerOptions.onLoopback(TestClock.at("2026-11-22T10:20:00Z"));
    try (var sentry =
        SimulatedSentry.start(
            SimulatedWorld.demo(1), options.withInstallation(Installation.SELF_HOSTED))) {
      Path config = work.resolve("sentry_exporter.yml");
      Files.writeString(config, RunningExporter.patient(RunningExporter.projects(sentry.url())));
      String own = buildah("from", "--pull-never", IMAGE).strip(); // a mount leaves an empty file
      var command =
          command(
              "run",
              "--isolation=chroot",
              "--volume=" + config + ":/sentry_exporter.yml:ro",
              own,
              "--",
              "/sentry_exporter");
      try (var exporter = PackagedExporter.start(work, System.getenv(), command)) {
        var page = exporter.get("/probe?target=acme/web");
        assertThat(page.value("sentry_probe_success")).isEqualTo(1);
        assertThat(page.value("sentry_probe_status_code")).isEqualTo(200);
        assertThat(page.value("sentry_probe_error_received")).isNotNegative();
      }
    }
  }

  private static boolean isRoot() throws IOException {
    return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
  }

  /// A key of the image's configuration, as Go prints its value.
  private String configured(String key) {
    String template = "--format={{.OCIv1.Config." + key + "}}";
    return buildah("inspect", "--type=image", template, IMAGE).strip();
  }

  private String inside(String... words) {
    var command = command("run", "--isolation=chroot", container, "--");
    command.addAll(List.of(words));
    return run(command);
  }

  private String buildah(String... words) {
    return run(command(words));
  }

  private List<String> command(String... words) {
    var command = new ArrayList<>(buildah);
    command.addAll(List.of(words));
    return command;
  }

  /// Runs a program that must succeed; what it wrote to standard output.
  private String run(List<String> command) {
    try (var program = Program.start(work, System.getenv(), command)) {
      int code = program.exitCode(PATIENCE);
      assertThat(code).as("%s: %s%s", command, program.out(), program.err()).isZero();
      return program.out();
    }
  }
}
