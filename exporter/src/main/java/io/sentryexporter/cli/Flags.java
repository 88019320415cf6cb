package io.sentryexporter.cli;

import io.sentryexporter.text.Quoted;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.INegatableOptionTransformer;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/// The flags of a command, in the order of its help. Each is declared by one call, without
/// annotations: to read those took a third of each start (docs/decisions.md).
final class Flags {
  private final List<OptionSpec> specs = new ArrayList<>();

  /// A declared flag.
  interface Flag<T> {
    /// The value, once the command line is parsed.
    T value() throws UsageException;

    /// The same flag with its value converted.
    default <R> Flag<R> as(Reader<T, R> reader) {
      return () -> reader.read(value());
    }
  }

  /// Checks and converts the value of a flag.
  interface Reader<T, R> {
    R read(T value) throws UsageException;
  }

  /// A flag that is there or not.
  Flag<Boolean> present(String name, String description) {
    var spec =
        OptionSpec.builder(name)
            .type(boolean.class)
            .initialValue(false)
            .description(description)
            .build();
    specs.add(spec);
    return spec::getValue;
  }

  /// A flag that is on unless it comes as `--no-…`, as Prometheus' own programs have them.
  Flag<Boolean> onUnlessNegated(String name, String description) {
    var spec =
        OptionSpec.builder(name)
            .type(boolean.class)
            .initialValue(true)
            .defaultValue("true")
            .fallbackValue("true")
            .negatable(true)
            .description(description)
            .build();
    specs.add(spec);
    return spec::getValue;
  }

  Flag<String> text(String name, String label, String byDefault, String description) {
    return value(name, String.class, text -> text, label, byDefault, description);
  }

  /// A text without a default.
  Flag<Optional<String>> optionalText(String name, String label, String description) {
    return optional(name, String.class, text -> text, label, description);
  }

  /// Texts, one for each time that the flag is there.
  Flag<List<String>> texts(String name, String label, String description) {
    var spec =
        OptionSpec.builder(name)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .initialValue(List.of())
            .paramLabel(label)
            .description(description)
            .build();
    specs.add(spec);
    return spec::getValue;
  }

  /// The flag that names the configuration file.
  Flag<Optional<Path>> configFile() {
    return optionalPath(
        "--config.file",
        "<file>",
        "Configuration file. Default: sentry_exporter.yml; if there is none, the built-in"
            + " configuration with the token of SENTRY_AUTH_TOKEN or SENTRY_AUTH_TOKEN_FILE");
  }

  /// A path without a default.
  Flag<Optional<Path>> optionalPath(String name, String label, String description) {
    return optional(name, Path.class, Flags::path, label, description);
  }

  /// A whole number of 0 or more.
  Flag<Integer> count(String name, String label, String byDefault, String description) {
    Flag<Integer> any =
        value(name, int.class, wholeNumber(Integer::valueOf), label, byDefault, description);
    return any.as(value -> {
      if (value < 0) {
        throw new UsageException(name + ": " + value + " is negative; write 0 or more");
      }
      return value;
    });
  }

  Flag<Long> wholeNumber(String name, String label, String byDefault, String description) {
    return value(name, long.class, wholeNumber(Long::valueOf), label, byDefault, description);
  }

  Flag<Double> seconds(String name, String byDefault, String description) {
    ITypeConverter<Double> reader =
        text -> number(text, Flags::seconds, "a number of seconds; write 0.5");
    return value(name, double.class, reader, "<seconds>", byDefault, description);
  }

  /// One of a few words, in any case.
  <E extends Enum<E>> Flag<E> oneOf(
      String name, String label, List<E> words, E byDefault, String description) {
    return value(
        name,
        byDefault.getDeclaringClass(),
        text -> word(text, words),
        label,
        lowerCase(byDefault),
        description);
  }

  private <T> Flag<T> value(
      String name,
      Class<T> type,
      ITypeConverter<T> reader,
      String label,
      String byDefault,
      String description) {
    var spec = spec(name, type, reader, label, byDefault, description);
    return spec::getValue;
  }

  private <T> Flag<Optional<T>> optional(
      String name, Class<T> type, ITypeConverter<T> reader, String label, String description) {
    var spec = spec(name, type, reader, label, null, description);
    return () -> {
      @Nullable T value = spec.getValue();
      return Optional.ofNullable(value);
    };
  }

  private OptionSpec spec(
      String name,
      Class<?> type,
      ITypeConverter<?> reader,
      String label,
      @Nullable String byDefault,
      String description) {
    var spec =
        OptionSpec.builder(name)
            .type(type)
            .converters(reader)
            .paramLabel(label)
            .defaultValue(byDefault)
            .description(description)
            .build();
    specs.add(spec);
    return spec;
  }

  /// Adds flags that several commands have.
  void addAll(Flags others) {
    specs.addAll(others.specs);
  }

  /// Returns the command with these flags and `--help`.
  CommandSpec command(String name, String description, Callable<Integer> command) {
    var spec = CommandSpec.wrapWithoutInspection(command).name(name);
    spec.usageMessage().abbreviateSynopsis(true).sortOptions(false).description(description);
    spec.negatableOptionTransformer(new Negation());
    specs.forEach(spec::addOption);
    return spec.addOption(
        OptionSpec.builder("-h", "--help")
            .usageHelp(true)
            .type(boolean.class)
            .description("Print this help and exit.")
            .build());
  }

  /// Reads a path; also that of an argument without a flag.
  static Path path(String text) {
    if (text.isEmpty()) { // a variable without a value, most often
      throw new TypeConversionException("empty; write a name, or leave the flag out");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException _) { // its text is Java's, and where it comes from the locale's
      throw new TypeConversionException("not a file name here; write ASCII, or set LC_ALL=C.UTF-8");
    }
  }

  private static <T> ITypeConverter<T> wholeNumber(Function<String, T> reader) {
    return text -> number(text, reader, "a whole number; write digits alone");
  }

  /// @throws NumberFormatException if it is negative or more than an hour, too
  private static double seconds(String text) {
    double seconds = Double.parseDouble(text);
    if (!(seconds >= 0 && seconds <= 3600)) {
      throw new NumberFormatException();
    }
    return seconds;
  }

  private static <T> T number(String text, Function<String, T> reader, String form) {
    try {
      return reader.apply(text);
    } catch (NumberFormatException _) { // its text is Java's
      throw new TypeConversionException(Quoted.of(text) + " is not " + form);
    }
  }

  private static <E extends Enum<E>> E word(String text, List<E> values) {
    var words = new ArrayList<String>();
    for (E value : values) {
      if (value.name().equalsIgnoreCase(text)) {
        return value;
      }
      words.add(lowerCase(value));
    }
    String last = words.removeLast();
    throw new TypeConversionException(
        Quoted.of(text) + " is not known; write " + String.join(", ", words) + " or " + last);
  }

  private static String lowerCase(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /// The negative form of flags whose names have dots, which picocli's own leaves alone.
  private static final class Negation implements INegatableOptionTransformer {
    @Override
    public String makeNegative(String name, CommandSpec command) {
      return "--no-" + name.substring(2);
    }

    @Override
    public String makeSynopsis(String name, CommandSpec command) {
      return "--[no-]" + name.substring(2);
    }
  }

  /// A flag or argument has a bad value; the message names it and shows how to write it.
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }
}
