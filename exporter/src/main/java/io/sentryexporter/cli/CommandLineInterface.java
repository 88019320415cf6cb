package io.sentryexporter.cli;

import io.sentryexporter.app.Logging;
import io.sentryexporter.cli.Flags.UsageException;
import io.sentryexporter.config.ConfigSource;
import io.sentryexporter.text.SecretRedactor;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Runs the command line as a function: arguments in, text out, an exit code back.
public final class CommandLineInterface {
  /// The command succeeded.
  public static final int OK = 0;

  /// The command was understood but failed.
  public static final int FAILED = 1;

  /// The command was not understood.
  public static final int USAGE = 2;

  static final String DEFAULT_FILE = "sentry_exporter.yml";

  /// The value of a flag that there is not, which may be a secret of any form.
  private static final Pattern UNKNOWN_VALUE = Pattern.compile("('-[^'=]*=)[^']*");

  /// Each command by its name. Those that do not run are not even loaded.
  private static final SequencedMap<String, Function<CommandContext, CommandSpec>> SPECS = specs();

  static final List<String> COMMANDS = List.copyOf(SPECS.keySet());

  private CommandLineInterface() {}

  private static SequencedMap<String, Function<CommandContext, CommandSpec>> specs() {
    var specs = new LinkedHashMap<String, Function<CommandContext, CommandSpec>>();
    specs.put("serve", context -> new ServeCommand("serve", context).spec());
    specs.put("demo", context -> new DemoCommand(context).spec());
    specs.put("check-config", context -> new CheckConfigCommand(context).spec());
    specs.put("probe", context -> new ProbeCommand(context).spec());
    specs.put("doctor", context -> new DoctorCommand(context).spec());
    specs.put("discover", context -> new DiscoverCommand(context).spec());
    specs.put("migrate", context -> new MigrateCommand(context).spec());
    specs.put("completion", context -> new CompletionCommand(context).spec());
    specs.put("version", context -> new VersionCommand(context).spec());
    return specs;
  }

  /// Runs a command to its end; `serve` and `demo` end with a signal.
  ///
  /// @param out for data: metrics, help, a valid configuration
  /// @param err for logs and errors
  public static int run(
      String[] args, Map<String, String> environment, PrintStream out, PrintStream err) {
    var context = new CommandContext(environment, out, err);
    String[] flags = asFlags(args);
    int code = commandLine(context, commandsIn(flags)).execute(flags);
    if (code == OK && out.checkError()) {
      err.println("sentry_exporter: standard output cannot be written");
      return FAILED;
    }
    return code;
  }

  /// The commands that the arguments may name: all if help is wanted, or arguments are in a file.
  private static List<String> commandsIn(String[] args) {
    var words = List.of(args);
    boolean all =
        words.contains("--help")
            || words.contains("-h")
            || words.stream().anyMatch(word -> word.startsWith("@"));
    return all ? COMMANDS : COMMANDS.stream().filter(words::contains).toList();
  }

  /// All commands and flags as declared, also for the page that documents them.
  static CommandLine commandLine(CommandContext context) {
    return commandLine(context, COMMANDS);
  }

  private static CommandLine commandLine(CommandContext context, List<String> commands) {
    var commandLine = new CommandLine(new ServeCommand("sentry_exporter", context).spec());
    for (String name : commands) {
      commandLine.addSubcommand(name, Objects.requireNonNull(SPECS.get(name)).apply(context));
    }
    return commandLine
        .setExecutionStrategy(parsed -> execute(parsed, context))
        .setExecutionExceptionHandler((failure, _, _) -> failed(failure, context))
        .setParameterExceptionHandler((fault, _) -> notUnderstood(fault, context))
        .setOut(writer(context.out()))
        .setErr(writer(context.err()))
        .setUsageHelpWidth(100)
        .setOverwrittenOptionsAllowed(true);
  }

  /// Reports an error in the use of the command in one line; also a bug in the exporter, whose
  /// trace goes to the log where there is one.
  private static int failed(Exception failure, CommandContext context) {
    if (failure instanceof UsageException) {
      context.complain(String.valueOf(failure.getMessage()));
      return USAGE;
    }
    if (!Logging.internalError(failure)) {
      context.err().println("sentry_exporter: internal error: " + failure);
    }
    return FAILED;
  }

  /// Reports what was not understood and lists the alternatives in one line: a list of all flags
  /// would hide it.
  private static int notUnderstood(ParameterException fault, CommandContext context) {
    CommandLine all = commandLine(context);
    String name = fault.getCommandLine().getCommandName();
    var command = all.getSubcommands().getOrDefault(name, all);
    PrintWriter err = fault.getCommandLine().getErr();
    context.complain(UNKNOWN_VALUE.matcher(String.valueOf(fault.getMessage())).replaceAll("$1…"));
    UnmatchedArgumentException.printSuggestions(fault, err);
    err.print("Usage: " + command.getHelp().synopsis(0));
    err.println(command.getCommandSpec().qualifiedName() + " --help lists the flags");
    return USAGE;
  }

  /// Runs the command, unless an argument stands before it that it would never see.
  private static int execute(ParseResult parsed, CommandContext context) {
    if (!parsed.hasSubcommand() || parsed.isUsageHelpRequested()) {
      return new CommandLine.RunLast().execute(parsed);
    }
    var misplaced = new ArrayList<String>();
    for (var option : parsed.matchedOptions()) {
      misplaced.add(option.longestName() + (option.arity().max() == 0 ? "" : "=…"));
    }
    parsed.matchedPositionals().forEach(words -> misplaced.addAll(words.originalStringValues()));
    if (misplaced.isEmpty()) {
      return new CommandLine.RunLast().execute(parsed);
    }
    context.complain(
        "write flags after the command: sentry_exporter "
            + parsed.subcommand().commandSpec().name()
            + " "
            + String.join(" ", misplaced));
    return USAGE;
  }

  /// `help demo` is `demo --help`. Go's flags, and so the old exporters', take one dash as well as
  /// two.
  private static String[] asFlags(String[] args) {
    var result = args.clone();
    if (args.length > 0 && args[0].equals("help")) {
      System.arraycopy(args, 1, result, 0, args.length - 1);
      result[args.length - 1] = "--help";
    }
    for (int i = 0; i < result.length; i++) {
      String arg = result[i];
      if (arg.length() > 2 && arg.charAt(0) == '-' && Character.isLetter(arg.charAt(1))) {
        result[i] = "-" + arg;
      }
    }
    return result;
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  /// What a command reads and where it writes.
  record CommandContext(Map<String, String> environment, PrintStream out, PrintStream err) {
    /// Reports what is wrong with the command line, without what may be a token in the wrong place.
    void complain(String message) {
      err.println(SecretRedactor.hideTokens(message));
    }

    /// The configuration that `--config.file`, or its default, names.
    ConfigSource config(Optional<Path> file) {
      return new ConfigSource(file.orElse(Path.of(DEFAULT_FILE)), file.isPresent(), environment);
    }

    /// Without the environment, which may hold the token.
    @Override
    public String toString() {
      return "CommandContext";
    }
  }
}
