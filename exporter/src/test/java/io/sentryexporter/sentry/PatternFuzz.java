package io.sentryexporter.sentry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Any pattern of slugs, in the first line, and any slug, in the second: they match if, and only
/// if, the same as a regular expression does.
public final class PatternFuzz {
  /// Beyond it the regular expression takes too long, not the pattern.
  private static final int MOST_STARS = 3;

  private PatternFuzz() {}

  public static void check(byte[] lines) {
    var text = new String(lines, UTF_8).split("\n", 2);
    var pattern = SlugPattern.of(text[0]);
    if (pattern == null) {
      assertThat(text[0].length()).isGreaterThan(100);
      return;
    }
    String slug = text.length > 1 ? text[1] : "";
    boolean matches = pattern.matches(slug);

    assertThat(pattern.isWhole()).isEqualTo(!text[0].contains("*"));
    if (pattern.isWhole()) {
      assertThat(matches).isEqualTo(text[0].equals(slug));
    }
    if (text[0].chars().filter(c -> c == '*').count() <= MOST_STARS && slug.length() <= 100) {
      assertThat(matches).isEqualTo(expression(text[0]).matcher(slug).matches());
    }
  }

  private static Pattern expression(String pattern) {
    return Pattern.compile(
        Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
        Pattern.DOTALL);
  }
}
