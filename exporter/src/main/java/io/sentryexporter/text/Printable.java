package io.sentryexporter.text;

import java.util.HexFormat;

/// Makes a text of unknown origin safe for a message or a log: nothing in it can end the line,
/// control a terminal, or show a reader other characters than it contains.
public final class Printable {
  private static final HexFormat HEX = HexFormat.of();

  /// Letters and marks to Unicode, and nothing to the eye.
  private static final String FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0";

  private Printable() {}

  /// In quotes, with escapes as in JSON for what cannot be seen.
  public static String quoted(String text) {
    var quoted = new StringBuilder(text.length() + 2);
    appendQuoted(quoted, text);
    return quoted.toString();
  }

  public static void appendQuoted(StringBuilder to, String text) {
    to.append('"');
    text.codePoints().forEach(point -> append(to, point));
    to.append('"');
  }

  /// With `replacement` for each character that cannot be seen, where there are no escapes.
  public static String replaced(String text, char replacement) {
    if (text.codePoints().noneMatch(Printable::isHidden)) {
      return text;
    }
    return text.codePoints()
        .map(point -> isHidden(point) ? replacement : point)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static void append(StringBuilder to, int point) {
    switch (point) {
      case '"' -> to.append("\\\"");
      case '\\' -> to.append("\\\\");
      case '\n' -> to.append("\\n");
      case '\r' -> to.append("\\r");
      case '\t' -> to.append("\\t");
      default -> {
        if (isHidden(point)) {
          for (char half : Character.toChars(point)) {
            to.append(escape(half));
          }
        } else {
          to.appendCodePoint(point);
        }
      }
    }
  }

  /// Whether a character is not to be seen, or changes how others are: controls, marks of the
  /// direction of writing, ends of lines, fillers, halves of a pair, and what no font has.
  ///
  /// This is the one rule for log lines, messages, labels and pages.
  public static boolean isHidden(int point) {
    if (point >= ' ' && point < 0x7f) {
      return false; // nearly all there is
    }
    return FILLERS.indexOf(point) >= 0 || isHiddenByType(point);
  }

  private static boolean isHiddenByType(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          true;
      default -> false;
    };
  }

  /// A character by its number, in four hexadecimal digits.
  public static String escape(char character) {
    return "\\u" + HEX.toHexDigits(character);
  }
}
