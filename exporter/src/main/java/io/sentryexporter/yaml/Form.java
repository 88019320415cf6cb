package io.sentryexporter.yaml;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How the value of a key is written, and how it is read.
///
/// @param placeholder stands for the value in the documentation, such as `<duration>`
/// @param absent what an absent key means, given the place where it would stand
/// @param shown a value as the documentation shows it
record Form<T>(
    String placeholder, Reader<T> reader, Function<Place, T> absent, Function<T, String> shown) {

  /// Reads a value that is there.
  interface Reader<T> {
    /// Null after a reported problem, now or before.
    @Nullable T read(YamlNode node, Place place);
  }

  /// Reads a single value.
  interface ScalarReader<T> {
    /// Null after a reported problem.
    @Nullable T read(YamlNode.Scalar scalar, Place place);
  }

  static <T> Form<T> single(
      String placeholder, T absent, Function<T, String> shown, ScalarReader<T> reader) {
    return new Form<>(
        placeholder,
        (node, place) -> {
          if (node instanceof YamlNode.Scalar scalar) {
            return reader.read(scalar, place);
          }
          var quotes = node instanceof YamlNode.Mapping ? ", quoted if it begins with {" : "";
          mismatch(node, place, placeholder + quotes);
          return null;
        },
        _ -> absent,
        shown);
  }

  Form<T> withDefault(T value) {
    return new Form<>(placeholder, reader, _ -> value, shown);
  }

  /// Reports a value of another kind, without quoting it.
  static void mismatch(YamlNode node, Place place, String wanted) {
    if (!(node instanceof YamlNode.Unreadable)) {
      place.error(node.kind() + " stands here; write " + wanted);
    }
  }
}
