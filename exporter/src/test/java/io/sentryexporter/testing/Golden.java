package io.sentryexporter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Compares what the program answers with a file of the repository.
///
/// `mvn verify -Dgolden=update` writes the answers into the files instead; the diff is then what
/// gets reviewed.
public final class Golden {
  private Golden() {}

  /// Asserts that `actual` is the text of `file`, which is relative to the repository's root.
  public static void assertMatches(Path file, String actual) {
    try {
      if ("update".equals(System.getProperty("golden"))) {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, actual);
        return;
      }
      assertThat(file).as("golden file (mvn verify -Dgolden=update writes it)").exists();
      assertThat(actual).as("golden file %s", file).isEqualTo(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
