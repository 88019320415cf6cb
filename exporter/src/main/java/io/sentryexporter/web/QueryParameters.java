package io.sentryexporter.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The parameters of a query, read as Go's `net/url` reads them, so that the old exporters' URLs
/// mean the same: `+` is a space, the first of several values wins, and a pair with a broken escape
/// or a semicolon counts as absent.
///
/// A pair that is not UTF-8 is absent, too. A query longer than [#MAX_CHARS] or with more than
/// [#MAX_PAIRS] pairs has no parameters at all.
public final class QueryParameters {
  static final int MAX_CHARS = 64 << 10;
  static final int MAX_PAIRS = 1024;

  private final Map<String, List<String>> values = new LinkedHashMap<>();
  private boolean isWhole = true;

  private QueryParameters() {}

  /// Reads a query as it was sent; null if the request has none.
  public static QueryParameters parse(@Nullable String query) {
    var parameters = new QueryParameters();
    if (query != null) {
      var pairs = query.length() > MAX_CHARS ? new String[0] : query.split("&", MAX_PAIRS + 1);
      parameters.isWhole = query.length() <= MAX_CHARS && pairs.length <= MAX_PAIRS;
      if (parameters.isWhole) {
        for (var pair : pairs) {
          parameters.add(pair);
        }
      }
    }
    return parameters;
  }

  private void add(String pair) {
    if (pair.isEmpty()) {
      return;
    }
    int equals = pair.indexOf('=');
    var name = decode(equals < 0 ? pair : pair.substring(0, equals));
    var value = decode(equals < 0 ? "" : pair.substring(equals + 1));
    if (name == null || value == null || pair.indexOf(';') >= 0) {
      isWhole = false;
    } else {
      values.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
    }
  }

  /// Whether the query has no pair but those that are here.
  boolean isWhole() {
    return isWhole;
  }

  /// The first value of that name, empty for `name` and `name=`; null if there is none.
  public @Nullable String first(String name) {
    List<String> all = values.get(name);
    return all == null ? null : all.getFirst();
  }

  /// All values of that name, in their order.
  List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  /// The names that have a value, in their order.
  Set<String> names() {
    return values.keySet();
  }

  private static @Nullable String decode(String text) {
    var bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        if (i + 2 >= text.length() || !isHex(text.charAt(i + 1)) || !isHex(text.charAt(i + 2))) {
          return null;
        }
        bytes.write(Integer.parseInt(text, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(c == '+' ? ' ' : c); // a character is a byte as it was sent
      }
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
    } catch (CharacterCodingException _) {
      return null;
    }
  }

  private static boolean isHex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }
}
