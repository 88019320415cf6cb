package io.sentryexporter.cli;

import io.sentryexporter.config.ConfigSource;
import io.sentryexporter.text.SecretRedactor;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// What a command reads and where it writes.
record CommandContext(Map<String, String> environment, PrintStream out, PrintStream err) {
  /// Reports what is wrong with the command line, without what may be a token in the wrong place.
  void complain(String message) {
    err.println(SecretRedactor.hideTokens(message));
  }

  /// The configuration that `--config.file`, or its default, names.
  ConfigSource config(Optional<Path> file) {
    return new ConfigSource(
        file.orElse(Path.of("sentry_exporter.yml")), file.isPresent(), environment);
  }

  /// Without the environment, which may hold the token.
  @Override
  public String toString() {
    return "CommandContext";
  }
}
