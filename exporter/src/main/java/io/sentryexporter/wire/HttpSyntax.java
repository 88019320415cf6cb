package io.sentryexporter.wire;

import java.util.regex.Pattern;

/// Checks what stands in a request line or a header (RFC 9110, section 5). Every character of every
/// request comes through here: loops, since streams cost several times as much.
public final class HttpSyntax {
  private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

  // RFC 3986, 3.2.2, without looking into names and addresses
  private static final Pattern HOST =
      Pattern.compile(
          "(?:\\[[0-9A-Za-z:.%_~-]+]|[0-9A-Za-z._~!$&'()*+,;=%-]*)(?::(?<port>[0-9]{0,5}))?");
  private static final int MAX_PORT = 65_535;

  private HttpSyntax() {}

  /// Whether `text` is a host with or without a port; it may be empty.
  public static boolean isHost(String text) {
    var host = HOST.matcher(text);
    if (!host.matches()) {
      return false;
    }
    var port = host.group("port");
    return port == null || port.isEmpty() || Integer.parseInt(port) <= MAX_PORT;
  }

  /// Whether `text` is a method or a header's name.
  public static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isAlphanumeric(c) && TOKEN_SIGNS.indexOf(c) < 0) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /// Whether `text` has no control characters save the tabulator.
  public static boolean isValue(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f) {
        return false;
      }
    }
    return true;
  }

  /// Whether `text` has no control characters and no blanks.
  public static boolean isRequestTarget(String text) {
    return isValue(text) && text.indexOf(' ') < 0 && text.indexOf('\t') < 0;
  }

  private static boolean isAlphanumeric(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
