package io.sentryexporter.cli;

import io.sentryexporter.app.App;
import io.sentryexporter.app.App.StartException;
import io.sentryexporter.cli.CommandLineInterface.CommandContext;
import io.sentryexporter.cli.Flags.Flag;
import io.sentryexporter.cli.Flags.UsageException;
import io.sentryexporter.config.Config;
import io.sentryexporter.config.Module;
import io.sentryexporter.config.SentryModule;
import io.sentryexporter.discovery.Discovery.Kind;
import io.sentryexporter.discovery.Discovery.Query;
import io.sentryexporter.discovery.Discovery.UnavailableException;
import io.sentryexporter.discovery.Inventory;
import io.sentryexporter.sentry.SlugPattern;
import io.sentryexporter.text.Quoted;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.event.Level;
import picocli.CommandLine.Model.CommandSpec;

/// Lists the projects that `/sd` returns, as a table for people or as JSON.
final class DiscoverCommand implements Callable<Integer> {
  private final CommandContext context;
  private final Flags flags = new Flags();
  private final Flag<Optional<Path>> configFile = flags.configFile();
  private final Flag<List<String>> organizations =
      flags.texts(
          "--organization",
          "<slug>",
          "Organization, a pattern with *, or an id. Repeatable. Default: all");
  private final Flag<List<String>> projects =
      flags.texts(
          "--project", "<slug>", "Project, a pattern with *, or an id. Repeatable. Default: all");
  private final Flag<List<String>> teams =
      flags.texts(
          "--team",
          "<slug>",
          "Team of the projects, or a pattern with *. Repeatable. Default: any");
  private final Flag<List<String>> platforms =
      flags.texts(
          "--platform",
          "<name>",
          "Platform of the projects, or a pattern such as python*. Repeatable. Default: any");
  private final Flag<List<String>> modules =
      flags.texts(
          "--module",
          "<name>",
          "Module of prober: sentry. Repeatable. Default: sentry, or without it all");
  private final Flag<List<String>> instances =
      flags.texts(
          "--instance", "<name>", "Instance of Sentry: all modules that read from it. Repeatable");
  private final Flag<Output> output =
      flags.oneOf(
          "--output",
          "<format>",
          List.of(Output.values()),
          Output.TABLE,
          "Format: table or json. Default: ${DEFAULT-VALUE}");
  private final Flag<Double> timeout =
      flags.seconds("--timeout", "60", "Maximum duration. Default: ${DEFAULT-VALUE}");

  private enum Output {
    TABLE,
    JSON
  }

  DiscoverCommand(CommandContext context) {
    this.context = context;
  }

  CommandSpec spec() {
    return flags.command(
        "discover",
        "Lists the projects that /sd returns, with platform, teams, accepted error events of the"
            + " last full hour, and what each uses; exits with 1 if there is none.",
        this);
  }

  @Override
  public Integer call() throws InterruptedException, UsageException {
    Config.Result read = context.config(configFile.value()).get();
    var query =
        new Query(
            Kind.PROJECT,
            modules(read.config() == null ? Config.NOTHING : read.config()),
            patterns("--organization", organizations.value()),
            patterns("--project", projects.value()),
            patterns("--team", teams.value()),
            patterns("--platform", platforms.value()));
    var longest = Duration.ofMillis(Math.round(timeout.value() * 1e3));
    var terminal = new Terminal(context.environment(), context.err());
    Inventory found;
    try (var app =
        App.start(
            ProbeCommand.options(Level.WARN), () -> read, context.environment(), context.err())) {
      found =
          app.inventory(
              query,
              longest,
              (done, all, next) ->
                  terminal.progress(all == 0 ? next : done + " of " + all + ": " + next));
    } catch (StartException _) { // it is in the log
      return CommandLineInterface.FAILED;
    } catch (UnavailableException e) {
      terminal.progress("");
      context.complain(String.valueOf(e.getMessage()));
      return CommandLineInterface.FAILED;
    }
    terminal.progress("");
    found.notes().forEach(context::complain);
    print(found);
    if (found.rows().isEmpty()) {
      context.complain("no project is found; widen the filters, or see sentry_exporter doctor");
      return CommandLineInterface.FAILED;
    }
    return CommandLineInterface.OK;
  }

  /// The modules of the query: those named, and those of the named instances.
  private Set<String> modules(Config config) throws UsageException {
    var names = new HashSet<>(modules.value());
    for (String instance : instances.value()) {
      List<String> readers =
          config.modules().values().stream()
              .filter(module ->
                  module instanceof SentryModule sentry && sentry.instance().equals(instance))
              .map(Module::name)
              .toList();
      if (readers.isEmpty() && !config.isNothing()) {
        throw new UsageException(
            "--instance: no module of prober: sentry reads from "
                + Quoted.of(instance)
                + "; instances: "
                + String.join(", ", config.instances().keySet()));
      }
      names.addAll(readers);
    }
    return names;
  }

  private static Set<SlugPattern> patterns(String flag, List<String> texts) throws UsageException {
    var patterns = new HashSet<SlugPattern>();
    for (String text : texts) {
      SlugPattern pattern = SlugPattern.of(text);
      if (pattern == null || text.isEmpty()) {
        throw new UsageException(flag + ": not a slug; write one of 1 to 100 characters");
      }
      patterns.add(pattern);
    }
    return patterns;
  }

  private void print(Inventory found) throws UsageException {
    if (output.value() == Output.JSON) {
      found.json(context.out());
      return;
    }
    if (found.rows().isEmpty()) {
      return;
    }
    var table =
        new Table("MODULE", "ORGANIZATION", "PROJECT", "PLATFORM", "TEAMS", "ERRORS/H", "USES");
    for (Inventory.Row row : found.rows()) {
      table.add(
          row.module(),
          row.organization(),
          row.project(),
          row.platform(),
          String.join(",", row.teams()),
          row.errors() == null ? "" : row.errors().toString(),
          String.join(",", row.uses()));
    }
    long modules = found.rows().stream().map(Inventory.Row::module).distinct().count();
    table.lines(modules == 1 ? 1 : 0).forEach(context.out()::println);
  }

  /// Texts in columns as wide as their longest.
  private static final class Table {
    private static final String ABSENT = "-";

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... headings) {
      add(headings);
    }

    void add(String... cells) {
      rows.add(List.of(cells).stream().map(cell -> cell.isEmpty() ? ABSENT : cell).toList());
    }

    /// @param first the first column that is shown
    List<String> lines(int first) {
      int columns = rows.getFirst().size();
      var widths = new int[columns];
      for (List<String> row : rows) {
        for (int i = 0; i < columns; i++) {
          widths[i] = Math.max(widths[i], row.get(i).length());
        }
      }
      var lines = new ArrayList<String>();
      for (List<String> row : rows) {
        var line = new StringBuilder();
        for (int i = first; i < columns; i++) {
          line.append(row.get(i)).repeat(" ", widths[i] + 2 - row.get(i).length());
        }
        lines.add(line.toString().stripTrailing());
      }
      return lines;
    }
  }
}
