package io.sentryexporter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.testing.Canary;
import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.TestSentry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The packaged program where it can write nothing, and what others of the machine see of it.
class ShortOfResourcesIT {
  @AutoClose private final SimulatedSentry sentry = TestSentry.start(InstantSource.system());

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
