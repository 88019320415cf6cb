package io.sentryexporter.yaml;

/// A text read from a file, as a message quotes it.
///
/// A long text is not quoted: it says little, and may be a token that stands in the wrong place.
public final class Quoted {
  /// Longer than any duration, number or prober; shorter than any token of Sentry.
  private static final int LONGEST = 24;

  private Quoted() {}

  /// In quotes, with escapes for what cannot be seen; only its length if it is long.
  public static String of(String text) {
    return orElse(text, "a text of " + text.length() + " characters");
  }

  static String orElse(String text, String instead) {
    if (text.length() > LONGEST) {
      return instead;
    }
    var quoted = new StringBuilder("\"");
    text.codePoints().forEach(c -> append(quoted, c));
    return quoted.append('"').toString();
  }

  private static void append(StringBuilder quoted, int c) {
    switch (c) {
      case '"' -> quoted.append("\\\"");
      case '\\' -> quoted.append("\\\\");
      case '\n' -> quoted.append("\\n");
      case '\t' -> quoted.append("\\t");
      default -> {
        if (isShowable(c)) {
          quoted.appendCodePoint(c);
        } else {
          quoted.append("\\u%04x".formatted(c));
        }
      }
    }
  }

  private static boolean isShowable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
