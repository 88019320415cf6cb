package io.sentryexporter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The `Dockerfile`: what it promises to who replaces the old exporters' image, and its links made
/// in a folder. The image itself needs an engine and a registry to build.
class ImageIT {
  private static final Pattern LINK = Pattern.compile("ln -s /opt/sentry_exporter/(\\S+) /(\\S+)");

  @TempDir Path root = Path.of("");

  @Test
  void anImageStartsAsTheOldOneDidButNotAsRoot() throws IOException {
    assertThat(lines())
        .contains("ENTRYPOINT [\"/sentry_exporter\"]")
        .contains("CMD [\"-config.file=/sentry_exporter.yml\"]")
        .contains("USER 65532:65532")
        .contains("EXPOSE 9412");
  }

  @Test
  void itsEntryPointStartsTheProgramWithTheConfigurationInIt() throws IOException {
    for (String line : lines()) {
      var link = LINK.matcher(line);
      if (link.find()) {
        Path target = PackagedExporter.distribution().toAbsolutePath().resolve(link.group(1));
        Files.createSymbolicLink(root.resolve(link.group(2)), target);
      }
    }

    String said =
        Program.read(
            Program.NO_INPUT,
            root,
            root.resolve("sentry_exporter"),
            "-config.file=" + root.resolve("sentry_exporter.yml"),
            "-config.check");

    assertThat(said).contains("sentry_exporter.yml");
  }

  private static List<String> lines() throws IOException {
    return Files.readAllLines(Path.of("Dockerfile"));
  }
}
