package io.sentryexporter.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// The program as a shell calls it, within the test's process: arguments and environment in, exit
/// code and both outputs out.
final class ProgramRun {
  /// A file without a fault.
  static final String GOOD =
      """
      modules:
        sentry:
          prober: http
          http:
            prefix: https://sentry.io/api/0/projects/acme/
            headers: {Authorization: Bearer 0123456789abcdef}
      """;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Map<String, String> environment = Map.of();

  /// Writes a configuration file.
  static Path write(Path folder, String yaml) throws IOException {
    return Files.writeString(folder.resolve("sentry_exporter.yml"), yaml);
  }

  /// The variables of the runs to come, and no others.
  void setEnvironment(Map<String, String> variables) {
    environment = variables;
  }

  int run(String... arguments) {
    return runInto(out, arguments);
  }

  /// Runs it with another standard output.
  int runInto(OutputStream output, String... arguments) {
    return CommandLineInterface.run(
        arguments,
        environment,
        new PrintStream(output, true, UTF_8),
        new PrintStream(err, true, UTF_8));
  }

  /// Standard output of all runs so far.
  String out() {
    return out.toString(UTF_8);
  }

  String err() {
    return err.toString(UTF_8);
  }
}
