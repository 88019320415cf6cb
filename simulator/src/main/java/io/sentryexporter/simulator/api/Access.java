package io.sentryexporter.simulator.api;

import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.message.SentryError;
import io.sentryexporter.simulator.options.Token;
import java.util.Arrays;

/// The access that a route requires.
enum Access {
  /// Not part of Sentry's API: neither token nor rate limits.
  OUTSIDE_API(""),
  /// Requires no token.
  ANYBODY(""),
  ORGANIZATION("org:read org:write org:admin"),
  PROJECT("project:read project:write project:admin"),
  RELEASES("project:read project:write project:admin project:releases org:ci"),
  ISSUES("event:read event:write event:admin"),
  MONITORS("org:read org:write org:admin alerts:read");

  private final String anyOf; // as its challenge lists them

  Access(String anyOf) {
    this.anyOf = anyOf;
  }

  boolean needsToken() {
    return !anyOf.isEmpty();
  }

  /// Refuses a token that has none of the scopes.
  ///
  /// @param names true if the refusal names them
  void check(Token token, boolean names) throws Refused {
    if (needsToken() && Arrays.stream(anyOf.split(" ", -1)).noneMatch(token.scopes()::contains)) {
      throw Refused.with(SentryError.permission(names ? anyOf : ""));
    }
  }
}
