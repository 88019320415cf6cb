package io.sentryexporter.config;

import io.sentryexporter.http.Header;
import io.sentryexporter.sentry.TokenReader;
import io.sentryexporter.text.Secret;
import io.sentryexporter.yaml.Location;
import io.sentryexporter.yaml.YamlMap;
import io.sentryexporter.yaml.YamlMap.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads tokens and headers. Their values are secrets: no message quotes one.
final class SecretReader {
  private static final String BEARER = "Bearer ";
  private static final Pattern SCHEME = Pattern.compile("(?i)bearer|token|basic|dsn");

  /// Placeholders for the token in the old documentation and the exporter's own: `{TOKEN}`,
  /// `TOKEN`, and `<secret>`, which `/config` shows.
  private static final Pattern PLACEHOLDER =
      Pattern.compile(".*[{<]\\w+[>}].*|(\\w+ +)?(TOKEN|\\$\\w+)");

  private SecretReader() {}

  private static boolean isPlaceholder(String text) {
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

  /// A token of Sentry, without the spaces around it; null after an error.
  static @Nullable Secret token(String text, Location location) {
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

  /// The headers of a module.
  static List<Header> headers(YamlMap yaml) {
    var headers = new ArrayList<Header>();
    for (var entry : yaml.entries()) {
      var value = entry.text().map(String::strip);
      if (isNameUsable(entry, headers) && isValueUsable(value, entry.location())) {
        var header = new Header(entry.name(), new Secret(value.orElseThrow()));
        warn(header, entry.location());
        headers.add(header);
      }
    }
    return headers;
  }

  private static void warn(Header header, Location location) {
    if (header.isOfBody()) {
      location.warn("not sent, for the requests have no body; remove it");
    }
    String value = header.value().reveal();
    if (header.is("Authorization")) {
      warnOfToken(value, location);
    }
    boolean isOneWord = !value.isEmpty() && !value.contains(" ");
    if (header.is("Authorization") && isOneWord && !isPlaceholder(value)) {
      location.warn(
          SCHEME.matcher(value).matches()
              ? "no token behind the word; write it"
              : "a token alone is not understood; write the word Bearer before it");
    }
  }

  private static void warnOfToken(String value, Location location) {
    if (value.matches("[\"'].*|(?i:bearer|token) +[\"'].*")) {
      location.warn("has quotes in it, which are sent to Sentry; remove them");
    }
    misuse(value).ifPresent(location::warn);
  }

  /// As [TokenReader#misuseOf], of the header Authorization.
  static Optional<String> misuse(String authorization) {
    return authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? TokenReader.misuseOf(authorization.substring(BEARER.length()).strip())
        : Optional.empty();
  }

  /// Whether a header is present, in any case.
  static boolean has(String name, List<Header> headers) {
    return headers.stream().anyMatch(header -> header.is(name));
  }

  private static boolean isNameUsable(Entry entry, List<Header> before) {
    if (!Header.isName(entry.name())) {
      // not quoted: a token may have slipped into the name
      entry.nameLocation().error("not a header name; write letters, digits and -, then a colon");
      return false;
    }
    if (has(entry.name(), before)) {
      entry.nameLocation().error("the same header in other letters is above; keep one of them");
      return false;
    }
    return true;
  }

  private static boolean isValueUsable(Optional<String> value, Location location) {
    if (value.isEmpty()) {
      return false; // already reported
    }
    var text = value.get();
    if (!Header.isValue(text)) {
      location.error("a line break or control character in the value; write it in one line");
      return false;
    }
    if (text.isEmpty()) {
      location.warn("empty; write the value, or remove the key");
    } else if (!warnOfPlaceholder(text, location) && text.chars().anyMatch(c -> c > '~')) {
      location.warn("a character beyond ASCII in the value; type it anew");
    }
    return true;
  }
}
