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
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The type of a key's value: how it is written, and how it is read.
///
/// @param placeholder stands for the value in the documentation, such as `<duration>`
/// @param absent what an absent key means, given the location where it would stand
/// @param yaml a value as [YamlText] takes it; the empty text if there is nothing to write
record ValueType<T>(
    String placeholder, Reader<T> reader, Function<Location, T> absent, Function<T, Object> yaml) {
  private static final Pattern PERCENT =
      Pattern.compile("(?<number>[1-9][0-9]|100|[1-9](?= *%))( *%)?");

  /// Reads a value that is there.
  interface Reader<T> {
    /// Null after a reported problem, now or before.
    @Nullable T read(YamlNode node, Location location);
  }

  /// Reads a single value.
  private interface ScalarReader<T> {
    /// Null after a reported problem.
    @Nullable T read(Scalar scalar, Location location);
  }

  static <T> ValueType<T> text(String placeholder, T absent, Key.TextReader<T> reader) {
    return single(
        placeholder,
        absent,
        value -> value.equals(absent) ? "" : String.valueOf(value),
        (scalar, location) -> reader.read(scalar.text(), location));
  }

  static ValueType<Integer> integer(int min, int max) {
    return single(
        "<integer>",
        min,
        value -> value,
        (scalar, location) -> integer(scalar, location, min, max));
  }

  static ValueType<Double> ratio() {
    return single(
        "<ratio>",
        Double.NaN,
        value -> value.isNaN() ? "" : value,
        (scalar, location) -> ratio(scalar.text(), location));
  }

  static ValueType<Duration> duration() {
    return single(
        "<duration>",
        Duration.ZERO,
        DurationText::of,
        (scalar, location) -> DurationText.read(scalar.text(), location));
  }

  static ValueType<Boolean> bool() {
    return single("<boolean>", false, value -> value, ValueType::bool);
  }

  static ValueType<Boolean> yesOrNo() {
    return single(
        "<boolean>",
        false,
        value -> value,
        (scalar, location) -> {
          if (scalar.plain() && scalar.text().matches("(?i)y|yes|on|true")) {
            return true;
          }
          if (scalar.plain() && scalar.text().matches("(?i)n|no|off|false")) {
            return false;
          }
          location.error(Quoted.of(scalar.text()) + " is not a boolean; write true or false");
          return null;
        });
  }

  static <T> ValueType<T> oneOf(
      String placeholder, List<T> values, List<T> outdated, Function<T, String> word) {
    return single(
        placeholder,
        values.getFirst(),
        word::apply,
        (scalar, location) -> oneOf(scalar.text(), location, values, outdated, word));
  }

  private static <T> ValueType<T> single(
      String placeholder, T absent, Function<T, Object> yaml, ScalarReader<T> reader) {
    return new ValueType<>(
        placeholder,
        (node, location) -> {
          if (node instanceof Scalar scalar) {
            return reader.read(scalar, location);
          }
          var quotes = node instanceof Mapping ? ", quoted if it begins with {" : "";
          mismatch(node, location, placeholder + quotes);
          return null;
        },
        _ -> absent,
        yaml);
  }

  /// @param keys those that it may have; null if the user chooses them
  static ValueType<YamlMap> mapping(String placeholder, @Nullable List<Key<?>> keys) {
    return new ValueType<>(
        placeholder,
        (node, location) -> {
          if (node instanceof Mapping mapping) {
            var map = new YamlMap(mapping, location);
            return keys == null ? map : map.only(keys);
          }
          mismatch(node, location, YamlMap.HOW_TO_WRITE);
          return null;
        },
        YamlMap::empty,
        _ -> "");
  }

  /// A list of such values; by default it is empty.
  ValueType<List<T>> list() {
    String list = "[" + itemPlaceholder() + ", ...]";
    return new ValueType<>(
        list,
        (node, location) -> {
          if (node instanceof Sequence sequence) {
            return items(sequence, location);
          }
          mismatch(node, location, "a list: " + list);
          return null;
        },
        _ -> List.of(),
        items -> items.stream().map(yaml).toList());
  }

  private String itemPlaceholder() {
    return placeholder.isEmpty() ? "{...}" : placeholder;
  }

  private List<T> items(Sequence sequence, Location location) {
    var items = new ArrayList<T>();
    for (var i = 0; i < sequence.items().size(); i++) {
      var item = sequence.items().get(i);
      var value = item(item, location.item(i, item.at()));
      if (value != null) {
        items.add(value);
      }
    }
    return List.copyOf(items);
  }

  private @Nullable T item(YamlNode item, Location location) {
    if (YamlNode.isNothing(item)) {
      location.error("an item without a value; write " + itemPlaceholder() + " or remove it");
      return null;
    }
    return reader.read(item, location);
  }

  ValueType<T> withDefault(T value) {
    return new ValueType<>(placeholder, reader, _ -> value, yaml);
  }

  ValueType<T> withoutDefault() {
    return new ValueType<>(placeholder, reader, absent, _ -> "");
  }

  /// The same, and a problem where a value is not allowed.
  ValueType<T> where(Predicate<T> allowed, String otherwise) {
    Reader<T> checked =
        (node, location) -> {
          var value = reader.read(node, location);
          if (value != null && !allowed.test(value)) {
            location.error(otherwise);
            return null;
          }
          return value;
        };
    return new ValueType<>(placeholder, checked, absent, yaml);
  }

  /// Reports a value of another kind, without quoting it.
  static void mismatch(YamlNode node, Location location, String wanted) {
    if (!(node instanceof YamlNode.Unreadable)) {
      location.error(node.kind() + " stands here; write " + wanted);
    }
  }

  private static @Nullable Integer integer(Scalar scalar, Location location, int min, int max) {
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

  private static @Nullable Double ratio(String text, Location location) {
    try {
      double ratio = Double.parseDouble(text);
      if (ratio > 0 && ratio <= 1) {
        return ratio;
      }
    } catch (NumberFormatException _) {
      // reported below
    }
    var percent = PERCENT.matcher(text);
    if (percent.matches()) {
      double ratio = Integer.parseInt(percent.group("number")) / 100.0;
      location.error(Quoted.of(text) + " is a percentage; write the ratio, " + ratio);
      return null;
    }
    location.error(Quoted.of(text) + " is not a ratio; write a number above 0 and at most 1");
    return null;
  }

  private static <T> @Nullable T oneOf(
      String text, Location location, List<T> values, List<T> outdated, Function<T, String> word) {
    for (var known : List.of(values, outdated)) {
      for (T value : known) {
        if (word.apply(value).equals(text)) {
          return value;
        }
      }
    }
    var words = values.stream().map(word).collect(Collectors.joining(" or "));
    location.error(Quoted.of(text) + " is not known here; write " + words);
    return null;
  }

  private static @Nullable Boolean bool(Scalar scalar, Location location) {
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
