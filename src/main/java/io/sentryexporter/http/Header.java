package io.sentryexporter.http;

import java.util.regex.Pattern;

/// A header of a request, with a value that is never shown: most of ours carry a token.
public record Header(String name, Secret value) {
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+"); // RFC 9110

  /// @throws IllegalArgumentException if HTTP forbids the name or the value; the text says which
  ///   rule is broken and does not show the value
  public Header {
    if (!TOKEN.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is not a header name; use letters, digits and hyphens");
    }
    if (value.reveal().chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7f)) {
      throw new IllegalArgumentException(
          "the value of header " + name + " has a line break or another control character");
    }
  }

  boolean is(String otherName) {
    return name.equalsIgnoreCase(otherName);
  }
}
