package io.sentryexporter.sentry;

import org.jspecify.annotations.Nullable;

/// A slug, or a pattern of slugs in which `*` stands for any characters.
public record SlugPattern(String text) {
  private static final int LONGEST = 100;

  /// Reads a pattern; null if it is longer than a slug.
  public static @Nullable SlugPattern of(String text) {
    return text.length() > LONGEST ? null : new SlugPattern(text);
  }

  /// Whether it is a slug.
  public boolean isWhole() {
    return text.indexOf('*') < 0;
  }

  /// Takes time in proportion to both lengths at most: only the last `*` is tried at other places.
  public boolean matches(String slug) {
    int at = 0;
    int star = -1;
    int retry = 0;
    for (int i = 0; i < slug.length(); ) {
      if (at < text.length() && text.charAt(at) == '*') {
        star = at++;
        retry = i;
      } else if (at < text.length() && text.charAt(at) == slug.charAt(i)) {
        at++;
        i++;
      } else if (star >= 0) {
        at = star + 1;
        i = ++retry;
      } else {
        return false;
      }
    }
    while (at < text.length() && text.charAt(at) == '*') {
      at++;
    }
    return at == text.length();
  }
}
