package io.sentryexporter.text;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Finds the word that a misspelt one was meant to be.
public final class Misspelling {
  private static final int LONGEST = 48;

  private Misspelling() {}

  /// The known word nearest to `word`, if it is near enough to be meant by it; else the shortest of
  /// which it is a part, as `token` of `auth_token`.
  public static Optional<String> closest(String word, List<String> known) {
    if (word.length() > LONGEST) {
      return Optional.empty();
    }
    return known.stream()
        .filter(candidate -> distance(word, candidate) <= tolerance(candidate))
        .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
        .or(() ->
            known.stream()
                .filter(candidate -> List.of(candidate.split("_", -1)).contains(plain(word)))
                .min(Comparator.comparingInt(String::length)));
  }

  /// Edits between two words, ignoring case and whether `-` or `_` joins their parts.
  private static int distance(String word, String candidate) {
    return edits(plain(word), plain(candidate));
  }

  private static String plain(String word) {
    return word.toLowerCase(Locale.ROOT).replace('-', '_');
  }

  private static int tolerance(String word) {
    return Math.max(1, word.length() / 3);
  }

  /// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
  private static int edits(String a, String b) {
    var d = new int[a.length() + 1][b.length() + 1];
    for (var i = 0; i <= a.length(); i++) {
      for (var j = 0; j <= b.length(); j++) {
        d[i][j] = i == 0 || j == 0 ? i + j : step(d, a, b, i, j);
      }
    }
    return d[a.length()][b.length()];
  }

  private static int step(int[][] d, String a, String b, int i, int j) {
    var replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
    var best = Math.min(replace, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
    var swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, d[i - 2][j - 2] + 1) : best;
  }
}
