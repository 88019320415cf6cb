package io.sentryexporter.sentry.model;

import java.util.List;

/// A project that the token sees.
///
/// @param platform Sentry's word for its language or framework, empty if none was chosen
/// @param teams slugs, in Sentry's order
public record Project(long id, String slug, String platform, List<String> teams) {
  public Project {
    teams = List.copyOf(teams);
  }
}
