package io.sentryexporter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RealParts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// What `build/packages` makes of the distribution: the Debian package, installed, upgraded and
/// removed in a clean chroot, and the distribution without a Java runtime.
@Tag(RealParts.TAG)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PackagesIT {
  private static final Duration PATIENCE = Duration.ofMinutes(15);
  private static final Path UNIT = Path.of("distribution/src/deb/sentry_exporter.service");
  private static final Pattern CALL = Pattern.compile("(?m)^\\d+ +(\\w+)\\(");
  private static final String UPGRADE = "99.0";
  private static final String DEFAULTS = "/etc/default/sentry_exporter";
  private static final String WANTED =
      "/etc/systemd/system/multi-user.target.wants/sentry_exporter.service";

  private Path work;
  private Path made;

  @BeforeAll
  void build(@TempDir Path folder) throws IOException {
    work = folder;
    made = Files.createDirectory(folder.resolve("made"));
    RealParts.assumeThereIsTime("packages.tests");
    RealParts.program("dpkg-deb", "dpkg");
    run("build/packages", made);
  }

  /// Faster than JUnit, which would name each of Debian's links; and never into a mount.
  @AfterAll
  void delete() {
    Path debian = work.resolve("debian");
    if (Files.exists(debian)) { // with /proc in it, if debootstrap was cut off
      run("sh", "-c", "umount -q \"$0/proc\"; rm -rf --one-file-system \"$0\"", debian);
    }
  }

  @Test
  void theSameDistributionGivesTheSameBytes() throws IOException {
    Path again = Files.createDirectory(work.resolve("again"));
    run("build/packages", again);
    assertThat(again.resolve("sha256sums.txt"))
        .hasSameTextualContentAs(made.resolve("sha256sums.txt"))
        .content()
        .contains(".deb", ".java25.tar.gz", ".java25.cdx.json");
  }

  @Test
  void theUnitIsGoodAndHardened() throws IOException {
    Path analyze = RealParts.program("systemd-analyze", "systemd");
    Path launcher = PackagedExporter.distribution().resolve("sentry_exporter");
    Path unit =
        Files.writeString(
            Files.createDirectory(work.resolve("units")).resolve("sentry_exporter.service"),
            Files.readString(UNIT).replace("/usr/bin/sentry_exporter", launcher.toString()));
    run(analyze, "verify", unit);
    // 2.0 of 10; Java needs memory that it can write and run, and the exporter the network.
    run(analyze, "security", "--offline=true", "--threshold=20", UNIT.toAbsolutePath());
  }

  @Test
  void whatTheProgramCallsIsAllowedByTheUnit() throws IOException {
    Path strace = RealParts.program("strace", "strace");
    Path trace = work.resolve("trace.txt");
    var command =
        List.of(
            strace.toString(),
            "--follow-forks",
            "--quiet=all",
            "--output=" + trace,
            PackagedExporter.distribution().resolve("sentry_exporter").toString());
    Path folder = Files.createDirectory(work.resolve("traced"));
    try (var sentry = UnpackedTarball.sentry();
        var exporter = PackagedExporter.start(folder, token(sentry), command)) {
      assertThat(exporter.get("/probe?target=acme").value("sentry_probe_success")).isOne();
      assertThat(exporter.get("/").status()).isEqualTo(200);
    }
    var calls = new TreeSet<String>();
    CALL.matcher(Files.readString(trace)).results().forEach(call -> calls.add(call.group(1)));
    assertThat(calls).contains("execve", "accept", "connect");
    calls.removeAll(allowed());
    assertThat(calls).as("calls of the system that SystemCallFilter refuses").isEmpty();
  }

  /// System calls of the unit's filters: `@name` a set, `~@name` one that is taken away.
  private Set<String> allowed() throws IOException {
    var analyze = RealParts.program("systemd-analyze", "systemd");
    String all = run(analyze, "--no-pager", "syscall-filter");
    var sets = new HashMap<String, List<String>>();
    var current = new ArrayList<String>();
    for (String line : all.lines().toList()) {
      String word = line.strip();
      if (line.startsWith("@")) {
        current = new ArrayList<>();
        sets.put(word, current);
      } else if (!word.isEmpty() && !word.startsWith("#")) {
        current.add(word);
      }
    }
    var allowed = new HashSet<>(expanded("@default", sets));
    for (String line : Files.readAllLines(UNIT)) {
      if (line.startsWith("SystemCallFilter=~")) {
        allowed.removeAll(expanded(line.substring("SystemCallFilter=~".length()), sets));
      } else if (line.startsWith("SystemCallFilter=")) {
        allowed.addAll(expanded(line.substring("SystemCallFilter=".length()), sets));
      }
    }
    return allowed;
  }

  private static Set<String> expanded(String set, Map<String, List<String>> sets) {
    assertThat(sets).containsKey(set);
    var calls = new HashSet<String>();
    for (String word : sets.getOrDefault(set, List.of())) {
      calls.addAll(word.startsWith("@") ? expanded(word, sets) : Set.of(word));
    }
    return calls;
  }

  @Test
  void itIsInstalledUpgradedRemovedAndPurged() throws IOException {
    Path debootstrap = RealParts.program("debootstrap", "debootstrap");
    assumeTrue((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "needs root");
    Path debian = Files.createDirectory(work.resolve("debian"));
    run(debootstrap, "--variant=minbase", "bookworm", debian);
    Path next = Files.createDirectory(work.resolve("next"));
    run("build/packages", next, UPGRADE);

    install(debian, made);
    assertThat(inside(debian, "getent", "passwd", "sentry-exporter")).contains("/nologin");
    assertThat(inside(debian, "stat", "--format=%U:%G %a", "/etc/sentry_exporter", DEFAULTS))
        .isEqualTo("root:sentry-exporter 750\nroot:root 600\n");
    assertThat(Files.isSymbolicLink(debian.resolve(WANTED.substring(1)))).as("enabled").isTrue();
    runsUnreadyAsItsUser(debian);

    Path defaults = debian.resolve(DEFAULTS.substring(1));
    Files.writeString(defaults, "SENTRY_AUTH_TOKEN=sntryu_0123456789\n");
    install(debian, next);
    assertThat(inside(debian, "dpkg-query", "-W", "sentry-exporter")).contains(UPGRADE);
    assertThat(defaults).content().isEqualTo("SENTRY_AUTH_TOKEN=sntryu_0123456789\n");

    Files.createDirectories(debian.resolve("var/lib/sentry_exporter/marks"));
    inside(debian, "dpkg", "--remove", "sentry-exporter");
    assertThat(defaults).exists();
    assertThat(debian.resolve("var/lib/sentry_exporter/marks")).exists();
    assertThat(debian.resolve("usr/lib/sentry_exporter")).doesNotExist();

    inside(debian, "dpkg", "--purge", "sentry-exporter");
    assertThat(defaults).doesNotExist();
    assertThat(debian.resolve("var/lib/sentry_exporter")).doesNotExist();
    assertThat(debian.resolve("etc/sentry_exporter")).doesNotExist();
    assertThat(Files.isSymbolicLink(debian.resolve(WANTED.substring(1)))).isFalse();
  }

  private void install(Path debian, Path folder) throws IOException {
    try (var debs = Files.newDirectoryStream(folder, "*.deb")) {
      for (Path deb : debs) {
        Files.copy(deb, debian.resolve("package.deb"));
        inside(debian, "dpkg", "--install", "/package.deb");
        Files.delete(debian.resolve("package.deb"));
      }
    }
  }

  /// As the unit does it: in the folder of its configuration, with a folder for its state.
  private void runsUnreadyAsItsUser(Path debian) {
    inside(debian, "install", "-d", "-o", "sentry-exporter", "/var/lib/sentry_exporter");
    String script =
        "mount -t proc proc $0/proc && exec chroot --userspec=sentry-exporter:sentry-exporter $0"
            + " /bin/sh -c 'cd /etc/sentry_exporter && exec sentry_exporter \"$@\"' - \"$@\"";
    var command =
        List.of(
            "unshare",
            "--mount",
            "sh",
            "-c",
            script,
            debian.toString(),
            "--storage.path=/var/lib/sentry_exporter");
    var environment = Map.of("PATH", System.getenv("PATH"));
    try (var exporter = PackagedExporter.start(work, environment, command)) {
      var ready = exporter.get("/-/ready");
      assertThat(ready.status()).isEqualTo(503);
      assertThat(ready.text()).contains("set SENTRY_AUTH_TOKEN");
    }
  }

  @Test
  void withoutARuntimeItRunsOnTheJavaOfTheMachine() throws IOException {
    Path plain = plain();
    assertThat(plain.resolve("runtime")).doesNotExist();
    assertThat(plain.resolve("sentry_exporter.cdx.json"))
        .content()
        .contains("CycloneDX")
        .doesNotContain("OpenJDK");
    try (var sentry = UnpackedTarball.sentry()) {
      var environment = new HashMap<>(token(sentry));
      environment.put("JAVA_HOME", System.getProperty("java.home"));
      try (var exporter = PackagedExporter.start(plain, work, environment)) {
        assertThat(exporter.get("/probe?target=acme").value("sentry_probe_success")).isOne();
      }
    }
  }

  @Test
  void withoutJavaOrWithAnOldOneItNamesWhatToInstall() throws IOException {
    Path plain = plain();
    Path old = work.resolve("old");
    Path java =
        Files.copy(
            Path.of("/bin/true"), Files.createDirectories(old.resolve("bin")).resolve("java"));
    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"17.0.9\"\n");
    assertThat(failing(plain, Map.of("JAVA_HOME", old.toString())))
        .isEqualTo(
            "sentry_exporter: "
                + java
                + " is Java 17; install a Java 25, or set JAVA_HOME to one\n");
    assertThat(failing(plain, Map.of("JAVA_HOME", "/nowhere")))
        .isEqualTo("sentry_exporter: no Java; install a Java 25, or set JAVA_HOME to one\n");
  }

  private String failing(Path plain, Map<String, String> variables) {
    var environment = new HashMap<>(variables);
    environment.put("PATH", "/usr/bin:/bin");
    var command = List.of(plain.resolve("sentry_exporter").toString(), "--version");
    try (var program = Program.start(work, environment, command)) {
      assertThat(program.exitCode(PATIENCE)).isOne();
      return program.err();
    }
  }

  /// The distribution without a runtime, unpacked.
  private Path plain() throws IOException {
    Path folder = Files.createTempDirectory(work, "plain");
    try (var tarballs = Files.newDirectoryStream(made, "*.java25.tar.gz")) {
      for (Path tarball : tarballs) {
        run("tar", "-xzf", tarball, "-C", folder);
      }
    }
    try (var inside = Files.list(folder)) {
      return inside.findFirst().orElseThrow();
    }
  }

  private static Map<String, String> token(SimulatedSentry sentry) {
    return Map.of(
        "PATH", System.getenv("PATH"),
        "SENTRY_AUTH_TOKEN", SimulatedSentry.TOKEN,
        "SENTRY_URL", sentry.url().toString());
  }

  private String inside(Path debian, String... words) {
    var command = new ArrayList<Object>(List.of("chroot", debian));
    command.addAll(List.of(words));
    return run(command.toArray());
  }

  /// Runs a program that must succeed, in the repository; what it wrote.
  private String run(Object... words) {
    var quoted = new ArrayList<String>(List.of("/bin/sh", "-c", "cd \"$0\" && exec \"$@\""));
    quoted.add(Path.of("").toAbsolutePath().toString());
    for (Object word : words) {
      quoted.add(word.toString());
    }
    try (var program = Program.start(work, System.getenv(), quoted)) {
      int code = program.exitCode(PATIENCE);
      assertThat(code).as("%s: %s%s", quoted, program.out(), program.err()).isZero();
      return program.out();
    }
  }
}
