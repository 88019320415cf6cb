package io.sentryexporter.cli;

import io.sentryexporter.config.ConfigSource;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;

/// The flag that names the configuration file.
final class ConfigFlag {
  private final OptionSpec file =
      Flags.of(
          "--config.file",
          Path.class,
          "<file>",
          null,
          "Configuration file. Default: sentry_exporter.yml; if there is none, the built-in"
              + " configuration with the token of SENTRY_AUTH_TOKEN or SENTRY_AUTH_TOKEN_FILE");

  OptionSpec option() {
    return file;
  }

  /// The configuration that the flag, or its default, names.
  ConfigSource source(CommandContext streams) {
    @Nullable Path named = file.getValue();
    return named == null
        ? new ConfigSource(Path.of("sentry_exporter.yml"), false, streams.environment())
        : new ConfigSource(named, true, streams.environment());
  }
}
