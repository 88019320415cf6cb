package io.sentryexporter.web.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.regex.Pattern;

/// A link to a path of this exporter, with its query. It cannot lead to another host or run a
/// script.
public record Link(String text) {
  private static final Pattern SAFE = Pattern.compile("/(?![/\\\\])[!-~&&[^\\\\\"'<>]]*|/");

  public Link {
    if (!isSafe(text)) {
      throw new IllegalArgumentException("link not allowed: " + text);
    }
  }

  static boolean isSafe(String text) {
    return SAFE.matcher(text).matches();
  }

  /// This link with one more parameter, encoded.
  public Link with(String name, String value) {
    char joint = text.indexOf('?') < 0 ? '?' : '&';
    return new Link(text + joint + encode(name) + '=' + encode(value));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, UTF_8).replace("%2F", "/");
  }
}
