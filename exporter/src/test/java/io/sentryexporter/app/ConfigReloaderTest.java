package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.app.App.StartException;
import io.sentryexporter.app.ConfigReloader.Seen;
import io.sentryexporter.config.ActiveConfig;
import io.sentryexporter.config.Config;
import io.sentryexporter.config.ConfigSource;
import io.sentryexporter.testing.TestMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReloaderTest {
  private static final String FIRST = "modules: {first: {prober: http}}";
  private static final String SECOND = "modules: {second: {prober: http}}";

  @TempDir private Path folder;
  private Path file;
  private ConfigReloader reloader;

  @BeforeEach
  void start() throws IOException, StartException {
    file = folder.resolve("sentry_exporter.yml");
    Files.writeString(file, FIRST);
    reloader =
        new ConfigReloader(
            () -> new ConfigSource(file, true, Map.of()).get(),
            _ -> {
              throw new AssertionError("no instance is configured");
            },
            TestMetrics.create(),
            InstantSource.fixed(Instant.EPOCH));
    reloader.start();
  }

  @Test
  void theStartCountsAsAReloadWithoutErrors() {
    assertThat(active().reloadErrors()).isEmpty();
  }

  @Test
  void itIsReadyWhileItServesOnly() {
    assertThat(active().notReady()).isEqualTo("starting");

    reloader.serving();
    assertThat(active().notReady()).isNull();

    reloader.shuttingDown();
    reloader.reload();
    assertThat(active().notReady()).isEqualTo("shutting down");
  }

  @Test
  void aReloadActivatesTheNewFile() throws IOException {
    ActiveConfig before = active();
    Files.writeString(file, SECOND);

    assertThat(reloader.reload()).isEmpty();

    assertThat(active().config().modules()).containsOnlyKeys("second");
    assertThat(before.config().modules()).containsOnlyKeys("first");
  }

  @Test
  void anErrorLeavesTheOldConfigurationActiveUntilTheFileIsFixed() throws IOException {
    reloader.serving();
    Config before = active().config();
    Files.writeString(file, "modules: [");

    assertThat(reloader.reload()).singleElement().asString().contains("a value is missing");
    assertThat(active().config()).isSameAs(before);
    assertThat(active().reloadErrors()).isEqualTo(reloader.reload());
    assertThat(active().notReady()).isNull();

    Files.writeString(file, SECOND);
    assertThat(reloader.reload()).isEmpty();
    assertThat(active().reloadErrors()).isEmpty();
  }

  @Test
  void aDeletedFileLeavesTheOldConfigurationActive() throws IOException {
    Config before = active().config();
    Files.delete(file);

    assertThat(reloader.reload()).singleElement().asString().contains("no such file");
    assertThat(active().config()).isSameAs(before);
  }

  @Test
  void whileTheFileIsReplacedEveryReaderSeesOneOfItsContentsWhole()
      throws IOException, InterruptedException, ExecutionException {
    Callable<Set<String>> reload =
        () -> {
          assertThat(reloader.reload()).isEmpty();
          return active().config().modules().keySet();
        };
    var seen = new ArrayList<Future<Set<String>>>();
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (var i = 0; i < 50; i++) {
        replaceFile(i % 2 == 0 ? SECOND : FIRST);
        seen.add(threads.submit(reload));
        seen.add(threads.submit(reload));
      }
    }
    for (var modules : seen) {
      assertThat(modules.get()).isIn(Set.of("first"), Set.of("second"));
    }
  }

  @Test
  void aFileThatIsCutShortWhileItIsWrittenChangesNothing() throws IOException {
    Config before = active().config();
    String whole = SECOND.stripTrailing();
    for (int end = 0; end < whole.length(); end++) {
      Files.writeString(file, whole.substring(0, end));

      if (!reloader.reload().isEmpty()) {
        assertThat(active().config()).isSameAs(before);
      }
      before = active().config();
    }
  }

  @Test
  void aKubernetesVolumeIsReadThroughItsLinks() throws IOException {
    Files.delete(file);
    mount("..2026_1", FIRST);
    Files.createSymbolicLink(file, Path.of("..data", file.getFileName().toString()));
    assertThat(reloader.reload()).isEmpty();
    assertThat(active().config().modules()).containsOnlyKeys("first");

    mount("..2026_2", SECOND);

    assertThat(reloader.reload()).isEmpty();
    assertThat(active().config().modules()).containsOnlyKeys("second");
  }

  /// Puts a new version of all files in place, as the kubelet does it: by one link.
  private void mount(String version, String text) throws IOException {
    Path data = Files.createDirectory(folder.resolve(version));
    Files.writeString(data.resolve(file.getFileName()), text);
    Path next = Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of(version));
    Files.move(next, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void aLookLoadsAChangeOnceItHasStayedTheSame() throws IOException {
    assertThat(reloader.look()).isEqualTo(Seen.UNCHANGED);
    Files.writeString(file, SECOND);

    assertThat(reloader.look()).isEqualTo(Seen.CHANGING);
    assertThat(active().config().modules()).containsOnlyKeys("first");
    assertThat(reloader.look()).isEqualTo(Seen.LOADED);
    assertThat(active().config().modules()).containsOnlyKeys("second");
    assertThat(reloader.look()).isEqualTo(Seen.UNCHANGED);
  }

  @Test
  void aFileThatGrowsFromLookToLookIsLeftAloneUntilItIsWhole() throws IOException {
    String text = SECOND + "\n# " + FIRST;
    var seen = new ArrayList<Seen>();
    for (int end = 25; end < SECOND.length(); end++) {
      Files.writeString(file, text.substring(0, end));
      seen.add(reloader.look());
    }
    assertThat(seen).containsOnly(Seen.CHANGING);
    assertThat(active().config().modules()).containsOnlyKeys("first");
    assertThat(active().reloadErrors()).isEmpty();
  }

  @Test
  void aFileWrittenAnewThatMeansTheSameIsNoChange() throws IOException {
    ActiveConfig before = active();
    replaceFile(FIRST + " # a comment");

    assertThat(reloader.look()).isEqualTo(Seen.UNCHANGED);
    assertThat(active()).isSameAs(before);
  }

  @Test
  void aLookThatFindsErrorsChangesNothingUntilTheFileIsFixed() throws IOException {
    Files.writeString(file, "modules: [");
    assertThat(List.of(reloader.look(), reloader.look(), reloader.look(), reloader.look()))
        .containsExactly(Seen.CHANGING, Seen.REFUSED, Seen.UNCHANGED, Seen.UNCHANGED);
    assertThat(active().config().modules()).containsOnlyKeys("first");
    assertThat(active().reloadErrors()).isNotEmpty();

    Files.writeString(file, FIRST);
    assertThat(List.of(reloader.look(), reloader.look()))
        .containsExactly(Seen.CHANGING, Seen.LOADED);
    assertThat(active().reloadErrors()).isEmpty();
  }

  @Test
  void aLookSeesAVolumeOfKubernetesThroughItsLinks() throws IOException {
    Files.delete(file);
    mount("..2026_1", FIRST);
    Files.createSymbolicLink(file, Path.of("..data", file.getFileName().toString()));
    assertThat(reloader.look()).isEqualTo(Seen.UNCHANGED);

    mount("..2026_2", SECOND);

    assertThat(List.of(reloader.look(), reloader.look()))
        .containsExactly(Seen.CHANGING, Seen.LOADED);
    assertThat(active().config().modules()).containsOnlyKeys("second");
  }

  private ActiveConfig active() {
    return reloader.active();
  }

  /// As a careful editor or a Kubernetes volume does it.
  private void replaceFile(String text) throws IOException {
    var next = folder.resolve("next.yml");
    Files.writeString(next, text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
