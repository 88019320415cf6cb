package io.sentryexporter.web.server;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A request's headers, in the order they came. Names match in any case.
public final class RequestHeaders {
  private final List<Field> fields;

  /// One header line.
  public record Field(String name, String value) {}

  public RequestHeaders(List<Field> fields) {
    this.fields = List.copyOf(fields);
  }

  /// The value of the first header of that name.
  public @Nullable String first(String name) {
    for (var field : fields) {
      if (field.name.equalsIgnoreCase(name)) {
        return field.value;
      }
    }
    return null;
  }

  /// The values of all headers of that name: a list split over several lines, such as `Accept`.
  public List<String> all(String name) {
    var values = new ArrayList<String>();
    for (var field : fields) {
      if (field.name.equalsIgnoreCase(name)) {
        values.add(field.value);
      }
    }
    return values;
  }

  @Override
  public String toString() {
    return fields.stream().map(Field::name).toList().toString();
  }
}
