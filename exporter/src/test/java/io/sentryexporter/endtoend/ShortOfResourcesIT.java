package io.sentryexporter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.testing.Canary;
import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.RunningExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The packaged program where it can write nothing, and what others of the machine see of it.
class ShortOfResourcesIT {
  private static final Pattern WARNING = Pattern.compile("level=WARN.*\n");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /// Not at the beginning of a month, when nothing is counted yet.
  @AutoClose private final SimulatedSentry sentry = UnpackedTarball.sentry();

  @TempDir Path work = Path.of("");
  private Path file = Path.of("");

  @BeforeEach
  void configure() throws IOException {
    file = work.resolve("sentry_exporter.yml");
    Files.writeString(file, RunningExporter.collecting(sentry.url(), ""));
  }

  private PackagedExporter start(String shell) {
    String launcher = PackagedExporter.distribution().resolve("sentry_exporter").toString();
    return PackagedExporter.start(
        work, System.getenv(), List.of("/bin/sh", "-c", shell, launcher, "--config.file=" + file));
  }

  @Test
  void aFolderThatNobodyCanWriteCostsOnlyTheMarks() {
    try (var exporter = start("cd /proc && exec \"$0\" \"$@\"")) {
      assertServes(exporter);
      exporter.program().awaitOutput(WARNING, PATIENCE); // marks are written after the answer
      assertThat(exporter.program().err()).containsOnlyOnce("level=WARN");
    }
  }

  @Test
  void aDiskThatIsFullCostsOnlyTheMarks() throws IOException {
    // no file can grow; the log goes through a pipe, which is none
    Path data = Files.createDirectory(work.resolve("marks"));
    String shell = "(ulimit -f 0; exec \"$0\" \"$@\" --storage.path=" + data + " 2>&1) | cat";
    try (var exporter = start(shell)) {
      assertServes(exporter);
      exporter.program().awaitOutput(WARNING, PATIENCE);
      assertThat(exporter.program().out()).containsOnlyOnce("level=WARN");
    }
  }

  private static void assertServes(PackagedExporter exporter) {
    for (int i = 0; i < 3; i++) {
      var page = exporter.get("/probe?target=acme");
      assertThat(page.value("sentry_probe_success")).as(page.text()).isOne();
      assertThat(page.text()).contains("\nsentry_outcomes_total{");
    }
    assertThat(exporter.get("/metrics").status()).isEqualTo(200);
    assertThat(exporter.get("/").status()).isEqualTo(200);
  }

  @Test
  void othersOfTheMachineSeeNoTokenAndNoHeapIsDumped() throws IOException {
    Files.delete(file);
    var environment = new HashMap<>(System.getenv());
    environment.put("SENTRY_URL", sentry.url().toString());
    environment.put("SENTRY_AUTH_TOKEN", Canary.TOKEN);
    try (var exporter =
        PackagedExporter.start(PackagedExporter.distribution(), work, environment)) {
      exporter.get("/probe?target=acme");
      Path process = Path.of("/proc", Long.toString(exporter.program().pid()));
      String arguments = Files.readString(process.resolve("cmdline")).replace('\0', ' ');
      Canary.assertAbsent("the arguments", arguments);
      assertThat(arguments).contains("-XX:+ExitOnOutOfMemoryError").doesNotContain("HeapDump");
      Canary.assertAbsent("the name", Files.readString(process.resolve("comm")));
    }
  }
}
