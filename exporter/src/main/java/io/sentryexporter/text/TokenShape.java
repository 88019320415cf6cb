package io.sentryexporter.text;

import java.util.regex.Pattern;

/// Detects texts that look like a token of Sentry, GlitchTip or another service. No message shows
/// such a text in the wrong place, such as a key of a file or the value of an unknown flag.
public final class TokenShape {
  /// Sentry's own forms; 32 hexadecimal digits or more; a long run of letters and digits mixed,
  /// which no name is; the user of a URL, which a DSN has too.
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?i:sntry[a-z]{1,2}_[\\w.+/=-]*)"
              + "|(?<![A-Za-z0-9])(?:gh[a-z]_|gl[a-z]+-)?(?=[A-Za-z]*[0-9])(?=[0-9]*[A-Za-z])"
              + "(?:[0-9A-Fa-f]{32,}|[A-Za-z0-9+=]{24,})(?![A-Za-z0-9])"
              + "|(?<=://)[^/@\\s]+(?=@)");

  private static final String SHOWN = "<secret>";

  private TokenShape() {}

  public static boolean isIn(String text) {
    return TOKEN.matcher(text).find();
  }

  /// The text without what looks like a token.
  public static String hiddenIn(String text) {
    return TOKEN.matcher(text).replaceAll(SHOWN);
  }
}
