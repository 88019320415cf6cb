package io.sentryexporter.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// How a secret may stand in a text: as it is, in hexadecimal or in base64. Letters may be of
/// either case; any character may be escaped for a URL, JSON or HTML, also several times; and there
/// may be more or fewer spaces.
///
/// A text is compared by hand. A regular expression of all these ways takes milliseconds and
/// megabytes to be compiled, for each secret of each failed request.
final class SecretForm {
  /// Backslashes, zeros or the like before a character; and spaces for one.
  private static final int MOST = 32;

  private static final Pattern SPACES = Pattern.compile("\\s+");

  /// A place before which an escape ends, whose last character is a letter or digit.
  private static final Pattern AFTER_ESCAPE =
      Pattern.compile("(?<=%[0-9A-Fa-f]{2}|\\\\u[0-9A-Fa-f]{4}|\\\\[bfnrtBFNRT])");

  private static final Map<String, String> HTML =
      Map.of("&", "&amp;", "<", "&lt;", ">", "&gt;", "\"", "&quot;");

  /// What stands around a form.
  private enum Edges {
    /// Anything.
    ANY,
    /// What is no letter or digit, where the form begins or ends with one.
    WORD,
    /// Characters of base64 that depend on what comes before and after the secret, and are part of
    /// it: one before and three after at most.
    BASE64
  }

  /// The code points, with one space for any number of them.
  private final int[] points;

  private final Edges edges;

  private SecretForm(String text, Edges edges) {
    points = SPACES.matcher(text).replaceAll(" ").codePoints().toArray();
    this.edges = edges;
  }

  /// A secret as it is, wherever it stands.
  static List<SecretForm> plain(String secret) {
    return List.of(new SecretForm(secret, Edges.ANY));
  }

  /// A secret wherever it stands, encoded or not.
  static List<SecretForm> encoded(String secret) {
    byte[] bytes = secret.getBytes(UTF_8);
    var forms = new ArrayList<>(plain(secret));
    forms.add(new SecretForm(HexFormat.of().formatHex(bytes), Edges.ANY));
    for (int before = 0; before < 3; before++) {
      forms.add(new SecretForm(base64(bytes, before), Edges.BASE64));
    }
    return forms;
  }

  /// A secret that stands alone, encoded or not.
  static List<SecretForm> words(String secret) {
    byte[] bytes = secret.getBytes(UTF_8);
    String base64 = Base64.getEncoder().withoutPadding().encodeToString(bytes);
    return List.of(
        new SecretForm(secret, Edges.WORD),
        new SecretForm(HexFormat.of().formatHex(bytes), Edges.WORD),
        new SecretForm(base64, Edges.WORD));
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

  /// The text with another in place of each of the forms.
  static String replaceAll(List<SecretForm> forms, String text, String replacement) {
    var replaced = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      int end = end(forms, text, at);
      if (end > at) {
        replaced.append(replacement);
        at = end;
      } else {
        replaced.append(text.charAt(at++));
      }
    }
    return replaced.toString();
  }

  /// Whether one of the forms stands in the text.
  static boolean isIn(List<SecretForm> forms, String text) {
    for (int at = 0; at < text.length(); at++) {
      if (end(forms, text, at) > at) {
        return true;
      }
    }
    return false;
  }

  /// Where the first of the forms that begins at a place ends; -1 for none.
  private static int end(List<SecretForm> forms, String text, int begin) {
    for (SecretForm form : forms) {
      int end = form.end(text, begin);
      if (end > begin) {
        return end;
      }
    }
    return -1;
  }

  private int end(String text, int begin) {
    return switch (edges) {
      case ANY -> endOfCharacters(text, begin);
      case WORD -> endOfWord(text, begin);
      case BASE64 -> {
        int end = isOfBase64(text, begin, "+/-") ? endOfCharacters(text, begin + 1) : -1;
        end = end < 0 ? endOfCharacters(text, begin) : end;
        for (int after = 0; after < 3 && end > 0 && isOfBase64(text, end, "+/=-"); after++) {
          end++;
        }
        yield end;
      }
    };
  }

  private int endOfWord(String text, int begin) {
    if (isOfWord(points[0]) && isWithinWord(text, begin)) {
      return -1;
    }
    int end = endOfCharacters(text, begin);
    boolean isCut = end >= 0 && end < text.length() && isOfWord(text.charAt(end));
    return isCut && isOfWord(points[points.length - 1]) ? -1 : end;
  }

  private static boolean isWithinWord(String text, int at) {
    return at > 0
        && isOfWord(text.charAt(at - 1))
        && !AFTER_ESCAPE
            .matcher(text)
            .useTransparentBounds(true)
            .region(at, text.length())
            .lookingAt();
  }

