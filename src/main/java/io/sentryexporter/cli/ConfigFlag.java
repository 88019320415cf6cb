package io.sentryexporter.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/// The flag that names the configuration file. Picocli sets the field.
@SuppressWarnings("FieldCanBeFinal")
final class ConfigFlag {
  @Option(
      names = "--config.file",
      paramLabel = "<file>",
      defaultValue = "sentry_exporter.yml",
      description = "Configuration file. Default: ${DEFAULT-VALUE}")
  private Path file = Path.of("");

  Path file() {
    return file;
  }
}
