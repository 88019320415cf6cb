package io.sentryexporter.server;

import io.sentryexporter.time.Cancellation;
import io.sentryexporter.wire.Headers;
import io.sentryexporter.wire.HttpSyntax;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request as the listener makes it of a request line, without the socket.
public final class RequestLine {
  private static final Headers HEADERS = Headers.of(List.of(Map.entry("Host", "exporter")));

  private RequestLine() {}

  /// GET of a target, a character for each byte; null where the listener answers 400.
  public static @Nullable Request get(String target) {
    if (!HttpSyntax.isRequestTarget(target)) {
      return null;
    }
    try {
      var parsed = Request.Target.parse(target);
      return new Request("GET", parsed.path(), parsed.query(), HEADERS, new Cancellation());
    } catch (RequestParser.Refused _) {
      return null;
    }
  }
}
