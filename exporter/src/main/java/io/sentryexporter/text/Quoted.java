package io.sentryexporter.text;

/// A text read from a file, as a message quotes it.
///
/// A long text is not quoted: it helps little, and may be a token in the wrong place. Nor is one
/// that looks like a token.
public final class Quoted {
  /// Longer than any duration, number or prober; shorter than any token of Sentry.
  private static final int LONGEST = 24;

  private Quoted() {}

  /// In quotes, with escapes for what cannot be seen; only its length if it may be a token.
  public static String of(String text) {
    return orElse(text, "a text of " + text.length() + " characters");
  }

  public static String orElse(String text, String instead) {
    return text.length() > LONGEST || SecretRedactor.hasToken(text)
        ? instead
        : Printable.quoted(text);
  }
}
