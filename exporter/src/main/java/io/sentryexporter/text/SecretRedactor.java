package io.sentryexporter.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.regex.Pattern.CASE_INSENSITIVE;
import static java.util.regex.Pattern.UNICODE_CASE;
import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Hides secrets in texts that are shown: in messages, logs, traces and pages.
///
/// Secrets that are known are found in any encoding that a server may send them back in; words that
/// look like a token of Sentry, GlitchTip or another service are found by their shape.
///
/// Patterns are made only when a text is shown, since most texts never are.
public final class SecretRedactor {
  /// Hides nothing.
  public static final SecretRedactor NONE = new SecretRedactor(List.of());

  private static final String SHOWN = "<secret>";

  /// Sentry's own forms; 32 hexadecimal digits or more; a long run of letters and digits mixed,
  /// which no name is; the user of a URL, which a DSN has too.
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?i:sntry[a-z]{1,2}_[\\w.+/=-]*)"
              + "|(?<![A-Za-z0-9])(?:gh[a-z]_|gl[a-z]+-)?(?=[A-Za-z]*[0-9])(?=[0-9]*[A-Za-z])"
              + "(?:[0-9A-Fa-f]{32,}|[A-Za-z0-9+=]{24,})(?![A-Za-z0-9])"
              + "|(?<=://)[^/@\\s]+(?=@)");

  /// Shorter words of a header are no tokens, and to hide them would make texts unreadable.
  private static final int SHORTEST = 8;

  /// What is encoded of a shorter text could be a part of any word.
  private static final int SHORTEST_ENCODED = 8;

  /// The characters around a token in `Token token="…"` and `name=…; other=…`.
  private static final Pattern MARKS = Pattern.compile("[=;,:\"]+");

  private static final Pattern SPACES = Pattern.compile("\\s+");

  private static final String BASIC = "Basic ";

  private static final Map<Integer, String> HTML =
      Map.of((int) '&', "&amp;", (int) '<', "&lt;", (int) '>', "&gt;", (int) '"', "&quot;");

  private final List<Secret> headers;

  private SecretRedactor(List<Secret> headers) {
    this.headers = List.copyOf(headers);
  }

  /// Hides what the values of headers carry: each of their words, and the user and password of
  /// basic authorization.
  public static SecretRedactor ofHeaders(List<Secret> values) {
    return new SecretRedactor(values);
  }

  /// Hides another secret too.
  public SecretRedactor and(Secret another) {
    return and(new SecretRedactor(List.of(another)));
  }

  /// Hides what the other hides too.
  public SecretRedactor and(SecretRedactor other) {
    var all = new ArrayList<>(headers);
    all.addAll(other.headers);
    return new SecretRedactor(all);
  }

  /// The text without the secrets of this.
  public String redact(String text) {
    String redacted = text;
    for (Secret secret : words()) {
      redacted = hide(secret, redacted);
    }
    return redacted;
  }

  /// The text without one secret, ignoring case: a server may send back what it was sent, also
  /// encoded for a URL, JSON or HTML, in hexadecimal or in base64.
  public static String hide(Secret secret, String text) {
    String hidden = secret.reveal();
    return hidden.isEmpty() || text.length() < hidden.length()
        ? text
        : pattern(hidden).matcher(text).replaceAll(SHOWN);
  }

  /// Whether the text has a word that looks like a token.
  public static boolean hasToken(String text) {
    return TOKEN.matcher(text).find();
  }

  /// The text without words that look like a token, for texts in which one may stand in the wrong
  /// place, such as a key of a file or the value of an unknown flag.
  public static String hideTokens(String text) {
    return TOKEN.matcher(text).replaceAll(SHOWN);
  }

  private List<Secret> words() {
    var secrets = new ArrayList<Secret>();
    for (Secret header : headers) {
      addWords(header.reveal(), secrets);
      addWords(decoded(header.reveal()), secrets);
    }
    return secrets;
  }

  private static void addWords(String text, List<Secret> secrets) {
    for (String part : SPACES.split(text, -1)) {
      add(part, secrets);
      String[] words = MARKS.split(part, -1);
      if (words.length > 1) {
        for (String word : words) {
          add(word, secrets);
        }
      }
    }
  }

  private static void add(String word, List<Secret> secrets) {
    if (word.length() >= SHORTEST) {
      secrets.add(new Secret(word));
    }
  }

  /// User and password of `Basic …`; empty of anything else.
  private static String decoded(String value) {
    if (!value.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      return "";
    }
    try {
      return new String(Base64.getDecoder().decode(value.substring(BASIC.length()).strip()), UTF_8);
    } catch (IllegalArgumentException _) {
      return "";
    }
  }

  private static Pattern pattern(String text) {
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
    return text.codePoints().mapToObj(SecretRedactor::escaped).collect(joining());
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
}
