package io.sentryexporter.config;

import io.sentryexporter.http.Header;
import io.sentryexporter.http.Secret;
import io.sentryexporter.yaml.Place;
import io.sentryexporter.yaml.YamlEntry;
import io.sentryexporter.yaml.YamlMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads the headers of a module. Their values are secrets: no message quotes one.
final class Headers {
  /// `token` of RFC 9110, section 5.6.2.
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private Headers() {}

  static List<Header> read(YamlMap yaml) {
    var headers = new ArrayList<Header>();
    for (var entry : yaml.entries()) {
      var value = entry.text().map(String::strip);
      if (isNameUsable(entry, headers) && isValueUsable(value, entry.place())) {
        headers.add(new Header(entry.name(), new Secret(value.orElseThrow())));
      }
    }
    return headers;
  }

  /// Whether a header is there, in whatever case.
  static boolean has(String name, List<Header> headers) {
    return headers.stream().anyMatch(header -> header.name().equalsIgnoreCase(name));
  }

  private static boolean isNameUsable(YamlEntry entry, List<Header> before) {
    if (!NAME.matcher(entry.name()).matches()) {
      // not quoted: a token may have slipped into the name
      entry.namePlace().error("not a header name; write letters, digits and -, then a colon");
      return false;
    }
    if (has(entry.name(), before)) {
      entry.namePlace().error("the same header in other letters is above; keep one of them");
      return false;
    }
    return true;
  }

  private static boolean isValueUsable(Optional<String> value, Place place) {
    if (value.isEmpty()) {
      return false; // already complained of
    }
    var text = value.get();
    if (text.chars().anyMatch(c -> Character.isISOControl(c) && c != '\t')) {
      place.error("a line break or control character in the value; write it in one line");
      return false;
    }
    if (text.isEmpty()) {
      place.warn("empty; write the value, or remove the key");
    } else if (!TokenText.warnOfPlaceholder(text, place) && text.chars().anyMatch(c -> c > '~')) {
      place.warn("a character beyond ASCII in the value; type it anew");
    }
    return true;
  }
}
