package io.sentryexporter.simulator.message;

import io.sentryexporter.simulator.message.ReceivedRequest.Field;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A request as it arrived.
///
/// @param target path and query, not decoded
public record Request(String method, String target, List<Field> headers, boolean keepsAlive) {
  public @Nullable String header(String name) {
    for (var header : headers) {
      if (header.name().equalsIgnoreCase(name)) {
        return header.value();
      }
    }
    return null;
  }

  /// The path, not decoded.
  public String path() {
    var question = target.indexOf('?');
    return question < 0 ? target : target.substring(0, question);
  }

  /// The query without its `?`, not decoded; empty without one.
  public String rawQuery() {
    var question = target.indexOf('?');
    return question < 0 ? "" : target.substring(question + 1);
  }

  public boolean acceptsGzip() {
    var encodings = header("Accept-Encoding");
    return encodings != null && encodings.contains("gzip");
  }

  /// The decoded segments of `path` between its slashes; `/a/b/` has two.
  public static List<String> segments(String path) {
    var segments = new ArrayList<String>(6);
    for (var start = 1; start < path.length(); ) {
      var slash = path.indexOf('/', start);
      var end = slash < 0 ? path.length() : slash;
      segments.add(
          path.indexOf('%') < 0
              ? path.substring(start, end)
              : Query.decode(path.substring(start, end)));
      start = end + 1;
    }
    return segments;
  }
}
