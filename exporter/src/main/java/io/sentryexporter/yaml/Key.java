package io.sentryexporter.yaml;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A declared key of the configuration: what reads it, checks it and documents it.
///
/// A key without a value counts as absent.
public final class Key<T> {
  private final String name;
  private final String help;
  private final ValueType<T> type;
  private final boolean required;
  private final List<Key<?>> children;

  private Key(
      String name, String help, ValueType<T> type, boolean required, List<Key<?>> children) {
    this.name = name;
    this.help = help;
    this.type = type;
    this.required = required;
    this.children = children;
  }

  private Key(String name, String help, ValueType<T> type) {
    this(name, help, type, false, List.of());
  }

  /// A text; numbers and booleans are taken as they are written. Absent: the empty text.
  public static Key<String> string(String name, String help) {
    return text(name, "<string>", help, "", (text, _) -> text);
  }

  /// A whole number within bounds, both included. Absent: the lower bound.
  public static Key<Integer> integer(String name, int min, int max, String help) {
    return new Key<>(name, help, ValueType.integer(min, max));
  }

  /// A number above 0 and at most 1.
  public static Key<Double> ratio(String name, String help, double byDefault) {
    return new Key<>(name, help, ValueType.ratio().withDefault(byDefault));
  }

  /// A length of time in the notation of [DurationText]. Absent: zero.
  public static Key<Duration> duration(String name, String help) {
    return new Key<>(name, help, ValueType.duration());
  }

  /// `true` or `false`. Absent: false.
  public static Key<Boolean> bool(String name, String help) {
    return new Key<>(name, help, ValueType.bool());
  }

  /// The same, also in the words of YAML 1.1, `yes` and `on`, which files of other programs have.
  public static Key<Boolean> yesOrNo(String name, String help) {
    return new Key<>(name, help, ValueType.yesOrNo());
  }

  /// One of a few words. Absent: the first.
  ///
  /// @param form stands for the value in the documentation, such as `<colour>`
  /// @param word how a value is written
  public static <T> Key<T> oneOf(
      String name, String form, String help, List<T> values, Function<T, String> word) {
    return oneOf(name, form, help, values, List.of(), word);
  }

  /// The same.
  ///
  /// @param outdated values that are read too, and that no message suggests
  public static <T> Key<T> oneOf(
      String name,
      String form,
      String help,
      List<T> values,
      List<T> outdated,
      Function<T, String> word) {
    return new Key<>(name, help, ValueType.oneOf(form, values, outdated, word));
  }

  /// A text that the reader converts to a value of its own type.
  ///
  /// @param form stands for the value in the documentation, such as `<url>`
  public static <T> Key<T> text(
      String name, String form, String help, T absent, TextReader<T> reader) {
    return new Key<>(name, help, ValueType.text(form, absent, reader));
  }

  /// Converts a text to a value.
  public interface TextReader<T> {
    /// Null after an error reported to `location`.
    @Nullable T read(String text, Location location);
  }

  /// A mapping whose keys are declared; any other key in it is a problem. Absent: an empty one.
  public static Key<YamlMap> mapping(String name, String help, Key<?>... children) {
    var keys = List.of(children);
    return new Key<>(name, help, ValueType.mapping("", keys), false, keys);
  }

  /// A mapping whose keys the user chooses. Absent: an empty one.
  ///
  /// @param form stands for an entry in the documentation, such as `<name>`
  /// @param children keys that the documentation shows in each entry; the reader of an entry checks
  ///   them
  public static Key<YamlMap> mapOf(String name, String form, String help, Key<?>... children) {
    return new Key<>(name, help, ValueType.mapping(form, null), false, List.of(children));
  }

  /// A list of such values, mappings with declared keys too. Absent: the empty list.
  public Key<List<T>> list() {
    return new Key<>(name, help, type.list(), false, children);
  }

  /// The same key with a default of its own.
  public Key<T> byDefault(T value) {
    return new Key<>(name, help, type.withDefault(value), required, children);
  }

  /// The same key, whose default the documentation does not show.
  public Key<T> withoutDefault() {
    return new Key<>(name, help, type.withoutDefault(), required, children);
  }

  /// The same key, and a problem where it is absent.
  public Key<T> required() {
    return new Key<>(name, help, type, true, children);
  }

  /// The same key, and a problem where its value is not allowed.
  ///
  /// @param otherwise what is wrong then, and how to write it
  public Key<T> where(Predicate<T> allowed, String otherwise) {
    return new Key<>(name, help, type.where(allowed, otherwise), required, children);
  }

  public String name() {
    return name;
  }

  /// What the value is for, in whole sentences.
  public String help() {
    return help;
  }

  /// What stands for the value in the documentation, such as `<duration>`.
  public String form() {
    return type.placeholder();
  }

  public boolean isRequired() {
    return required;
  }

  /// The keys of the mapping that is the value, or of each of its entries or items.
  public List<Key<?>> children() {
    return children;
  }

  /// Whether the value is a mapping with a key of this name.
  boolean declares(String child) {
    return form().isEmpty() && children.stream().anyMatch(key -> key.name.equals(child));
  }

  /// The default as the documentation shows it; empty if there is nothing to write.
  public String shownDefault() {
    return defaultYaml() instanceof List<?> items
        ? items.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"))
        : String.valueOf(defaultYaml());
  }

  /// The default as [YamlText] takes it; the empty text if there is nothing to write.
  Object defaultYaml() {
    return type.yaml().apply(absent(Location.nowhere()));
  }

  /// The value of an absent key that would stand at `location`.
  T absent(Location location) {
    return type.absent().apply(location);
  }

  /// The value of a key that is there; as if absent after a problem.
  T read(YamlNode node, Location location) {
    var value = type.reader().read(node, location);
    return value == null ? absent(location.silenced()) : value;
  }
}
