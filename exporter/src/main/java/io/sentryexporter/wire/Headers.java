package io.sentryexporter.wire;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The headers of a request or an answer, in the order they came; names match in any case.
///
/// Not a record: their values may be secret, so they do not print.
public final class Headers {
  public static final Headers NONE = new Headers(List.of());

  private final List<Map.Entry<String, String>> fields;

  private Headers(List<Map.Entry<String, String>> fields) {
    this.fields = List.copyOf(fields);
  }

  /// Headers by name, in the order they came in; a name may come again.
  public static Headers of(List<Map.Entry<String, String>> fields) {
    return fields.isEmpty() ? NONE : new Headers(fields);
  }

  /// The value of the first header of this name, without the spaces around it: of one that is no
  /// list.
  public Optional<String> first(String name) {
    for (var field : fields) {
      if (field.getKey().equalsIgnoreCase(name)) {
        return Optional.of(field.getValue());
      }
    }
    return Optional.empty();
  }

  /// The elements of a header that is a list, such as `Link`: a server may send it in several lines
  /// (RFC 9110, section 5.3).
  public Optional<String> list(String name) {
    String elements = null;
    for (var field : fields) {
      if (field.getKey().equalsIgnoreCase(name)) {
        elements = elements == null ? field.getValue() : elements + ", " + field.getValue();
      }
    }
    return Optional.ofNullable(elements);
  }

  @Override
  public String toString() {
    return fields.stream().map(Map.Entry::getKey).toList().toString();
  }
}
