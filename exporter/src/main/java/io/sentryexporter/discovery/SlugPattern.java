package io.sentryexporter.discovery;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A slug, or a pattern of slugs in which `*` stands for any characters.
///
/// @param text without more than three `*`: each multiplies the time that a comparison may take
public record SlugPattern(String text, Pattern pattern) {
  private static final int LONGEST = 100;
  private static final int MOST_STARS = 3;

  /// Reads a pattern; null if it is too long or has too many `*`.
  public static @Nullable SlugPattern of(String text) {
    String[] parts = text.split("\\*", -1);
    if (text.length() > LONGEST || parts.length > MOST_STARS + 1) {
      return null;
    }
    String regex = Arrays.stream(parts).map(Pattern::quote).collect(Collectors.joining(".*"));
    return new SlugPattern(text, Pattern.compile(regex));
  }

  /// Whether it is a slug.
  boolean isWhole() {
    return text.indexOf('*') < 0;
  }

  boolean matches(String slug) {
    return pattern.matcher(slug).matches();
  }
}
