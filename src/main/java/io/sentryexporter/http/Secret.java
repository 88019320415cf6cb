package io.sentryexporter.http;

/// A text that must not be shown: a token, a password, a header that carries one.
///
/// It prints as `<secret>`; only [#reveal()] gives the text, to put it into a request.
public final class Secret {
  private static final String SHOWN = "<secret>";

  private final String text;

  public Secret(String text) {
    this.text = text;
  }

  /// The text itself, for the request that needs it and nothing else.
  public String reveal() {
    return text;
  }

  /// Another text without this one, in any case of its letters: for what a server says, which may
  /// send back what it was sent.
  public String hiddenIn(String other) {
    int at = text.isEmpty() ? -1 : find(other, 0);
    if (at < 0) {
      return other;
    }
    var shown = new StringBuilder();
    int shownTo = 0;
    for (; at >= 0; at = find(other, shownTo)) {
      shown.append(other, shownTo, at).append(SHOWN);
      shownTo = at + text.length();
    }
    return shown.append(other, shownTo, other.length()).toString();
  }

  private int find(String other, int from) {
    for (int at = from; at + text.length() <= other.length(); at++) {
      if (other.regionMatches(true, at, text, 0, text.length())) {
        return at;
      }
    }
    return -1;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && text.equals(secret.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return SHOWN;
  }
}
