package io.sentryexporter.cli;

import io.sentryexporter.config.Config;
import io.sentryexporter.config.ConfigSource;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// Checks a configuration file, as `--config.check` does.
final class CheckConfigCommand implements Callable<Integer> {
  private final CommandContext streams;
  private final PositionalParamSpec argument =
      PositionalParamSpec.builder()
          .type(Path.class)
          .arity("0..1")
          .paramLabel("<file>")
          .description("Configuration file; the same as the flag.")
          .build();
  private final ConfigFlag config = new ConfigFlag();
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

  CheckConfigCommand(CommandContext streams) {
    this.streams = streams;
    spec.name("check-config");
    spec.usageMessage()
        .abbreviateSynopsis(true)
        .description("Checks a configuration file: all its faults, each with its place.");
    spec.addPositional(argument);
    spec.addOption(config.option());
    spec.addOption(Flags.help());
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() {
    @Nullable Path named = argument.getValue();
    return named == null
        ? check(config.source(streams), streams)
        : check(new ConfigSource(named, true, streams.environment()), streams);
  }

  /// Faults and warnings go to standard error, one a line.
  static int check(ConfigSource source, CommandContext streams) {
    var reading = source.get();
    reading.problems().forEach(streams.err()::println);
    Config config = reading.config();
    if (config == null) {
      return CommandLineInterface.FAILED;
    }
    if (config.isNothing()) {
      streams.err().println("nothing is configured: " + String.join("; or ", Config.WAYS_TO_BEGIN));
      return CommandLineInterface.FAILED;
    }
    streams.out().println("Config file is ok exiting...");
    return CommandLineInterface.OK;
  }
}
