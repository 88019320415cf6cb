package io.sentryexporter.cli;

import io.sentryexporter.app.App;
import io.sentryexporter.app.App.StartException;
import io.sentryexporter.cli.CommandLineInterface.CommandContext;
import io.sentryexporter.cli.Flags.Flag;
import io.sentryexporter.cli.Flags.UsageException;
import io.sentryexporter.config.Config;
import io.sentryexporter.doctor.Doctor;
import io.sentryexporter.doctor.Finding;
import io.sentryexporter.doctor.Finding.Grade;
import io.sentryexporter.text.Printable;
import io.sentryexporter.text.SecretRedactor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// Examines an installation step by step and prints what it finds, each with its fix.
final class DoctorCommand implements Callable<Integer> {
  private static final String RESET = "\u001b[0m";

  private final CommandContext context;
  private final Flags flags = new Flags();
  private final Flag<Optional<Path>> configFile = flags.configFile();
  private final Flag<Optional<Path>> webConfig = ServingFlags.webConfig(flags);
  private final Flag<Optional<Path>> storage = ServeCommand.storage(flags);
  private final Flag<Optional<String>> module =
      flags.optionalText(
          "--module", "<name>", "Module to examine, with its instance. Default: all");
  private final Flag<Output> output =
      flags.oneOf(
          "--output",
          "<format>",
          List.of(Output.values()),
          Output.TEXT,
          "Format: text or json. Default: ${DEFAULT-VALUE}");
  private final PositionalParamSpec targets =
      PositionalParamSpec.builder()
          .type(List.class)
          .auxiliaryTypes(String.class)
          .arity("0..*")
          .initialValue(List.of())
          .paramLabel("<target>")
          .description(
              "Targets to probe, of the module sentry or that of --module. Default: one that is"
                  + " found")
          .build();

  private enum Output {
    TEXT,
    JSON
  }

  DoctorCommand(CommandContext context) {
    this.context = context;
  }

  CommandSpec spec() {
    return flags
        .command(
            "doctor",
            "Examines the installation from its files to first data, step by step, and prints what"
                + " to do about each finding; exits with 1 if probes will fail. NO_COLOR is"
                + " respected. Takes a minute at most.",
            this)
        .addPositional(targets);
  }

  @Override
  public Integer call() throws InterruptedException, UsageException {
    var source = context.config(configFile.value());
    Config.Result read = source.get();
    List<String> faults = App.faultsOf(context.environment());
    @Nullable List<String> named = targets.getValue();
    var installation =
        new Doctor.Installation(
            configFile.value().orElse(Path.of(CommandLineInterface.DEFAULT_FILE)),
            read,
            context.environment().containsKey("SENTRY_AUTH_TOKEN"),
            faults,
            webConfig.value().orElse(null),
            storage.value().orElse(ServeCommand.DEFAULT_STORAGE),
            storage.value().isPresent(),
            module.value().orElse(null),
            named == null ? List.of() : named);
    // with errors it examines only what needs no exporter
    var usable = read.config() == null ? new Config.Result(Config.NOTHING, List.of()) : read;
    Map<String, String> environment = faults.isEmpty() ? context.environment() : Map.of();
    try (var app =
        App.start(ProbeCommand.options(Level.ERROR), () -> usable, environment, context.err())) {
      return run(app.doctor(installation));
    } catch (StartException _) { // it is in the log
      return CommandLineInterface.FAILED;
    }
  }

  private int run(Doctor doctor) throws InterruptedException, UsageException {
    var terminal = new Terminal(context.environment(), context.err());
    boolean isText = output.value() == Output.TEXT;
    var findings = new ArrayList<Finding>();
    String subject = "";
    for (Doctor.Step step : doctor.steps()) {
      terminal.progress(step.subject() + ": " + step.name());
      List<Finding> found = doctor.run(step).stream().map(DoctorCommand::printable).toList();
      terminal.progress("");
      if (isText) {
        for (Finding each : found) {
          if (!each.subject().equals(subject)) {
            context.out().println((subject.isEmpty() ? "" : "\n") + each.subject());
            subject = each.subject();
          }
          print(each);
        }
      }
      findings.addAll(found);
    }
    long failures = Finding.count(Grade.FAILURE, findings);
    if (isText) {
      context.out().println();
      context
          .out()
          .println(
              counted(failures, "failure")
                  + ", "
                  + counted(Finding.count(Grade.WARNING, findings), "warning"));
    } else {
      Finding.json(findings, context.out());
    }
    return failures == 0 ? CommandLineInterface.OK : CommandLineInterface.FAILED;
  }

  /// Some of the texts are a server's, and a token may stand in the wrong place of a file.
  private static Finding printable(Finding finding) {
    return new Finding(
        finding.subject(),
        finding.step(),
        finding.grade(),
        printable(finding.text()),
        printable(finding.fix()),
        finding.took());
  }

  private static String printable(String text) {
    return Printable.replaced(SecretRedactor.hideTokens(text), ' ');
  }

  private void print(Finding finding) {
    boolean isColoured = new Terminal(context.environment(), context.out()).hasColours();
    String grade =
        finding.grade() == Grade.FAILURE
            ? "FAILURE"
            : finding.grade().name().toLowerCase(Locale.ROOT);
    long millis = finding.took().toMillis();
    String took = millis == 0 ? "" : " (" + millis + " ms)";
    context
        .out()
        .println(
            "  "
                + (isColoured ? colour(finding.grade()) : "")
                + padded(grade, 9)
                + (isColoured ? RESET : "")
                + padded(finding.step(), 15)
                + finding.text()
                + took);
    if (!finding.fix().isEmpty()) {
      context.out().println(" ".repeat(26) + "fix: " + finding.fix());
    }
  }

  private static String colour(Grade grade) {
    return switch (grade) {
      case OK -> "\u001b[32m";
      case WARNING -> "\u001b[33m";
      case FAILURE -> "\u001b[1;31m";
      case SKIPPED -> "\u001b[2m";
    };
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }

  private static String counted(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
