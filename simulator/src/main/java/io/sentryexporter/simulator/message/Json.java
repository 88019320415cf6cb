package io.sentryexporter.simulator.message;

/// Writing JSON text.
public final class Json {
  private Json() {}

  /// `text` as a JSON string with its quotes.
  public static String quote(String text) {
    var quoted = new StringBuilder(text.length() + 8).append('"');
    for (var i = 0; i < text.length(); i++) {
      var letter = text.charAt(i);
      switch (letter) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        default -> {
          if (letter < ' ' || letter == '\u007f') {
            quoted.append("\\u%04x".formatted((int) letter));
          } else {
            quoted.append(letter);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }

  /// Sentry's usual error body.
  public static String detail(String text) {
    return "{\"detail\":" + quote(text) + "}";
  }
}
