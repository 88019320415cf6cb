package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenFilesTest {
  @TempDir private Path process;

  private OpenFiles files(String limit, int open) throws IOException {
    Files.createDirectories(process.resolve("fd"));
    for (int i = 0; i < open; i++) {
      Files.createFile(process.resolve("fd").resolve("" + i));
    }
    Files.writeString(
        process.resolve("limits"),
        """
        Limit                     Soft Limit           Hard Limit           Units
        Max cpu time              unlimited            unlimited            seconds
        Max open files            %s                   524288               files
        """
            .formatted(limit));
    return OpenFiles.of(process);
  }

  @Test
  void clientsGetHalfAndEachCallerASixthOfWhatIsLeft() throws IOException {
    OpenFiles files = files("90", 30);

    assertThat(files.left()).isEqualTo(60);
    assertThat(files.forClients(1)).isEqualTo(30);
    assertThat(files.forClients(2)).isEqualTo(15);
    assertThat(files.forCaller()).isEqualTo(10);
  }

  @Test
  void thereAreAlwaysAFew() throws IOException {
    OpenFiles files = files("20", 25);

    assertThat(files.forClients(3)).isEqualTo(4);
    assertThat(files.forCaller()).isEqualTo(4);
  }

  @Test
  void whereTheSystemReportsNoneThereIsNoLimit() throws IOException {
    assertThat(OpenFiles.of(process.resolve("none")).forClients(1)).isGreaterThan(1_000_000);
    assertThat(files("unlimited", 1).forCaller()).isGreaterThan(1_000_000);
  }
}
