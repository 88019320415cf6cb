package io.sentryexporter.http;

import java.util.regex.Pattern;

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
    return text.isEmpty() ? other : pattern().matcher(other).replaceAll(SHOWN);
  }

  private Pattern pattern() {
    return Pattern.compile(text, Pattern.LITERAL | Pattern.CASE_INSENSITIVE);
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
