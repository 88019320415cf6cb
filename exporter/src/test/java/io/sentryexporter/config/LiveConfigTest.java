package io.sentryexporter.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.yaml.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveConfigTest {
  private static final String FIRST = "modules: {first: {prober: http}}";
  private static final String SECOND = "modules: {second: {prober: http}}";

  @TempDir private Path folder;
  private Path file;
  private LiveConfig live;

  @BeforeEach
  void start() throws IOException {
    file = folder.resolve("sentry_exporter.yml");
    Files.writeString(file, FIRST);
    live = new LiveConfig(() -> Config.read(file), requireNonNull(Config.read(file).config()));
  }

  @Test
  void theStartCountsAsAReloadWithoutErrors() {
    assertThat(live.lastReloadErrors()).isEmpty();
  }

  @Test
  void aReloadPutsTheNewFileInForce() throws IOException {
    var before = live.current();
    Files.writeString(file, SECOND);

    var problems = live.reload();

    assertThat(problems).noneMatch(Problem::isError);
    assertThat(live.current().modules()).containsOnlyKeys("second");
    assertThat(before.modules()).containsOnlyKeys("first");
  }

  @Test
  void anErrorLeavesTheOldConfigurationInForceUntilTheFileIsFixed() throws IOException {
    var before = live.current();
    Files.writeString(file, "modules: [");

    assertThat(live.reload()).anyMatch(Problem::isError);
    assertThat(live.current()).isSameAs(before);
    assertThat(live.lastReloadErrors()).singleElement().asString().contains("a value is missing");

    Files.writeString(file, SECOND);
    assertThat(live.reload()).noneMatch(Problem::isError);
    assertThat(live.lastReloadErrors()).isEmpty();
  }

  @Test
  void aDeletedFileLeavesTheOldConfigurationInForce() throws IOException {
    var before = live.current();
    Files.delete(file);

    assertThat(live.reload()).singleElement().asString().contains("no such file");
    assertThat(live.current()).isSameAs(before);
  }

  @Test
  void theSameContentLeavesTheSameObjectInForce() {
    var before = live.current();

    var problems = live.reload();

    assertThat(problems).isEqualTo(before.warnings());
    assertThat(live.current()).isSameAs(before);
  }

  @Test
  void whileTheFileIsReplacedEveryReaderSeesOneOfItsContentsWhole()
      throws IOException, InterruptedException, ExecutionException {
    Callable<Set<String>> reloader =
        () -> {
          assertThat(live.reload()).noneMatch(Problem::isError);
          return live.current().modules().keySet();
        };
    var seen = new ArrayList<Future<Set<String>>>();
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (var i = 0; i < 50; i++) {
        replaceFile(i % 2 == 0 ? SECOND : FIRST);
        seen.add(threads.submit(reloader));
        seen.add(threads.submit(reloader));
      }
    }
    for (var modules : seen) {
      assertThat(modules.get()).isIn(Set.of("first"), Set.of("second"));
    }
  }

  /// As a careful editor or a Kubernetes volume does it.
  private void replaceFile(String text) throws IOException {
    var next = folder.resolve("next.yml");
    Files.writeString(next, text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
