package io.sentryexporter.probe;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.http.Header;
import io.sentryexporter.sentry.Credentials;
import io.sentryexporter.text.Secret;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/// Hides what a module's headers carry wherever an answer brings it back: in a content type, or in
/// the host of a redirect.
///
/// Secrets are searched for only when a text is shown, because most probes are never looked at.
record Mask(List<Header> headers) {
  /// Shorter words are no tokens, and to hide them would make traces unreadable.
  private static final int SHORTEST = 8;

  /// The characters around a token in `Token token="…"` and `name=…; other=…`.
  private static final Pattern MARKS = Pattern.compile("[=;,:\"]+");

  private static final Pattern SPACES = Pattern.compile("\\s+");

  private static final String BASIC = "Basic ";

  Mask {
    headers = List.copyOf(headers);
  }

  private List<Secret> secrets() {
    var secrets = new ArrayList<Secret>();
    for (Header header : headers) {
      String value = header.value().reveal();
      addWords(value, secrets);
      addWords(decoded(value), secrets);
    }
    return secrets;
  }

  private static void addWords(String text, List<Secret> secrets) {
    for (String part : SPACES.split(text, -1)) {
      add(part, secrets);
      String[] words = MARKS.split(part, -1);
      if (words.length > 1) {
        for (String word : words) {
          add(word, secrets);
        }
      }
    }
  }

  private static void add(String word, List<Secret> secrets) {
    if (word.length() >= SHORTEST) {
      secrets.add(new Secret(word));
    }
  }

  /// User and password of `Basic …`; empty of anything else.
  private static String decoded(String value) {
    if (!value.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      return "";
    }
    try {
      return new String(Base64.getDecoder().decode(value.substring(BASIC.length()).strip()), UTF_8);
    } catch (IllegalArgumentException _) {
      return "";
    }
  }

  /// Hides tokens that are part of the configuration. A token in a file is known only to package
  /// `sentry`, whose messages contain none.
  static Mask of(Credentials credentials) {
    return switch (credentials) {
      case Credentials.Token(Secret token) -> new Mask(List.of(new Header("Authorization", token)));
      case Credentials.TokenFile _ -> new Mask(List.of());
    };
  }

  String apply(String text) {
    String masked = text;
    for (Secret secret : secrets()) {
      masked = secret.hiddenIn(masked);
    }
    return masked;
  }
}
