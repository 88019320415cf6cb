package io.sentryexporter.cli;

import io.sentryexporter.app.App;
import io.sentryexporter.app.App.StartException;
import io.sentryexporter.cli.CommandLineInterface.CommandContext;
import io.sentryexporter.cli.Flags.Flag;
import io.sentryexporter.cli.Flags.UsageException;
import io.sentryexporter.metrics.ExporterMetrics.BuildInfo;
import io.sentryexporter.text.Misspelling;
import io.sentryexporter.text.Quoted;
import io.sentryexporter.text.SecretRedactor;
import io.sentryexporter.yaml.DurationText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;
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

  /// Time between two looks for a changed configuration, at least.
  private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);

  static final Path DEFAULT_STORAGE = Path.of("data");

  private final String name;
  private final CommandContext context;
  private final CommandSpec spec;
  private final Flags flags = new Flags();
  private final Flag<Optional<Path>> configFile = flags.configFile();
  private final Flag<Boolean> configCheck =
      flags.present("--config.check", "Check the configuration file and exit.");
  private final Flag<Boolean> autoReload =
      flags.present(
          "--config.enable-auto-reload",
          "Reload the configuration when it has changed, also where its file is replaced by a link,"
              + " as in a volume of Kubernetes.");
  private final Flag<Duration> autoReloadInterval =
      flags
          .text(
              "--config.auto-reload-interval",
              "<duration>",
              "30s",
              "Time between two looks for a change, such as 30s or 1m; a number alone is seconds."
                  + " Default: ${DEFAULT-VALUE}")
          .as(ServeCommand::interval);
  private final ServingFlags serving = ServingFlags.in(flags);
  private final Flag<Path> storage = storage(flags).as(ServeCommand::storage);
  private final Flag<Boolean> version = flags.present("--version", "Print the version and exit.");
  private final PositionalParamSpec extra =
      PositionalParamSpec.builder()
          .type(List.class)
          .auxiliaryTypes(String.class)
          .initialValue(List.of())
          .hidden(true)
          .description("Ignored, as by the old exporters.")
          .build();

  /// @param name name that it is run by: the program's own name, or the command's
  ServeCommand(String name, CommandContext context) {
    this.name = name;
    this.context = context;
    spec =
        flags.command(
            name,
            "Exposes data of Sentry as Prometheus metrics on /probe, one target per probe.",
            this);
    spec.addPositional(extra).usageMessage().synopsisSubcommandLabel("[<command>]");
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() throws InterruptedException, UsageException {
    if (version.value()) {
      return VersionCommand.print(BuildInfo.ofThisProgram(), context.out());
    }
    List<String> words = extra.getValue();
    refuseFirst(words);
    var source = context.config(configFile.value());
    if (configCheck.value()) {
      if (!words.isEmpty()) {
        context.complain("warning: ignored, for they are no flags: " + String.join(" ", words));
      }
      return CheckConfigCommand.check(source, serving.webConfig(), context);
    }
    App.Options options = serving.options(":9412", storage);
    Duration interval = autoReloadInterval.value();
    var signals = SignalHandling.begin();
    try (var app = App.start(options, source, context.environment(), context.err())) {
      if (!words.isEmpty()) {
        log.atWarn()
            .addKeyValue("arguments", SecretRedactor.hideTokens(String.join(" ", words)))
            .log("ignored what is no flag");
      }
      if (autoReload.value()) {
        app.reloadOnChange(interval);
      }
      signals.untilSignalled(app);
      return CommandLineInterface.OK;
    } catch (StartException _) { // it is in the log
      return CommandLineInterface.FAILED;
    }
  }

  private static Duration interval(String text) throws UsageException {
    return DurationText.parse(text.matches("[0-9]+") ? text + "s" : text)
        .filter(interval -> interval.compareTo(SHORTEST_INTERVAL) >= 0)
        .orElseThrow(() ->
            new UsageException(
                "--config.auto-reload-interval: "
                    + Quoted.of(text)
                    + " is not a duration of 1s or more; write 30s"));
  }

  /// The flag of the folder for state that outlives the process.
  static Flag<Optional<Path>> storage(Flags flags) {
    return flags.optionalPath(
        "--storage.path",
        "<folder>",
        "Directory that keeps the counters' high-water marks across restarts, so that an"
            + " outdated answer of Sentry does not look like a counter reset. Created when"
            + " needed, safe to delete. Default: data");
  }

  /// The default is made when it is needed, and costs a warning where it cannot be.
  private static Path storage(Optional<Path> wanted) throws UsageException {
    if (wanted.isEmpty()) {
      return DEFAULT_STORAGE;
    }
    Path storage = wanted.get();
    if (Files.exists(storage) && !Files.isDirectory(storage)) {
      throw new UsageException("--storage.path: \"" + storage + "\" is a file; name a folder");
    }
    try {
      Files.createDirectories(storage);
    } catch (IOException _) { // its text is Java's
      throw new UsageException(
          "--storage.path: \"" + storage + "\" cannot be made; name a folder that can");
    }
    if (!Files.isWritable(storage)) {
      throw new UsageException(
          "--storage.path: \"" + storage + "\" cannot be written; give it to this user");
    }
    return storage;
  }

  /// Whether the word stands where the command does, before all flags.
  private boolean isFirst(String word) {
    var command = spec.commandLine();
    int before = command.getParent() == null ? 0 : 1;
    return command.getParseResult().originalArgs().get(before).equals(word);
  }

  /// A mistyped command must not start a server. A word after flags was never meant as a command:
  /// the old exporters ignore it.
  private void refuseFirst(List<String> words) throws UsageException {
    if (words.isEmpty() || !isFirst(words.getFirst())) {
      return;
    }
    String word = words.getFirst();
    if (CommandLineInterface.COMMANDS.contains(word)) {
      throw new UsageException("two commands, " + name + " and " + word + "; write one of them");
    }
    Optional<String> meant =
        FILE.matcher(word).matches()
            ? Optional.of("--config.file=" + word)
            : Optional.ofNullable(OTHER_NAMES.get(word))
                .or(() -> Misspelling.closest(word, CommandLineInterface.COMMANDS));
    throw new UsageException(
        "unknown command "
            + Quoted.of(word)
            + "; "
            + meant
                .map(name -> "did you mean \"" + name + "\"?")
                .orElse("sentry_exporter --help lists what there is"));
  }
}
