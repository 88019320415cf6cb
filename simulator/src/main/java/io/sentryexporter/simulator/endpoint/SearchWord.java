package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.message.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A word of Sentry's search language: `level:error`, `!is:resolved`, `level:[error,fatal]`, or a
/// text to look for, whose key is empty.
///
/// @param values alternatives, at least one
record SearchWord(boolean negated, String key, List<String> values) {
  private static final Pattern WORD =
      Pattern.compile(
          "(?<not>!?)(?:(?<key>[a-zA-Z_.]+):)?(?:\"(?<quoted>[^\"]*)\"|(?<plain>\\S+))");

  /// The words of a search.
  static List<SearchWord> parse(String search) throws Refused {
    var words = new ArrayList<SearchWord>();
    var matcher = WORD.matcher(search);
    for (var end = 0; end < search.length(); ) {
      if (Character.isWhitespace(search.charAt(end))) {
        end++;
      } else if (matcher.find(end) && matcher.start() == end) {
        var key = matcher.group("key");
        var quoted = matcher.group("quoted");
        var values = quoted == null ? alternatives(matcher.group("plain")) : List.of(quoted);
        words.add(new SearchWord(!matcher.group("not").isEmpty(), key == null ? "" : key, values));
        end = matcher.end();
      } else {
        throw refused(search.substring(end));
      }
    }
    return words;
  }

  private static List<String> alternatives(String text) {
    return text.startsWith("[") && text.endsWith("]")
        ? List.of(text.substring(1, text.length() - 1).split(",", -1))
        : List.of(text);
  }

  static Refused refused(String what) {
    return Refused.badRequest("Error parsing search query: " + what);
  }

  String value() {
    return values.getFirst();
  }

  /// True if it matches one value of a key.
  boolean isPlain(String wanted) {
    return !negated && key.equals(wanted) && values.size() == 1;
  }

  /// True if it matches `actual`.
  boolean accepts(String actual) {
    return values.contains(actual) != negated;
  }

  @Override
  public String toString() {
    return (negated ? "!" : "") + (key.isEmpty() ? "" : key + ":") + String.join(",", values);
  }
}
