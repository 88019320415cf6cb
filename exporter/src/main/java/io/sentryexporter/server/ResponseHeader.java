package io.sentryexporter.server;

/// A header of an answer. One that could break out of its line cannot be made.
public record ResponseHeader(String name, String value) {
  public ResponseHeader {
    if (!HeaderText.isToken(name)) {
      throw new IllegalArgumentException("not a header name: " + name);
    }
    // a header is bytes: a character beyond one has no place in it
    if (!HeaderText.isValue(value) || value.chars().anyMatch(c -> c > 0xff)) {
      throw new IllegalArgumentException("header " + name + " has characters no header has");
    }
  }
}
