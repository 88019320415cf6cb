package io.sentryexporter.cli;

import io.sentryexporter.app.Logging;
import io.sentryexporter.cli.ServingFlags.LogLevel;
import io.sentryexporter.text.Quoted;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Runs the command line as a function: arguments in, text out, an exit code back.
public final class CommandLineInterface {
  /// The command succeeded.
  public static final int OK = 0;

  /// The command was understood but failed.
  public static final int FAILED = 1;

  /// The command was not understood.
  public static final int USAGE = 2;

  /// The value of a flag that there is not, which may be a secret of any form.
  private static final Pattern UNKNOWN_VALUE = Pattern.compile("('-[^'=]*=)[^']*");

  private static final String WHOLE = "a whole number; write digits alone";

  private CommandLineInterface() {}

  /// Runs a command to its end; `serve` and `demo` end with a signal.
  ///
  /// @param out for data: metrics, help, a valid configuration
  /// @param err for logs and errors
  public static int run(
      String[] args, Map<String, String> environment, PrintStream out, PrintStream err) {
    int code = commandLine(new CommandContext(environment, out, err)).execute(asFlags(args));
    if (code == OK && out.checkError()) {
      err.println("sentry_exporter: standard output cannot be written");
      return FAILED;
    }
    return code;
  }

  /// The commands and flags as declared, also for the page that documents them.
  static CommandLine commandLine(CommandContext streams) {
    return new CommandLine(new ServeCommand("sentry_exporter", streams).spec())
        .addSubcommand("serve", new ServeCommand("serve", streams).spec())
        .addSubcommand("demo", new DemoCommand(streams).spec())
        .addSubcommand("check-config", new CheckConfigCommand(streams).spec())
        .addSubcommand("version", new VersionCommand(streams).spec())
        .registerConverter(Path.class, CommandLineInterface::path)
        .registerConverter(int.class, text -> number(text, Integer::valueOf, WHOLE))
        .registerConverter(long.class, text -> number(text, Long::valueOf, WHOLE))
        .registerConverter(
            double.class, text -> number(text, Double::valueOf, "a number of seconds; write 0.5"))
        .registerConverter(LogLevel.class, text -> word(text, LogLevel.values()))
        .registerConverter(Logging.Format.class, text -> word(text, Logging.Format.values()))
        .setExecutionStrategy(parsed -> execute(parsed, streams))
        .setExecutionExceptionHandler((failure, _, _) -> failed(failure, streams))
        .setParameterExceptionHandler((fault, _) -> notUnderstood(fault, streams))
        .setOut(writer(streams.out()))
        .setErr(writer(streams.err()))
        .setUsageHelpWidth(100)
        .setOverwrittenOptionsAllowed(true);
  }

  /// Reports an error in the use of the command in one line; also a bug in the exporter, whose
  /// trace goes to the log where there is one.
  private static int failed(Exception failure, CommandContext streams) {
    if (failure instanceof UsageException) {
      streams.complain(String.valueOf(failure.getMessage()));
      return USAGE;
    }
    if (!Logging.internalError(failure)) {
      streams.err().println("sentry_exporter: internal error: " + failure);
    }
    return FAILED;
  }

  /// Reports what was not understood and lists the alternatives in one line: a list of all flags
  /// would hide it.
  private static int notUnderstood(ParameterException fault, CommandContext streams) {
    var command = fault.getCommandLine();
    PrintWriter err = command.getErr();
    streams.complain(UNKNOWN_VALUE.matcher(String.valueOf(fault.getMessage())).replaceAll("$1…"));
    UnmatchedArgumentException.printSuggestions(fault, err);
    err.print("Usage: " + command.getHelp().synopsis(0));
    err.println(command.getCommandSpec().qualifiedName() + " --help lists the flags");
    return USAGE;
  }

  /// Runs the command, unless an argument stands before it that it would never see.
  private static int execute(ParseResult parsed, CommandContext streams) {
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
    streams.complain(
        "write flags after the command: sentry_exporter "
            + parsed.subcommand().commandSpec().name()
            + " "
            + String.join(" ", misplaced));
    return USAGE;
  }

  private static <T> T number(String text, Function<String, T> reader, String form) {
    try {
      return reader.apply(text);
    } catch (NumberFormatException _) { // its text is Java's
      throw new TypeConversionException(Quoted.of(text) + " is not " + form);
    }
  }

  /// One of the words of a flag, in any case.
  private static <E extends Enum<E>> E word(String text, E[] values) {
    var words = new ArrayList<String>();
    for (E value : values) {
      if (value.name().equalsIgnoreCase(text)) {
        return value;
      }
      words.add(value.name().toLowerCase(Locale.ROOT));
    }
    String last = words.removeLast();
    throw new TypeConversionException(
        Quoted.of(text) + " is not known; write " + String.join(", ", words) + " or " + last);
  }

  private static Path path(String text) {
    if (text.isEmpty()) { // a variable without a value, most often
      throw new TypeConversionException("empty; write a name, or leave the flag out");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException _) { // its text is Java's, and where it comes from the locale's
      throw new TypeConversionException("not a file name here; write ASCII, or set LC_ALL=C.UTF-8");
    }
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
}
