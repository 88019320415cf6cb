package io.sentryexporter.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.cli.CommandLineInterface.CommandContext;
import io.sentryexporter.cli.Flags.Flag;
import io.sentryexporter.cli.Flags.UsageException;
import io.sentryexporter.migration.Migration;
import io.sentryexporter.migration.Migration.Kept;
import io.sentryexporter.migration.OldEnvironment;
import io.sentryexporter.migration.OldFile;
import io.sentryexporter.migration.OldJobs;
import io.sentryexporter.text.SmallFile;
import io.sentryexporter.yaml.Problem;
import io.sentryexporter.yaml.Problems;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// Prints the equivalent of another exporter's configuration, and the jobs that scrape it.
final class MigrateCommand implements Callable<Integer> {
  private static final int MOST_BYTES = 1 << 20;
  private static final String SECRETS = "/run/secrets";

  private final CommandContext context;
  private final Flags flags = new Flags();
  private final Flag<Part> print =
      flags.oneOf(
          "--print",
          "<part>",
          List.of(Part.values()),
          Part.ALL,
          "What to print: config, the configuration; jobs, for Prometheus; all, the configuration"
              + " with the jobs as comments behind it. Default: ${DEFAULT-VALUE}");
  private final Flag<Optional<Path>> environmentFile =
      flags.optionalPath(
          "--env-file",
          "<file>",
          "File with the variables of an exporter without a file, a NAME=value on each line,"
              + " instead of the environment");
  private final Flag<Optional<Path>> prometheusFile =
      flags.optionalPath(
          "--prometheus.file",
          "<file>",
          "Configuration of the Prometheus that scrapes the other exporter, whose targets name the"
              + " organizations where the exporter's file does not");
  private final Flag<Optional<Path>> secretsDirectory =
      flags.optionalPath(
          "--secrets.directory",
          "<folder>",
          "Directory to write tokens and passwords to, one file each, for this user alone. Absent:"
              + " none is written, and the configuration names files in "
              + SECRETS);
  private final Flag<String> address =
      flags.text(
          "--exporter.address",
          "<address>",
          "127.0.0.1:9412",
          "Where Prometheus reaches this exporter. Default: ${DEFAULT-VALUE}");
  private final PositionalParamSpec file =
      PositionalParamSpec.builder()
          .type(Path.class)
          .converters(Flags::path)
          .arity("0..1")
          .paramLabel("<file>")
          .description(
              "Configuration file of the other exporter. Absent: its variables in the environment.")
          .build();

  private enum Part {
    ALL,
    CONFIG,
    JOBS
  }

  MigrateCommand(CommandContext context) {
    this.context = context;
  }

  CommandSpec spec() {
    return flags
        .command(
            "migrate",
            "Prints the equivalent of another exporter's configuration, and its scrape jobs.",
            this)
        .addPositional(file);
  }

  @Override
  public Integer call() throws UsageException {
    if (!address.value().matches("[^/@\\s]+")) {
      throw new UsageException(
          "--exporter.address: not an address; write host and port, as in 127.0.0.1:9412");
    }
    try {
      Optional<Path> folder = secretsDirectory.value();
      String secrets =
          folder.map(path -> path.toAbsolutePath().normalize().toString()).orElse(SECRETS);
      Migration migration = read(secrets);
      if (migration == null) {
        return CommandLineInterface.FAILED;
      }
      if (folder.isPresent()) {
        write(migration.secrets(), folder.get());
      } else {
        migration
            .secrets()
            .forEach((name, kept) ->
                context.complain(
                    secrets
                        + "/"
                        + name
                        + ": not written; put "
                        + kept.origin()
                        + " into it, or name a folder with --secrets.directory"));
      }
      print(migration);
      return CommandLineInterface.OK;
    } catch (UnusableFileException e) {
      context.complain(String.valueOf(e.getMessage()));
      return CommandLineInterface.FAILED;
    }
  }

  /// Null after a reported error.
  private @Nullable Migration read(String secrets) throws UsageException, UnusableFileException {
    @Nullable Path old = file.getValue();
    Optional<Path> variables = environmentFile.value();
    if (old != null && variables.isPresent()) {
      throw new UsageException("a file and --env-file; name one of them");
    }
    OldJobs jobs = OldJobs.NONE;
    if (prometheusFile.value().isPresent()) {
      Path prometheus = prometheusFile.value().get();
      var problems = new Problems(prometheus.toString());
      jobs = OldJobs.read(bytes(prometheus), problems);
      if (report(problems)) {
        return null;
      }
    }
    Path named = old != null ? old : variables.orElse(Path.of("environment"));
    var problems = new Problems(named.toString());
    Migration migration;
    if (old != null) {
      migration = OldFile.read(bytes(old), jobs, secrets, problems);
    } else {
      Map<String, String> environment =
          variables.isPresent()
              ? OldEnvironment.variables(new String(bytes(named), UTF_8), problems)
              : context.environment();
      if (!OldEnvironment.isOne(environment)) {
        report(problems);
        throw new UsageException(
            "no variable of another exporter in the environment; name its configuration file, or"
                + " --env-file");
      }
      migration = OldEnvironment.read(environment, secrets, problems);
    }
    return report(problems) ? null : migration;
  }

  /// Prints what was found; whether there are errors.
  private boolean report(Problems problems) {
    problems.inOrder().stream().map(Problem::toString).forEach(context::complain);
    return problems.hasErrors();
  }

  private void print(Migration migration) throws UsageException {
    String jobs = migration.scrapeConfiguration(address.value());
    if (print.value() == Part.JOBS) {
      context.out().print(jobs);
      return;
    }
    context.out().print(migration.configuration());
    if (print.value() == Part.ALL && !jobs.isEmpty()) {
      context.out().print("\n# For Prometheus; --print=jobs prints this part alone:\n#\n");
      jobs.lines().map(line -> "# " + line).forEach(context.out()::println);
    }
  }

  private void write(Map<String, Kept> secrets, Path folder) throws UnusableFileException {
    for (var secret : secrets.entrySet()) {
      String value = secret.getValue().value().reveal();
      Path path = folder.resolve(secret.getKey());
      if (value.isEmpty()) {
        context.complain(
            path + ": not written; the other exporter has no token, write one into it");
        continue;
      }
      byte[] content = (value + "\n").getBytes(UTF_8);
      try {
        Files.createDirectories(folder);
        Files.createFile(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(path, content);
        context.complain("wrote " + path);
      } catch (FileAlreadyExistsException _) {
        if (!Arrays.equals(bytes(path), content)) {
          throw new UnusableFileException(
              path + ": is there, with other content; move it, or name another folder");
        }
      } catch (IOException e) {
        throw new UnusableFileException(
            path
                + ": cannot be written ("
                + e.getClass().getSimpleName()
                + "); name another folder");
      }
    }
  }

  private static byte[] bytes(Path file) throws UnusableFileException {
    try {
      return SmallFile.read(file, MOST_BYTES);
    } catch (IOException e) {
      throw new UnusableFileException(file + ": " + e.getMessage() + "; name another");
    }
  }

  /// A file cannot be read or written; the message has its name and the fix.
  private static final class UnusableFileException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableFileException(String message) {
      super(message);
    }
  }
}
