package io.sentryexporter.text;

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
