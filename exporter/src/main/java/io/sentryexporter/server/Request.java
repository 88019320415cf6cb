package io.sentryexporter.server;

import io.sentryexporter.time.Cancellation;
import io.sentryexporter.wire.Headers;
import io.sentryexporter.wire.HttpSyntax;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One request: headers within their limits, and a body, if there was one, read past.
///
/// @param method as sent; methods are case-sensitive
/// @param path as sent, percent-encoding and all; begins with one `/`
/// @param query as sent, what stands behind the first `?`; null without one
/// @param hangUp the client closes the connection, or its sending half, before its answer is ready;
///   noticed within 500 ms, plus about a millisecond for each other request under way
public record Request(
    String method, String path, @Nullable String query, Headers headers, Cancellation hangUp) {

  /// Path and query of a request line, as sent.
  ///
  /// @param authority of the absolute form, which stands for the `Host` header; null of others
  record Target(@Nullable String authority, String path, @Nullable String query) {
    private static final Pattern ABSOLUTE = Pattern.compile("(?i)https?://([^/?#]*)");

    /// Splits `/path?query`; from the absolute form, which proxies send, it takes the same part.
    ///
    /// Anything else is refused, so that a path is the same to a proxy with rules for paths and
    /// here: `//host/path` is a URL's remainder to some, and a path to others.
    static Target parse(String text) throws RequestParser.Refused {
      var absolute = ABSOLUTE.matcher(text);
      if (!absolute.lookingAt()) {
        return split(null, text);
      }
      if (absolute.group(1).isEmpty() || !HttpSyntax.isHost(absolute.group(1))) {
        throw malformed("the URL's host is none");
      }
      var rest = text.substring(absolute.end());
      return split(absolute.group(1), rest.startsWith("/") ? rest : '/' + rest);
    }

    private static Target split(@Nullable String authority, String text)
        throws RequestParser.Refused {
      if (!text.startsWith("/") || text.startsWith("//")) {
        throw malformed("the path must begin with one /");
      }
      if (text.indexOf('#') >= 0) {
        throw malformed("a fragment does not belong into a request");
      }
      int mark = text.indexOf('?');
      return mark < 0
          ? new Target(authority, text, null)
          : new Target(authority, text.substring(0, mark), text.substring(mark + 1));
    }

    private static RequestParser.Refused malformed(String why) {
      return new RequestParser.Refused(400, "bad request: " + why);
    }
  }
}
