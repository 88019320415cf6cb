package io.sentryexporter.probe;

import io.sentryexporter.http.Header;
import io.sentryexporter.http.Secret;
import io.sentryexporter.sentry.Credentials;
import java.util.ArrayList;
import java.util.List;

/// Hides what a module's headers carry wherever an answer brings it back: in a content type, or in
/// the host of a redirect.
record Mask(List<Secret> secrets) {
  /// Shorter words are no tokens, and to hide them would make traces unreadable.
  private static final int SHORTEST = 8;

  Mask {
    secrets = List.copyOf(secrets);
  }

  static Mask of(List<Header> headers) {
    var secrets = new ArrayList<Secret>();
    for (Header header : headers) {
      for (String word : header.value().reveal().split("\\s+", -1)) {
        if (word.length() >= SHORTEST) {
          secrets.add(new Secret(word));
        }
      }
    }
    return new Mask(secrets);
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
    for (Secret secret : secrets) {
      masked = secret.hiddenIn(masked);
    }
    return masked;
  }
}
