package io.sentryexporter.simulator.message;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Query parameters, decoded, in the order sent.
public final class Query {
  private record Parameter(String name, String value) {}

  private final List<Parameter> parameters;

  private Query(List<Parameter> parameters) {
    this.parameters = parameters;
  }

  public static Query parse(String raw) {
    var parameters = new ArrayList<Parameter>();
    for (var start = 0; start < raw.length(); ) {
      var ampersand = raw.indexOf('&', start);
      var end = ampersand < 0 ? raw.length() : ampersand;
      if (end > start) {
        var equals = raw.indexOf('=', start);
        var nameEnd = equals < 0 || equals > end ? end : equals;
        parameters.add(
            new Parameter(
                decode(raw.substring(start, nameEnd)),
                nameEnd == end ? "" : decode(raw.substring(nameEnd + 1, end))));
      }
      start = end + 1;
    }
    return new Query(parameters);
  }

  /// All values of a parameter.
  public List<String> all(String name) {
    var values = new ArrayList<String>(2);
    for (var parameter : parameters) {
      if (parameter.name().equals(name)) {
        values.add(parameter.value());
      }
    }
    return values;
  }

  /// The last value, as Django takes it; null if there is none or it is empty.
  public @Nullable String last(String name) {
    var values = all(name);
    return values.isEmpty() || values.getLast().isEmpty() ? null : values.getLast();
  }

  public boolean has(String name) {
    return !all(name).isEmpty();
  }

  static String decode(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return text;
    }
  }
}
