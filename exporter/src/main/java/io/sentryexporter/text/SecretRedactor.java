package io.sentryexporter.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Hides secrets in texts that are shown: in messages, logs, traces and pages.
///
/// Secrets that are known are found in any encoding that a server may send them back in; words that
/// look like a token of Sentry, GlitchTip or another service are found by their shape. Each is
/// looked for as a whole before its parts are.
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

  /// The characters around a token in `Token token="…"` and `name=…; other=…`.
  private static final Pattern MARKS = Pattern.compile("[=;,:\"]+");

  private static final Pattern SPACES = Pattern.compile("\\s+");

  private static final String BASIC = "Basic ";

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
            .anyMatch(secret -> SecretForm.isIn(SecretForm.plain(secret), redacted));
    return isLeftOut ? SHOWN : redacted;
  }

  private String redact(String text, int shortest) {
    String redacted = text;
    for (String secret : secrets()) {
      if (secret.length() >= SHORTEST) {
        redacted = hide(new Secret(secret), redacted);
      } else if (secret.length() >= shortest) {
        redacted = SecretForm.replaceAll(SecretForm.words(secret), redacted, SHOWN);
      }
    }
    return redacted;
  }

  /// The text without one secret, ignoring case: a server may send back what it was sent, also
  /// encoded for a URL, JSON or HTML, in hexadecimal or in base64.
  public static String hide(Secret secret, String text) {
    String hidden = secret.reveal();
    if (hidden.isEmpty()) {
      return text;
    }
    var forms = hidden.length() < SHORTEST ? SecretForm.plain(hidden) : SecretForm.encoded(hidden);
    return SecretForm.replaceAll(forms, text, SHOWN);
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
}
