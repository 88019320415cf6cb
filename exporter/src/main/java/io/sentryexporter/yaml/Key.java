package io.sentryexporter.yaml;

import io.sentryexporter.text.Quoted;
import io.sentryexporter.yaml.YamlNode.Mapping;
import io.sentryexporter.yaml.YamlNode.Scalar;
import io.sentryexporter.yaml.YamlNode.Sequence;
import java.time.Duration;
import java.util.ArrayList;
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
  private final ValueType<T> form;
  private final boolean required;
  private final List<Key<?>> children;

  private Key(
      String name, String help, ValueType<T> form, boolean required, List<Key<?>> children) {
    this.name = name;
    this.help = help;
    this.form = form;
    this.required = required;
    this.children = children;
  }

  private Key(String name, String help, ValueType<T> form) {
    this(name, help, form, false, List.of());
  }

  /// A text; numbers and booleans are taken as they are written. Absent: the empty text.
  public static Key<String> string(String name, String help) {
    return text(name, "<string>", help, "", (text, _) -> text);
  }

  /// A whole number within bounds, both included. Absent: the lower bound.
  public static Key<Integer> integer(String name, int min, int max, String help) {
    return new Key<>(
        name,
        help,
        ValueType.single(
            "<integer>", min, String::valueOf, (s, location) -> number(s, location, min, max)));
  }

  /// A length of time in the notation of [DurationText]. Absent: zero.
  public static Key<Duration> duration(String name, String help) {
    return new Key<>(
        name,
        help,
        ValueType.single(
            "<duration>",
            Duration.ZERO,
            DurationText::of,
            (scalar, location) -> DurationText.read(scalar.text(), location)));
  }

  /// `true` or `false`. Absent: false.
  public static Key<Boolean> bool(String name, String help) {
    return new Key<>(name, help, ValueType.single("<boolean>", false, String::valueOf, Key::truth));
  }

  /// One of a few words. Absent: the first.
  ///
  /// @param form stands for the value in the documentation, such as `<colour>`
  /// @param word how a value is written
  public static <T> Key<T> oneOf(
      String name, String form, String help, List<T> values, Function<T, String> word) {
    return new Key<>(
        name,
        help,
        ValueType.single(
            form,
            values.getFirst(),
            word,
            (scalar, location) -> choice(scalar.text(), location, values, word)));
  }

  /// A text that the reader converts to a value of its own type.
  ///
  /// @param form stands for the value in the documentation, such as `<url>`
  public static <T> Key<T> text(
      String name, String form, String help, T absent, TextReader<T> reader) {
    return new Key<>(
        name,
        help,
        ValueType.single(
            form,
            absent,
            value -> value.equals(absent) ? "" : String.valueOf(value),
            (scalar, location) -> reader.read(scalar.text(), location)));
  }

  /// Converts a text to a value.
  public interface TextReader<T> {
    /// Null after an error reported to `location`.
    @Nullable T read(String text, Location location);
  }

  /// A mapping whose keys are declared; any other key in it is a problem. Absent: an empty one.
  public static Key<YamlMap> mapping(String name, String help, Key<?>... children) {
    var keys = List.of(children);
    return new Key<>(
        name,
        help,
        mappingType("", (map, location) -> new YamlMap(map, location).only(keys)),
        false,
        keys);
  }

  /// A mapping whose keys the user chooses. Absent: an empty one.
  ///
  /// @param form stands for an entry in the documentation, such as `<name>`
  /// @param children keys that the documentation shows in each entry; the reader of an entry checks
  ///   them
  public static Key<YamlMap> mapOf(String name, String form, String help, Key<?>... children) {
    return new Key<>(name, help, mappingType(form, YamlMap::new), false, List.of(children));
  }

  private interface MapReader {
    YamlMap read(Mapping mapping, Location location);
  }

  private static ValueType<YamlMap> mappingType(String placeholder, MapReader reader) {
    return new ValueType<>(
        placeholder,
        (node, location) -> {
          if (node instanceof Mapping mapping) {
            return reader.read(mapping, location);
          }
          ValueType.mismatch(node, location, YamlMap.HOW_TO_WRITE);
          return null;
        },
        YamlMap::empty,
        _ -> "");
  }

  /// A list of such values, mappings with declared keys too. Absent: the empty list.
  public Key<List<T>> list() {
    return new Key<>(
        name,
        help,
        new ValueType<>(
            listForm(),
            this::readItems,
            _ -> List.of(),
            items -> items.stream().map(form.shown()).collect(Collectors.joining(", ", "[", "]"))),
        false,
        children);
  }

  private String listForm() {
    return "[" + itemForm() + ", ...]";
  }

  private String itemForm() {
    return form().isEmpty() ? "{...}" : form();
  }

  private @Nullable List<T> readItems(YamlNode node, Location location) {
    if (!(node instanceof Sequence sequence)) {
      ValueType.mismatch(node, location, "a list: " + listForm());
      return null;
    }
    var items = new ArrayList<T>();
    for (var i = 0; i < sequence.items().size(); i++) {
      var item = sequence.items().get(i);
      var value = readItem(item, location.item(i, item.at()));
      if (value != null) {
        items.add(value);
      }
    }
    return List.copyOf(items);
  }

  private @Nullable T readItem(YamlNode item, Location location) {
    if (YamlNode.isNothing(item)) {
      location.error("an item without a value; write " + itemForm() + " or remove it");
      return null;
    }
    return form.reader().read(item, location);
  }

  /// The same key with a default of its own.
  public Key<T> byDefault(T value) {
    return new Key<>(name, help, form.withDefault(value), required, children);
  }

  /// The same key, and a problem where it is absent.
  public Key<T> required() {
    return new Key<>(name, help, form, true, children);
  }

  /// The same key, and a problem where its value is not allowed.
  ///
  /// @param otherwise what is wrong then, and how to write it
  public Key<T> where(Predicate<T> allowed, String otherwise) {
    ValueType.Reader<T> checked =
        (node, location) -> {
          var value = form.reader().read(node, location);
          if (value != null && !allowed.test(value)) {
            location.error(otherwise);
            return null;
          }
          return value;
        };
    return new Key<>(
        name,
        help,
        new ValueType<>(form.placeholder(), checked, form.absent(), form.shown()),
        required,
        children);
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
    return form.placeholder();
  }

  public boolean isRequired() {
    return required;
  }

  /// The keys of the mapping that is the value, or of each of its entries or items.
  public List<Key<?>> children() {
    return children;
  }

  /// Whether the value is a mapping with a key of this name.
  boolean declares(String keyBelow) {
    return form().isEmpty() && children.stream().anyMatch(key -> key.name.equals(keyBelow));
  }

  /// The default as it would be written; empty if there is nothing to write.
  public String shownDefault() {
    var nowhere = new Location(new Problems(""), Position.WHOLE_FILE, "");
    return form.shown().apply(form.absent().apply(nowhere));
  }

  /// The value of an absent key that would stand at `location`.
  T absent(Location location) {
    return form.absent().apply(location);
  }

  /// The value of a key that is there; as if absent after a problem.
  T read(YamlNode node, Location location) {
    var value = form.reader().read(node, location);
    return value == null ? absent(location.silenced()) : value;
  }

  private static @Nullable Integer number(Scalar scalar, Location location, int min, int max) {
    var text = scalar.text();
    if (!text.matches("[-+]?[0-9]+")) {
      location.error(Quoted.of(text) + " is not a whole number; write " + min + " to " + max);
      return null;
    }
    if (!scalar.plain()) {
      location.error(Quoted.of(text) + " is a text; write the number without quotes");
      return null;
    }
    try {
      var number = Integer.parseInt(text);
      if (min <= number && number <= max) {
        return number;
      }
    } catch (NumberFormatException _) {
      // more than an int: out of every range
    }
    location.error(Quoted.of(text) + " is out of range; write " + min + " to " + max);
    return null;
  }

  private static <T> @Nullable T choice(
      String text, Location location, List<T> values, Function<T, String> word) {
    for (T value : values) {
      if (word.apply(value).equals(text)) {
        return value;
      }
    }
    var words = values.stream().map(word).collect(Collectors.joining(" or "));
    location.error(Quoted.of(text) + " is not known here; write " + words);
    return null;
  }

  private static @Nullable Boolean truth(Scalar scalar, Location location) {
    return switch (scalar.text()) {
      case "true" -> true;
      case "false" -> false;
      default -> {
        location.error(Quoted.of(scalar.text()) + " is not a boolean; write true or false");
        yield null;
      }
    };
  }
}
