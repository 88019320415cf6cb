package io.sentryexporter.probe;

import io.sentryexporter.text.PercentEncoding;
import java.net.URI;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The target of `prober: http` and the address that it makes with a module's prefix.
///
/// The target is part of a path and nothing else. A target that could leave the prefix's server or
/// climb out of its path is refused, so that a client of the exporter cannot send the token
/// elsewhere.
final class HttpTarget {
  private static final String PLAIN = "-._~!$&'()*+,;=:@/";

  /// A prefix that lacks its last slash: without one the target would grow together with the word
  /// before, and no endpoint of Sentry has such a path.
  private static final Pattern LACKS_SLASH =
      Pattern.compile(".*/api/0/(organizations|projects|projects/[^/]+)");

  private HttpTarget() {}

  /// What is wrong with a target, or null if nothing is.
  static @Nullable String fault(String target) {
    if (target.contains("..")) {
      return "must not contain \"..\"";
    }
    if (("/" + target + "/").contains("/./")) { // servers take it out, and read another path
      return "must not contain a name \".\"";
    }
    for (int i = 0; i < target.length(); i++) {
      char character = target.charAt(i);
      if (character == '?' || character == '#' || character == '\\' || character == '%') {
        return "must not contain \"" + character + "\"";
      }
      if (Character.isISOControl(character)) {
        return "must not contain control characters";
      }
    }
    return target.length() > 500 ? "must not be longer than 500 characters" : null;
  }

  /// Prefix, target and `/stats/`, put together as the old exporters do.
  ///
  /// The server is always the prefix's: between it and the target there is at least a slash.
  static URI address(URI prefix, String target) {
    String before = prefix.toString();
    boolean joined = before.endsWith("/") || target.startsWith("/");
    if (!joined && lacksSlash(prefix.getRawPath(), target)) {
      before += "/";
    }
    return URI.create(before + PercentEncoding.of(target, PLAIN) + "/stats/");
  }

  private static boolean lacksSlash(String path, String target) {
    if (path.isEmpty()) {
      return true;
    }
    var match = LACKS_SLASH.matcher(path);
    return match.matches() && !(match.group(1).startsWith("projects/") && target.contains("/"));
  }
}
