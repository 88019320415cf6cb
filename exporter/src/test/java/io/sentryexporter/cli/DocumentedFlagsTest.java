package io.sentryexporter.cli;

import io.sentryexporter.cli.CommandLineInterface.CommandContext;
import io.sentryexporter.testing.Golden;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// `docs/cli.md` matches the help of the commands.
class DocumentedFlagsTest {

  @Test
  void everyCommandIsDocumentedAsItsHelpHasIt() {
    var nowhere = new PrintStream(OutputStream.nullOutputStream(), true);
    var commandLine =
        CommandLineInterface.commandLine(new CommandContext(Map.of(), nowhere, nowhere));
    var page = new StringBuilder();
    page.append(
        """
        # Command line

        Generated from the exporter's own help; `mvn verify -Dgolden=update` writes it anew.

        Flags take `--x=value`, `--x value` and, as with the old exporters, one dash instead of two.
        Data goes to standard output, logs and errors to standard error. Exit codes: 0 success,
        1 failure, 2 invalid command line.

        `source <(sentry_exporter completion)` in `~/.bashrc` lets bash complete commands and flags;
        in `~/.zshrc`, the same does so for zsh. A package puts the script that `completion` prints
        into `/usr/share/bash-completion/completions/sentry_exporter`.
        """);
    append(page, "sentry_exporter", commandLine);
    commandLine
        .getSubcommands()
        .forEach((name, command) -> append(page, "sentry_exporter " + name, command));
    Golden.assertMatches(Path.of("docs/cli.md"), page.toString());
  }

  private static void append(StringBuilder page, String name, CommandLine command) {
    if (name.equals("sentry_exporter serve")) {
      return; // the same as without a command
    }
    page.append("\n## ").append(name).append("\n\n```\n");
    page.append(command.getUsageMessage(CommandLine.Help.Ansi.OFF).stripTrailing());
    page.append("\n```\n");
  }
}
