package io.sentryexporter.cli;

import io.sentryexporter.cli.CommandLineInterface.CommandContext;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Model.CommandSpec;

/// Prints the script with which bash and zsh complete commands and flags.
final class CompletionCommand implements Callable<Integer> {
  private final CommandContext context;

  CompletionCommand(CommandContext context) {
    this.context = context;
  }

  CommandSpec spec() {
    return new Flags()
        .command(
            "completion",
            "Prints the script with which bash and zsh complete commands and flags.",
            this);
  }

  @Override
  public Integer call() {
    context
        .out()
        .print(AutoComplete.bash("sentry_exporter", CommandLineInterface.commandLine(context)));
    return CommandLineInterface.OK;
  }
}
