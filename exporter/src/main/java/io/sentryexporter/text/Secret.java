package io.sentryexporter.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.regex.Pattern.CASE_INSENSITIVE;
import static java.util.regex.Pattern.UNICODE_CASE;
import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;

/// A text that must not be shown: a token, a password, a header that carries one.
///
/// It prints as `<secret>`; only [#reveal()] gives the text, to put it into a request.
public final class Secret {
  private static final String SHOWN = "<secret>";

  /// What is encoded of a shorter text could be a part of any word.
  private static final int SHORTEST_ENCODED = 8;

  private static final Map<Integer, String> HTML =
      Map.of((int) '&', "&amp;", (int) '<', "&lt;", (int) '>', "&gt;", (int) '"', "&quot;");

  private final String text;

  public Secret(String text) {
    this.text = text;
  }

  /// The text itself, for the request that needs it and nothing else.
  public String reveal() {
    return text;
  }

  /// Removes this text from another, ignoring case: a server may send back what it was sent, also
  /// encoded for a URL, JSON or HTML, in hexadecimal or in base64.
  public String hiddenIn(String other) {
    return text.isEmpty() || other.length() < text.length()
        ? other
        : pattern().matcher(other).replaceAll(SHOWN);
  }

  /// Made when it is needed: most answers are shorter than a token, or are not looked at.
  private Pattern pattern() {
    var forms = new ArrayList<String>();
    forms.add(escaped(text));
    if (text.length() >= SHORTEST_ENCODED) {
      byte[] bytes = text.getBytes(UTF_8);
      forms.add(escaped(HexFormat.of().formatHex(bytes)));
      for (int before = 0; before < 3; before++) {
        forms.add("[\\w+/-]?" + escaped(base64(bytes, before)) + "[\\w+/=-]{0,3}");
      }
    }
    return Pattern.compile(String.join("|", forms), CASE_INSENSITIVE | UNICODE_CASE);
  }

  /// What base64 makes of the bytes after a number of others, without the characters at both ends
  /// that depend on the bytes around.
  private static String base64(byte[] bytes, int before) {
    var all = new byte[before + bytes.length];
    System.arraycopy(bytes, 0, all, before, bytes.length);
    return Base64.getEncoder()
        .encodeToString(all)
        .substring((before * 8 + 5) / 6, all.length * 8 / 6);
  }

  /// A pattern for the text, in which any character may be escaped.
  private static String escaped(String text) {
    return text.codePoints().mapToObj(Secret::escaped).collect(joining());
  }

  private static String escaped(int point) {
    String plain = Pattern.quote(Character.toString(point));
    String hex = Integer.toHexString(point);
    String percent =
        HexFormat.of()
            .formatHex(Character.toString(point).getBytes(UTF_8))
            .replaceAll("..", "%(?:25)*$0");
    String urlSafe = point == '+' ? "|-" : point == '/' ? "|_" : "";
    String html = HTML.containsKey(point) ? "|" + HTML.get(point) : "";
    return "(?:\\\\*"
        + plain
        + "|"
        + percent
        + "|\\\\+u0*"
        + hex
        + "|&#0*"
        + point
        + ";|&#x0*"
        + hex
        + ";"
        + urlSafe
        + html
        + ")";
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
