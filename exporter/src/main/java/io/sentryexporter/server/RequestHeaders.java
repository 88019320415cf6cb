package io.sentryexporter.server;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A request's headers, in the order they came. Names match in any case.
public final class RequestHeaders {
  private final List<Field> fields;

  /// One header line.
  public record Field(String name, String value) {}

  public RequestHeaders(List<Field> fields) {
    this.fields = List.copyOf(fields);
  }

  /// The value of the first header of that name: of one that is no list.
  public @Nullable String first(String name) {
    for (var field : fields) {
      if (field.name.equalsIgnoreCase(name)) {
        return field.value;
      }
    }
    return null;
  }

  /// The elements of a header that is a list, such as `Accept`: a client may send it in several
  /// lines (RFC 9110, section 5.3).
  public Optional<String> list(String name) {
    return fields.stream()
        .filter(field -> field.name.equalsIgnoreCase(name))
        .map(Field::value)
        .reduce((elements, more) -> elements + ", " + more);
  }

  @Override
  public String toString() {
    return fields.stream().map(Field::name).toList().toString();
  }
}
