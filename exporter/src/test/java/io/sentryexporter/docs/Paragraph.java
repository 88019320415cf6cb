package io.sentryexporter.docs;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Wraps text of a generated page into lines of at most 100 characters.
public final class Paragraph {
  private static final int LONGEST_LINE = 100;

  /// A word, or code, in which no line ends.
  private static final Pattern WORD = Pattern.compile("(?:`[^`]*`|[^\\s`])+");

  private Paragraph() {}

  /// Lines that end with a line feed.
  ///
  /// @param first stands before the first line
  /// @param others stands before each further line
  public static String of(String first, String others, String text) {
    var lines = new StringBuilder();
    var line = new StringBuilder(first);
    int start = first.length();
    for (String word : WORD.matcher(text).results().map(MatchResult::group).toList()) {
      if (line.length() > start && line.length() + 1 + word.length() > LONGEST_LINE) {
        lines.append(line).append('\n');
        line = new StringBuilder(others);
        start = others.length();
      }
      line.append(line.length() > start ? " " : "").append(word);
    }
    return lines.append(line).append('\n').toString();
  }
}
