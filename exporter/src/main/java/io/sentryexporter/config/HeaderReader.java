package io.sentryexporter.config;

import io.sentryexporter.http.Header;
import io.sentryexporter.sentry.TokenReader;
import io.sentryexporter.text.Secret;
import io.sentryexporter.yaml.Location;
import io.sentryexporter.yaml.YamlEntry;
import io.sentryexporter.yaml.YamlMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads the headers of a module. Their values are secrets: no message quotes one.
final class HeaderReader {
  private static final String BEARER = "Bearer ";
  private static final Pattern SCHEME = Pattern.compile("(?i)bearer|token|basic|dsn");

  private HeaderReader() {}

  static List<Header> read(YamlMap yaml) {
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
    if (header.is("Authorization") && isOneWord && !TokenText.isPlaceholder(value)) {
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

  private static boolean isNameUsable(YamlEntry entry, List<Header> before) {
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
    } else if (!TokenText.warnOfPlaceholder(text, location)
        && text.chars().anyMatch(c -> c > '~')) {
      location.warn("a character beyond ASCII in the value; type it anew");
    }
    return true;
  }
}
