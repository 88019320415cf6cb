package io.sentryexporter.simulator.options;

import java.util.Set;

/// A bearer token the simulated Sentry knows.
///
/// @param organizations slugs it is bound to; empty for a token that sees all
public record Token(String value, Set<String> scopes, Set<String> organizations) {
  public static final Set<String> READ_SCOPES =
      Set.of("event:read", "member:read", "org:read", "project:read", "team:read");

  public Token {
    scopes = Set.copyOf(scopes);
    organizations = Set.copyOf(organizations);
  }

  /// A token that reads everything.
  public static Token reading(String value) {
    return new Token(value, READ_SCOPES, Set.of());
  }

  public boolean sees(String organization) {
    return organizations.isEmpty() || organizations.contains(organization);
  }
}
