package io.sentryexporter.http;

import java.util.regex.Pattern;

/// A header of a request, with a value that is never shown: most of ours carry a token.
public record Header(String name, Secret value) {
  /// `token` of RFC 9110, section 5.6.2.
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /// @throws IllegalArgumentException if HTTP forbids the name or the value; the text says which
  ///   rule is broken and does not show the value
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

  /// Whether it usually tells who asks.
  public boolean saysWhoAsks() {
    return is("Authorization") || is("Cookie");
  }

  /// Whether it says how a body comes: our requests have none, and it is not sent.
  public boolean isOfBody() {
    return is("Content-Length") || is("Transfer-Encoding") || is("Trailer");
  }

  /// Whether it is of this name, in whatever case.
  public boolean is(String otherName) {
    return name.equalsIgnoreCase(otherName);
  }
}
