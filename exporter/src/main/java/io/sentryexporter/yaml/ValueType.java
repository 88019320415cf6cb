package io.sentryexporter.yaml;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How the value of a key is written, and how it is read.
///
/// @param placeholder stands for the value in the documentation, such as `<duration>`
/// @param absent what an absent key means, given the place where it would stand
/// @param shown a value as the documentation shows it
record ValueType<T>(
    String placeholder, Reader<T> reader, Function<Location, T> absent, Function<T, String> shown) {

  /// Reads a value that is there.
  interface Reader<T> {
    /// Null after a reported problem, now or before.
    @Nullable T read(YamlNode node, Location location);
  }

  /// Reads a single value.
  interface ScalarReader<T> {
    /// Null after a reported problem.
    @Nullable T read(YamlNode.Scalar scalar, Location location);
  }

  static <T> ValueType<T> single(
      String placeholder, T absent, Function<T, String> shown, ScalarReader<T> reader) {
    return new ValueType<>(
        placeholder,
        (node, location) -> {
          if (node instanceof YamlNode.Scalar scalar) {
            return reader.read(scalar, location);
          }
          var quotes = node instanceof YamlNode.Mapping ? ", quoted if it begins with {" : "";
          mismatch(node, location, placeholder + quotes);
          return null;
        },
        _ -> absent,
        shown);
  }

  ValueType<T> withDefault(T value) {
    return new ValueType<>(placeholder, reader, _ -> value, shown);
  }

  /// Reports a value of another kind, without quoting it.
  static void mismatch(YamlNode node, Location location, String wanted) {
    if (!(node instanceof YamlNode.Unreadable)) {
      location.error(node.kind() + " stands here; write " + wanted);
    }
  }
}
