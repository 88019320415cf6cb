package io.sentryexporter.http;

import io.sentryexporter.text.Secret;
import java.util.regex.Pattern;

/// A header of a request. Its value is never shown, because most carry a token.
public record Header(String name, Secret value) {
  /// `token` of RFC 9110, section 5.6.2.
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /// @throws IllegalArgumentException if HTTP forbids the name or the value; the text names the
  ///   rule and does not show the value
  public Header {
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is not a header name; use letters, digits and hyphens");
    }
    if (!isValue(value.reveal())) {
      throw new IllegalArgumentException(
          "the value of header " + name + " has a line break or another control character");
    }
  }

  /// Whether HTTP allows a name.
  public static boolean isName(String text) {
    return TOKEN.matcher(text).matches();
  }

  /// Whether HTTP allows a value: it forbids line breaks and other control characters.
  public static boolean isValue(String text) {
    return text.chars().noneMatch(c -> Character.isISOControl(c) && c != '\t');
  }

  /// Whether it usually carries credentials.
  public boolean saysWhoAsks() {
    return is("Authorization") || is("Cookie");
  }

  /// Whether it describes a body; such headers are not sent, because requests have no body.
  public boolean isOfBody() {
    return is("Content-Length") || is("Transfer-Encoding") || is("Trailer");
  }

  /// Whether it has this name, in any case.
  public boolean is(String otherName) {
    return name.equalsIgnoreCase(otherName);
  }
}
