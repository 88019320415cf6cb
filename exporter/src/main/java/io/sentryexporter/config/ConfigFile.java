package io.sentryexporter.config;

import io.sentryexporter.yaml.Problem;
import io.sentryexporter.yaml.Problems;
import io.sentryexporter.yaml.YamlFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;

/// Reads a configuration from the disk.
final class ConfigFile {
  /// Maximum bytes of a file: some thousand modules. A larger file is not a configuration.
  private static final int MOST_BYTES = 1 << 20;

  private ConfigFile() {}

  static ConfigResult read(Path file, Map<String, String> environment) {
    var name = file.toString();
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (attributes.isDirectory()) {
        return refused(name, "a folder; name the file in it with --config.file");
      }
      if (!attributes.isRegularFile()) { // opening a pipe may wait for ever
        return refused(
            name, "not a regular file; a pipe or device cannot be read again, write a file");
      }
      return content(file, name, environment);
    } catch (NoSuchFileException _) {
      return refused(name, "no such file; write it, or name another with --config.file");
    } catch (AccessDeniedException _) {
      return refused(name, "may not be read; give this user the right to read it");
    } catch (IOException _) {
      return refused(name, "cannot be read; look for a fault of the disk");
    }
  }

  private static ConfigResult content(Path file, String name, Map<String, String> environment)
      throws IOException {
    try (var input = Files.newInputStream(file)) {
      var bytes = input.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        return refused(name, "over 1 MiB; name the right file with --config.file");
      }
      var problems = new Problems(name);
      var around = new ConfigEnvironment(file.resolveSibling(""), environment);
      return Config.read(YamlFile.read(bytes, Config.KEYS, problems), problems, around);
    }
  }

  private static ConfigResult refused(String name, String text) {
    return new ConfigResult(null, List.of(Problem.ofFile(name, text)));
  }
}
