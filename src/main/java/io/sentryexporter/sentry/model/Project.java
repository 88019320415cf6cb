package io.sentryexporter.sentry.model;

import java.util.List;

/// A project that the token lists.
///
/// @param platform Sentry's word for its language or framework, empty if none was chosen
/// @param teams slugs, in Sentry's order
/// @param hasAccess whether the token sees the project's data: in an organization with closed
///   membership a member lists all projects, and sees those of the own teams
public record Project(
    long id, String slug, String platform, List<String> teams, boolean hasAccess) {
  public Project {
    teams = List.copyOf(teams);
  }

  /// A project that the token has access to.
  public Project(long id, String slug, String platform, List<String> teams) {
    this(id, slug, platform, teams, true);
  }
}
