package io.sentryexporter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RunningExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The AOT cache in the tarball: it fits, it is whole, and one that does not fit is ignored.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AotCacheIT {
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
  void theAotCacheFitsWhereTheTarballIsUnpacked() {
    var required = tarball.with("JAVA_OPTS", "-XX:AOTMode=on");
    assertThat(required.run(work, "--version").code()).isZero();
  }

  @Test
  void theAotCacheHoldsEveryClassOfTheStartAndOfAProbe() throws IOException {
    assertThat(loadedByAProbe())
        .anyMatch(line -> line.contains("picocli.CommandLine source: shared objects file"))
        .noneMatch(line -> line.contains("source: file:"));
  }

  /// Those are in no cache: of a switch on types, of a call by reflection, of comparators and of
  /// records' equals and hashCode. Of the last two some are left.
  @Test
  void theStartAndAProbeNeedFewClassesThatJavaWritesAtRunTime() throws IOException {
    assertThat(loadedByAProbe())
        .filteredOn(line -> line.contains("/0x") && !line.endsWith("source: shared objects file"))
        .hasSizeLessThan(25)
        .noneMatch(line -> line.contains("$$TypeSwitch"));
  }

  private List<String> loadedByAProbe() throws IOException {
    Path loaded = work.resolve("loaded.txt");
    var logged = tarball.with("JAVA_OPTS", "-Xlog:class+load=info:file=" + loaded);
    try (var exporter = logged.start(work)) {
      assertThat(exporter.get("/probe?target=acme/web").value("sentry_probe_success")).isEqualTo(1);
    }
    return Files.readAllLines(loaded);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut short", "not a cache", "of another jar", "missing", "empty"})
  void anAotCacheThatDoesNotFitIsIgnoredQuietly(String fault) throws IOException {
    Path other = Files.createDirectory(work.resolve("other"));
    Program.read(Program.NO_INPUT, work, "cp", "-a", tarball.folder(), other);
    Path distribution = other.resolve(tarball.folder().getFileName());
    Path cache = distribution.resolve("lib/sentry_exporter.aot");
    switch (fault) {
      case "cut short" -> {
        byte[] whole = Files.readAllBytes(cache);
        Files.write(cache, Arrays.copyOf(whole, whole.length / 2));
      }
      case "not a cache" -> Files.writeString(cache, "not a cache\n".repeat(10_000));
      case "of another jar" ->
          Files.setLastModifiedTime(
              distribution.resolve("lib/sentry_exporter-0.1.0.jar"), FileTime.fromMillis(0));
      case "missing" -> Files.delete(cache);
      case "empty" -> Files.write(cache, new byte[0]);
      default -> throw new IllegalArgumentException(fault);
    }
    var ended = new UnpackedTarball(distribution, tarball.environment()).run(work, "--version");
    assertThat(ended.code()).isZero();
    assertThat(ended.out()).startsWith("sentry_exporter, version ");
    assertThat(ended.out().lines()).hasSize(3);
    assertThat(ended.err()).isEmpty();
  }

  private String config() {
    return RunningExporter.patient(RunningExporter.projects(sentry.url()));
  }
}
