package io.sentryexporter.cli;

import io.sentryexporter.config.Config;
import io.sentryexporter.config.ConfigSource;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Checks a configuration file, as `--config.check` does.
@Command(
    abbreviateSynopsis = true,
    name = "check-config",
    description = "Checks a configuration file: all its faults, each with its place.")
@SuppressWarnings({"FieldCanBeFinal", "UnusedVariable"}) // picocli sets the fields
final class CheckConfigCommand implements Callable<Integer> {
  private final Streams streams;

  @Parameters(
      arity = "0..1",
      paramLabel = "<file>",
      description = "Configuration file; the same as the flag.")
  private @Nullable Path argument;

  @Mixin private ConfigFlag config = new ConfigFlag();

  @Mixin private HelpFlag help = new HelpFlag();

  CheckConfigCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() {
    return argument == null
        ? check(config.source(streams), streams)
        : check(new ConfigSource(argument, true, streams.environment()), streams);
  }

  /// Faults and warnings go to standard error, one a line.
  static int check(ConfigSource source, Streams streams) {
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
