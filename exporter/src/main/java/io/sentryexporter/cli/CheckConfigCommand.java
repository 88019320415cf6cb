package io.sentryexporter.cli;

import io.sentryexporter.app.App;
import io.sentryexporter.cli.CommandLineInterface.CommandContext;
import io.sentryexporter.cli.Flags.Flag;
import io.sentryexporter.cli.Flags.UsageException;
import io.sentryexporter.config.Config;
import io.sentryexporter.config.ConfigSource;
import io.sentryexporter.config.WebConfigFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// Checks a configuration file, as `--config.check` does.
final class CheckConfigCommand implements Callable<Integer> {
  private final CommandContext context;
  private final Flags flags = new Flags();
  private final Flag<Optional<Path>> configFile = flags.configFile();
  private final Flag<Optional<Path>> webConfig = ServingFlags.webConfig(flags);
  private final PositionalParamSpec argument =
      PositionalParamSpec.builder()
          .type(Path.class)
          .converters(Flags::path)
          .arity("0..1")
          .paramLabel("<file>")
          .description("Configuration file; the same as the flag.")
          .build();

  CheckConfigCommand(CommandContext context) {
    this.context = context;
  }

  CommandSpec spec() {
    return flags
        .command(
            "check-config",
            "Checks a configuration file and reports all errors, with line and column.",
            this)
        .addPositional(argument);
  }

  @Override
  public Integer call() throws UsageException {
    @Nullable Path named = argument.getValue();
    return check(
        context.config(named == null ? configFile.value() : Optional.of(named)),
        webConfig.value(),
        context);
  }

  /// Faults and warnings go to standard error, one a line.
  static int check(ConfigSource source, Optional<Path> webConfig, CommandContext context) {
    var read = source.get();
    read.problems().forEach(context.err()::println);
    boolean isWebConfigGood = webConfig.isEmpty() || check(webConfig.get(), context);
    List<String> faults = App.faultsOf(context.environment());
    faults.forEach(context.err()::println);
    Config config = read.config();
    if (config == null) {
      return CommandLineInterface.FAILED;
    }
    if (config.isNothing()) {
      context.err().println("nothing is configured: " + String.join("; or ", Config.WAYS_TO_BEGIN));
      return CommandLineInterface.FAILED;
    }
    if (!isWebConfigGood || !faults.isEmpty()) {
      return CommandLineInterface.FAILED;
    }
    context.out().println("Config file is ok exiting...");
    return CommandLineInterface.OK;
  }

  private static boolean check(Path webConfig, CommandContext context) {
    var read = WebConfigFile.read(webConfig);
    read.problems().forEach(context.err()::println);
    return read.config() != null;
  }
}
