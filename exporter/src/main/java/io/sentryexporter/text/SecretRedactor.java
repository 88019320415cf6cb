package io.sentryexporter.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.regex.Pattern.CASE_INSENSITIVE;
import static java.util.regex.Pattern.UNICODE_CASE;
import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Hides secrets in texts that are shown: in messages, logs, traces and pages.
///
/// Secrets that are known are found in any encoding that a server may send them back in; words that
/// look like a token of Sentry, GlitchTip or another service are found by their shape. Each is
/// looked for as a whole before its parts are.
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
          "(?i:sntry[a-z]{1,2}_[\\w.+/=-]+)"
              + "|(?<![A-Za-z0-9])(?:gh[a-z]_|gl[a-z]+-)?(?=[A-Za-z]*[0-9])(?=[0-9]*[A-Za-z])"
              + "(?:[0-9A-Fa-f]{32,}|[A-Za-z0-9+=]{24,})(?![A-Za-z0-9])"
              + "|(?<=://)[^/@\\s]+(?=@)");

  /// A shorter secret is hidden only in what a server sent, for it could be a name or a part of any
  /// word; a shorter part of a secret is no secret.
  private static final int SHORTEST = 8;

  /// A shorter secret is not looked for as a word alone: what a server sent with it is left out.
  private static final int SHORTEST_WORD = 4;

  /// Before a word: no letter or digit, unless these end an escape such as `%3a`.
  private static final String WORD_BEGINS =
      "(?<=^|[^A-Za-z0-9_]|%[0-9a-f]{2}|\\\\u[0-9a-f]{4}|\\\\[bfnrt])";

  private static final String WORD_ENDS = "(?![A-Za-z0-9_])";

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

  /// Hides what the values of headers carry: each as a whole and each of their words, and the user
  /// and password of basic authorization.
  public static SecretRedactor ofHeaders(List<Secret> values) {
    return new SecretRedactor(values);
  }

  /// Hides another secret too.
  public SecretRedactor and(Secret another) {
    return and(new SecretRedactor(List.of(another)));
  }

  /// Hides what the other hides too.
  public SecretRedactor and(SecretRedactor other) {
    if (other.headers.isEmpty()) {
      return this;
    }
    var all = new ArrayList<>(headers);
    all.addAll(other.headers);
    return new SecretRedactor(all);
  }

  /// The text without the secrets of this. Short ones stay: a target may be named like one.
  public String redact(String text) {
    return redact(text, SHORTEST);
  }

  /// A message that quotes a server, without the secrets of this: short ones are hidden where they
  /// stand as words.
  public String redactWords(String text) {
    return redact(text, 1);
  }

  /// A text that a server sent, without the secrets of this. It is left out as a whole if it has
  /// one that is too short to be hidden.
  public String redactReply(String text) {
    String redacted = redact(text, SHORTEST_WORD);
    boolean isLeftOut =
        secrets().stream()
            .filter(secret -> secret.length() < SHORTEST_WORD)
            .anyMatch(secret -> compiled(escaped(secret)).matcher(redacted).find());
    return isLeftOut ? SHOWN : redacted;
  }

  private String redact(String text, int shortest) {
    String redacted = text;
    for (String secret : secrets()) {
      if (secret.length() >= SHORTEST) {
        redacted = hide(new Secret(secret), redacted);
      } else if (secret.length() >= shortest) {
        redacted = word(secret).matcher(redacted).replaceAll(SHOWN);
      }
    }
    return redacted;
  }

  /// The text without one secret, ignoring case: a server may send back what it was sent, also
  /// encoded for a URL, JSON or HTML, in hexadecimal or in base64.
  public static String hide(Secret secret, String text) {
    String hidden = secret.reveal();
    return hidden.isEmpty() || text.isEmpty()
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

  /// The longest first, for others may be parts of it.
  private List<String> secrets() {
    var secrets = new LinkedHashSet<String>();
    for (Secret header : headers) {
      String pair = decoded(header.reveal());
      String password = pair.substring(pair.indexOf(':') + 1);
      secrets.add(header.reveal().strip());
      secrets.add(pair);
      secrets.add(password.isEmpty() ? pair.replace(":", "") : password);
      addWords(header.reveal(), secrets);
      addWords(pair, secrets);
    }
    secrets.remove("");
    return secrets.stream().sorted(Comparator.comparingInt(String::length).reversed()).toList();
  }

  private static void addWords(String text, Set<String> secrets) {
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

  private static void add(String word, Set<String> secrets) {
    if (word.length() >= SHORTEST) {
      secrets.add(word);
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
    if (text.length() >= SHORTEST) {
      byte[] bytes = text.getBytes(UTF_8);
      forms.add(escaped(HexFormat.of().formatHex(bytes)));
      for (int before = 0; before < 3; before++) {
        forms.add("[\\w+/-]?" + escaped(base64(bytes, before)) + "[\\w+/=-]{0,3}");
      }
    }
    return compiled(String.join("|", forms));
  }

  /// A pattern for a short text that stands alone, as it is or encoded.
  private static Pattern word(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    String encoded = Base64.getEncoder().withoutPadding().encodeToString(bytes);
    String begin = isOfWord(text.charAt(0)) ? WORD_BEGINS : "";
    String end = isOfWord(text.charAt(text.length() - 1)) ? WORD_ENDS : "";
    return compiled(
        (begin + escaped(text) + end)
            + ("|" + WORD_BEGINS + HexFormat.of().formatHex(bytes) + WORD_ENDS)
            + ("|" + WORD_BEGINS + escaped(encoded) + WORD_ENDS + "=*"));
  }

  private static boolean isOfWord(char character) {
    return Character.isLetterOrDigit(character) || character == '_';
  }

  private static Pattern compiled(String regex) {
    return Pattern.compile(regex, CASE_INSENSITIVE | UNICODE_CASE);
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

  /// A pattern for the text, in which any character may be escaped, and there may be more or fewer
  /// spaces.
  private static String escaped(String text) {
    return SPACES
        .matcher(text)
        .replaceAll(" ")
        .codePoints()
        .mapToObj(point -> escaped(point) + (point == ' ' ? "{1,32}" : ""))
        .collect(joining());
  }

  private static String escaped(int point) {
    String plain = Pattern.quote(Character.toString(point));
    String hex = Integer.toHexString(point);
    String percent =
        HexFormat.of()
            .formatHex(Character.toString(point).getBytes(UTF_8))
            .replaceAll("..", "%(?:25){0,32}$0");
    String other = point == '+' ? "|-" : point == '/' ? "|_" : point == ' ' ? "|\\s|\\+" : "";
    String html = HTML.containsKey(point) ? "|" + HTML.get(point) : "";
    return "(?:\\\\{0,32}"
        + plain
        + "|"
        + percent
        + "|\\\\{1,32}u0{0,32}"
        + hex
        + "|&#0{0,32}"
        + point
        + ";|&#x0{0,32}"
        + hex
        + ";"
        + other
        + html
        + ")";
  }
}
