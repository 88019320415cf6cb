package io.sentryexporter.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;

/// Text as a part of a URL.
public final class PercentEncoding {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private PercentEncoding() {}

  /// The text in UTF-8, each octet as `%XX` but letters and digits of ASCII and what may stand
  /// there.
  ///
  /// @param plain the other characters of ASCII that stand for themselves
  public static String of(String text, String plain) {
    var encoded = new StringBuilder(text.length() + 16);
    for (byte octet : text.getBytes(UTF_8)) {
      char character = (char) (octet & 0xff);
      boolean isLetterOrDigit = character < 0x80 && Character.isLetterOrDigit(character);
      if (isLetterOrDigit || plain.indexOf(character) >= 0) {
        encoded.append(character);
      } else {
        encoded.append('%').append(HEX.toHexDigits(octet));
      }
    }
    return encoded.toString();
  }
}
