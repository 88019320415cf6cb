package io.sentryexporter.cli;

import io.sentryexporter.config.ConfigSource;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The flag that names the configuration file. Picocli sets the field.
@SuppressWarnings("FieldCanBeFinal")
final class ConfigFlag {
  @Option(
      names = "--config.file",
      paramLabel = "<file>",
      description =
          "Configuration file. Default: sentry_exporter.yml; if there is none, the built-in"
              + " configuration with the token of SENTRY_AUTH_TOKEN or SENTRY_AUTH_TOKEN_FILE")
  private @Nullable Path file;

  /// The configuration that the flag, or its absence, asks for.
  ConfigSource source(Streams streams) {
    return file == null
        ? new ConfigSource(Path.of("sentry_exporter.yml"), false, streams.environment())
        : new ConfigSource(file, true, streams.environment());
  }
}
