package io.sentryexporter.cli;

import io.sentryexporter.app.App;
import io.sentryexporter.app.Options;
import io.sentryexporter.app.StartException;
import io.sentryexporter.metrics.BuildInfo;
import io.sentryexporter.text.Misspelling;
import io.sentryexporter.text.Quoted;
import io.sentryexporter.text.TokenShape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// Runs the exporter; the default command.
final class ServeCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

  private static final Pattern FILE = Pattern.compile("[\\w./-]+\\.ya?ml");

  /// Names that other programs use for this command.
  private static final Map<String, String> OTHER_NAMES =
      Map.of(
          "check", "check-config",
          "config", "check-config",
          "validate", "check-config",
          "run", "serve",
          "server", "serve",
          "start", "serve");

  private final CommandContext streams;
  private final ConfigFlag config = new ConfigFlag();
  private final OptionSpec configCheck =
      Flags.plain("--config.check", "Check the configuration file and exit.");
  private final ServingFlags flags = new ServingFlags();
  private final OptionSpec version = Flags.plain("--version", "Print the version and exit.");
  private final PositionalParamSpec extra =
      PositionalParamSpec.builder()
          .type(List.class)
          .auxiliaryTypes(String.class)
          .initialValue(List.of())
          .hidden(true)
          .description("Ignored, as by the old exporters.")
          .build();
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

  /// @param name name that it is run by: the program's own name, or the command's
  ServeCommand(String name, CommandContext streams) {
    this.streams = streams;
    spec.name(name);
    spec.usageMessage()
        .abbreviateSynopsis(true)
        .synopsisSubcommandLabel("[serve | demo | check-config | version]")
        .description(
            "Serves what Sentry knows as Prometheus metrics: one target a probe, on /probe.")
        .sortOptions(false);
    spec.addOption(config.option());
    spec.addOption(configCheck);
    flags.addTo(spec);
    flags.addStorageTo(spec);
    spec.addOption(version);
    spec.addOption(Flags.help());
    spec.addPositional(extra);
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() throws InterruptedException, UsageException {
    if (version.<Boolean>getValue()) {
      return VersionCommand.print(BuildInfo.ofThisProgram(), streams.out());
    }
    List<String> words = extra.getValue();
    refuseFirst(words);
    if (configCheck.<Boolean>getValue()) {
      if (!words.isEmpty()) {
        streams.complain("warning: ignored, for they are no flags: " + String.join(" ", words));
      }
      return CheckConfigCommand.check(config.source(streams), streams);
    }
    Options options = flags.options(":9412", false);
    var running = SignalHandling.begin();
    var source = config.source(streams);
    try (var app = App.start(options, source, streams.environment(), streams.err())) {
      if (!words.isEmpty()) {
        log.atWarn()
            .addKeyValue("arguments", TokenShape.hiddenIn(String.join(" ", words)))
            .log("ignored what is no flag");
      }
      running.untilSignalled(app);
      return CommandLineInterface.OK;
    } catch (StartException _) { // it is in the log
      return CommandLineInterface.FAILED;
    }
  }

  /// Whether the command stands before all flags.
  private boolean isFirst(String word) {
    List<String> args = spec.commandLine().getParseResult().originalArgs();
    return args.get(spec.parent() == null ? 0 : 1).equals(word);
  }

  /// A mistyped command must not start a server. A word after flags was never meant as a command:
  /// the old exporters ignore it.
  private void refuseFirst(List<String> words) throws UsageException {
    if (words.isEmpty() || !isFirst(words.getFirst())) {
      return;
    }
    String word = words.getFirst();
    var commands = spec.root().subcommands().keySet();
    if (commands.contains(word)) {
      throw new UsageException(
          "two commands, " + spec.name() + " and " + word + "; write one of them");
    }
    Optional<String> meant =
        FILE.matcher(word).matches()
            ? Optional.of("--config.file=" + word)
            : Optional.ofNullable(OTHER_NAMES.get(word))
                .or(() -> Misspelling.closest(word, List.copyOf(commands)));
    throw new UsageException(
        "unknown command "
            + Quoted.of(word)
            + "; "
            + meant
                .map(name -> "did you mean \"" + name + "\"?")
                .orElse("sentry_exporter --help lists what there is"));
  }
}
