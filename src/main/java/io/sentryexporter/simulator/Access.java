package io.sentryexporter.simulator;

import java.util.Arrays;

/// What a route asks of a caller.
enum Access {
  /// Not part of Sentry's API: neither token nor rate limits.
  OUTSIDE_API(""),
  /// Answers without a token too.
  ANYBODY(""),
  ORGANIZATION("org:read org:write org:admin"),
  PROJECT("project:read project:write project:admin");

  private final String anyOf; // as its challenge lists them

  Access(String anyOf) {
    this.anyOf = anyOf;
  }

  boolean needsToken() {
    return !anyOf.isEmpty();
  }

  /// Refuses a token that has none of the scopes.
  void check(Token token) throws Refused {
    if (needsToken() && Arrays.stream(anyOf.split(" ", -1)).noneMatch(token.scopes()::contains)) {
      throw Refused.with(SentryError.permission(anyOf));
    }
  }
}
