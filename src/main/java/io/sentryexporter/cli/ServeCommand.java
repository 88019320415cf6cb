package io.sentryexporter.cli;

import io.sentryexporter.app.App;
import io.sentryexporter.app.Options;
import io.sentryexporter.app.StartException;
import io.sentryexporter.metrics.BuildInfo;
import io.sentryexporter.yaml.Misspelling;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Serves; what the program does without a command.
@Command(
    abbreviateSynopsis = true,
    name = "sentry_exporter",
    synopsisSubcommandLabel = "[serve | demo | check-config | version]",
    description = "Serves what Sentry knows as Prometheus metrics: one target a probe, on /probe.",
    sortOptions = false)
@SuppressWarnings({"FieldCanBeFinal", "UnusedVariable"}) // picocli sets the fields
final class ServeCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

  /// What programs of this kind have as commands; no server may start in their place.
  private static final Set<String> COMMANDS_ELSEWHERE =
      Set.of("backfill", "discover", "doctor", "help", "probe");

  private final Streams streams;

  @Mixin private ConfigFlag config = new ConfigFlag();

  @Option(names = "--config.check", description = "Check the configuration file and exit.")
  private boolean configCheck;

  @Mixin private ServingFlags flags = new ServingFlags();

  @Option(names = "--version", description = "Print the version and exit.")
  private boolean version;

  @Mixin private HelpFlag help = new HelpFlag();

  @Parameters(hidden = true, description = "Ignored, as by the old exporters.")
  private List<String> extra = new ArrayList<>();

  @Spec private @Nullable CommandSpec spec;

  ServeCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws InterruptedException, BadFlag {
    if (version) {
      return VersionCommand.print(BuildInfo.ofThisProgram(), streams.out());
    }
    refuseMisspeltCommand();
    if (configCheck) {
      if (!extra.isEmpty()) {
        streams.err().println("warning: ignored, for they are no flags: " + words());
      }
      return CheckConfigCommand.check(config.source(streams), streams);
    }
    Options options = flags.options(":9412", false);
    var running = Running.begin();
    var source = config.source(streams);
    try (var app = App.start(options, source, streams.environment(), streams.err())) {
      if (!extra.isEmpty()) {
        log.atWarn().addKeyValue("arguments", words()).log("ignored what is no flag");
      }
      running.untilSignalled(app);
      return CommandLineInterface.OK;
    } catch (StartException _) { // it is in the log
      return CommandLineInterface.FAILED;
    }
  }

  private boolean isFirst(String word) {
    var parsed = Objects.requireNonNull(spec).commandLine().getParseResult();
    return parsed.originalArgs().getFirst().equals(word);
  }

  private String words() {
    return String.join(" ", extra);
  }

  /// Whoever mistypes `demo` must not find a server of theirs running. A word after flags was never
  /// meant as a command: the old exporters ignore it.
  private void refuseMisspeltCommand() throws BadFlag {
    if (extra.isEmpty() || !isFirst(extra.getFirst())) {
      return;
    }
    String word = extra.getFirst();
    if (COMMANDS_ELSEWHERE.contains(word)) {
      throw new BadFlag(
          "unknown command \"" + word + "\"; sentry_exporter --help lists what there is");
    }
    var commands = Objects.requireNonNull(spec).root().subcommands().keySet();
    var meant = Misspelling.closest(word, List.copyOf(commands));
    if (meant.isPresent()) {
      throw new BadFlag("unknown command \"" + word + "\"; did you mean \"" + meant.get() + "\"?");
    }
  }
}