  private static boolean isOfBase64(String text, int at, String signs) {
    return at < text.length() && (isOfWord(text.charAt(at)) || signs.indexOf(text.charAt(at)) >= 0);
  }

  private static boolean isOfWord(int point) {
    return (point < 128 && Character.isLetterOrDigit(point)) || point == '_';
  }

  /// Where all characters, from a place on, end at the latest; -1 if they do not stand there. All
  /// ends that the characters so far may have are looked at together, so that none is read twice.
  private int endOfCharacters(String text, int begin) {
    if (begin >= text.length() || !canBegin(text, begin)) {
      return -1;
    }
    var ends = new Ends(text, begin);
    for (int i = 0; i < points.length && !ends.isEmpty(); i++) {
      ends = ends.after(points[i]);
    }
    return ends.isEmpty() ? -1 : ends.last();
  }

  /// A quick look that spares most places of a text the rest.
  private boolean canBegin(String text, int begin) {
    return "\\%&".indexOf(text.charAt(begin)) >= 0
        || "+/ ".indexOf(points[0]) >= 0
        || lower(text.codePointAt(begin)) == lower(points[0]);
  }

  private static int lower(int point) {
    return Character.toLowerCase(Character.toUpperCase(point));
  }

  /// The places in a text at which what has been read may end.
  private static final class Ends {
    private final String text;
    private final int begin;
    private final BitSet offsets = new BitSet();

    /// Before anything has been read.
    Ends(String text, int begin) {
      this.text = text;
      this.begin = begin;
      offsets.set(0);
    }

    boolean isEmpty() {
      return offsets.isEmpty();
    }

    int last() {
      return begin + offsets.length() - 1;
    }

    /// The places at which the next character may end.
    Ends after(int point) {
      Ends next = afterOne(point);
      if (point == ' ') {
        Ends last = next;
        for (int more = 1; more < MOST && !last.isEmpty(); more++) {
          last = last.afterOne(point);
          next.offsets.or(last.offsets);
        }
      }
      return next;
    }

    private Ends afterOne(int point) {
      Ends next = none();
      String character = Character.toString(point);
      for (int at : places()) {
        next.addAfter("\\", at, character);
        next.addIfThere(at, HTML.getOrDefault(character, character));
        next.addNumbered(at, point);
        next.addPercent(at, character.getBytes(UTF_8));
        if (isAnother(text.charAt(at), point)) {
          next.add(at + 1);
        }
      }
      return next;
    }

    /// The ends after which there is more text.
    private int[] places() {
      return offsets.stream()
          .map(offset -> begin + offset)
          .filter(at -> at < text.length())
          .toArray();
    }

    private Ends none() {
      var none = new Ends(text, begin);
      none.offsets.clear();
      return none;
    }

    private void add(int end) {
      offsets.set(end - begin);
    }

    private void addIfThere(int at, String wanted) {
      if (text.regionMatches(true, at, wanted, 0, wanted.length())) {
        add(at + wanted.length());
      }
    }

    /// Adds the ends of what stands, at a place, after any number of others.
    private void addAfter(String others, int at, String wanted) {
      int next = at;
      for (int i = 0; i <= MOST; i++) {
        addIfThere(next, wanted);
        if (!text.startsWith(others, next)) {
          return;
        }
        next += others.length();
      }
    }

    /// As a number, in JSON or HTML.
    private void addNumbered(int at, int point) {
      String hex = Integer.toHexString(point);
      int letter = at;
      while (text.startsWith("\\", letter) && letter < at + MOST) {
        letter++;
      }
      if (letter > at && text.regionMatches(true, letter, "u", 0, 1)) {
        addAfter("0", letter + 1, hex);
      }
      if (text.startsWith("&#", at)) {
        addAfter("0", at + 2, point + ";");
        if (text.regionMatches(true, at + 2, "x", 0, 1)) {
          addAfter("0", at + 3, hex + ";");
        }
      }
    }

    /// As bytes that are encoded for a URL, once or more.
    private void addPercent(int at, byte[] bytes) {
      Ends ends = none();
      ends.add(at);
      for (byte each : bytes) {
        Ends next = none();
        for (int from : ends.places()) {
          if (text.charAt(from) == '%') {
            next.addAfter("25", from + 1, HexFormat.of().toHexDigits(each));
          }
        }
        ends = next;
      }
      offsets.or(ends.offsets);
    }

    /// Whether base64 for URLs, or a form, has another character in place of one.
    private static boolean isAnother(char character, int of) {
      return switch (of) {
        case '+' -> character == '-';
        case '/' -> character == '_';
        case ' ' -> character == '+' || Character.isWhitespace(character);
        default -> false;
      };
    }
  }
}
