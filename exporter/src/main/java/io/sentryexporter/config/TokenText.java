package io.sentryexporter.config;

import io.sentryexporter.sentry.TokenReader;
import io.sentryexporter.text.Secret;
import io.sentryexporter.yaml.Location;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads a token of Sentry, which no message quotes.
final class TokenText {
  /// Placeholders for the token in the old documentation and the exporter's own: `{TOKEN}`,
  /// `TOKEN`, and `<secret>`, which `/config` shows.
  private static final Pattern PLACEHOLDER =
      Pattern.compile(".*[{<]\\w+[>}].*|(\\w+ +)?(TOKEN|\\$\\w+)");

  private TokenText() {}

  static boolean isPlaceholder(String text) {
    return PLACEHOLDER.matcher(text).matches();
  }

  /// Warns of a placeholder; whether there is one.
  static boolean warnOfPlaceholder(String text, Location location) {
    if (!isPlaceholder(text)) {
      return false;
    }
    location.warn(
        text.contains("$")
            ? "a variable is not filled in here; write your token instead"
            : "the example's placeholder still stands here; write your token instead");
    return true;
  }

  /// Without the spaces around it; null after an error.
  static @Nullable Secret read(String text, Location location) {
    String token = text.strip();
    if (token.isEmpty()) {
      location.error("empty; write the token");
      return null;
    }
    if (token.regionMatches(true, 0, "Bearer ", 0, "Bearer ".length())) {
      location.error("begins with \"Bearer\"; write the token alone");
      return null;
    }
    if (warnOfPlaceholder(token, location)) {
      return new Secret(token);
    }
    if (!token.chars().allMatch(c -> c > ' ' && c <= '~')) {
      location.error("a space or other character that no token has; copy it anew");
      return null;
    }
    Optional<String> fault = TokenReader.faultOf(token);
    if (fault.isPresent()) {
      location.error(fault.get() + "; write the token, the whole and nothing else");
      return null;
    }
    TokenReader.misuseOf(token).ifPresent(location::warn);
    return new Secret(token);
  }
}
