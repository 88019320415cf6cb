package io.sentryexporter.server;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Path and query of a request line, as sent.
record RequestTarget(String path, @Nullable String query) {
  private static final Pattern ABSOLUTE = Pattern.compile("(?i)https?://([^/?#]*)");

  /// Splits `/path?query`; from the absolute form, which proxies send, it takes the same part.
  ///
  /// Anything else is refused, so that a path is the same to a proxy with rules for paths and here:
  /// `//host/path` is a URL's remainder to some, and a path to others.
  static RequestTarget parse(String text) throws RequestRefusedException {
    var absolute = ABSOLUTE.matcher(text);
    if (!absolute.lookingAt()) {
      return split(text);
    }
    if (absolute.group(1).isEmpty() || !HeaderText.isHost(absolute.group(1))) {
      throw malformed("the URL's host is none");
    }
    var rest = text.substring(absolute.end());
    return split(rest.startsWith("/") ? rest : '/' + rest);
  }

  private static RequestTarget split(String text) throws RequestRefusedException {
    if (!text.startsWith("/") || text.startsWith("//")) {
      throw malformed("the path must begin with one /");
    }
    if (text.indexOf('#') >= 0) {
      throw malformed("a fragment does not belong into a request");
    }
    int mark = text.indexOf('?');
    return mark < 0
        ? new RequestTarget(text, null)
        : new RequestTarget(text.substring(0, mark), text.substring(mark + 1));
  }

  private static RequestRefusedException malformed(String why) {
    return new RequestRefusedException(400, "bad request: " + why);
  }
}
