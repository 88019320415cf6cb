package io.sentryexporter.probe;

import io.sentryexporter.http.Header;
import io.sentryexporter.http.Secret;
import io.sentryexporter.sentry.Credentials;
import java.util.ArrayList;
import java.util.List;

/// Hides what a module's headers carry wherever an answer brings it back: in a content type, or in
/// the host of a redirect.
///
/// @param secrets texts to hide, in any case of their letters
record Mask(List<String> secrets) {
  private static final String SHOWN = "<secret>";

  /// Shorter words are no tokens, and to hide them would make traces unreadable.
  private static final int SHORTEST = 8;

  static Mask of(List<Header> headers) {
    var secrets = new ArrayList<String>();
    for (Header header : headers) {
      for (String word : header.value().reveal().split("\\s+", -1)) {
        if (word.length() >= SHORTEST) {
          secrets.add(word);
        }
      }
    }
    return new Mask(List.copyOf(secrets));
  }

  /// Hides a token that the configuration holds. One in a file is known to whom it is read by only,
  /// package `sentry`, whose messages hold none.
  static Mask of(Credentials credentials) {
    return switch (credentials) {
      case Credentials.Token(Secret token) -> of(List.of(new Header("Authorization", token)));
      case Credentials.TokenFile _ -> of(List.of());
    };
  }

  String apply(String text) {
    String masked = text;
    for (String secret : secrets) {
      for (int at = find(masked, secret); at >= 0; at = find(masked, secret)) {
        masked = masked.substring(0, at) + SHOWN + masked.substring(at + secret.length());
      }
    }
    return masked;
  }

  private static int find(String text, String secret) {
    for (int at = 0; at + secret.length() <= text.length(); at++) {
      if (text.regionMatches(true, at, secret, 0, secret.length())) {
        return at;
      }
    }
    return -1;
  }

  @Override
  public String toString() {
    return SHOWN;
  }
}
