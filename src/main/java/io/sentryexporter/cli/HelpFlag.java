package io.sentryexporter.cli;

import picocli.CommandLine.Option;

/// The flag every command has. Picocli sets the field and acts on it.
@SuppressWarnings({"FieldCanBeFinal", "UnusedVariable"})
final class HelpFlag {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Print this help and exit.")
  private boolean help;
}
