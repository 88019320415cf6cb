package io.sentryexporter.simulator.message;

import java.util.List;
import java.util.Optional;

/// A request that arrived, for a test to look at.
///
/// @param endpoint its declared path, or `RequestLog.UNKNOWN`
/// @param path not decoded; so is `query`, which is empty if there was none
public record ReceivedRequest(
    String endpoint, String method, String path, String query, List<Field> headers) {
  /// A header, its name as the client wrote it.
  public record Field(String name, String value) {}

  public ReceivedRequest {
    headers = List.copyOf(headers);
  }

  /// The first value of a header, ignoring the case of its name.
  public Optional<String> header(String name) {
    return headers.stream()
        .filter(field -> field.name().equalsIgnoreCase(name))
        .map(Field::value)
        .findFirst();
  }
}
