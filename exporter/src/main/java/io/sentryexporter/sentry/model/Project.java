package io.sentryexporter.sentry.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A project that the token lists.
///
/// @param platform Sentry's name for its language or framework, empty if none was chosen
/// @param teams slugs, in Sentry's order
/// @param hasAccess whether the token sees the project's data: in an organization with closed
///   membership a member lists all projects, and sees those of the own teams
/// @param created time of creation; null if Sentry does not report it
/// @param facts for service discovery
public record Project(
    long id,
    String slug,
    String platform,
    List<String> teams,
    boolean hasAccess,
    @Nullable Instant created,
    Facts facts) {
  public Project {
    teams = List.copyOf(teams);
  }

  /// What Sentry's lists report of a project and no metric has: empty or null where they do not.
  ///
  /// @param name for people
  /// @param status such as `active`
  /// @param firstEvent time of the first event
  /// @param environments names, in Sentry's order
  /// @param uses what it has ever sent or set up in addition to errors, such as `sessions`
  public record Facts(
      String name,
      String status,
      @Nullable Instant firstEvent,
      @Nullable Boolean isMember,
      List<String> environments,
      List<String> uses) {
    public static final Facts NONE = new Facts("", "", null, null, List.of(), List.of());

    public Facts {
      environments = List.copyOf(environments);
      uses = List.copyOf(uses);
    }
  }

  /// A project that the token has access to.
  public Project(long id, String slug, String platform, List<String> teams) {
    this(id, slug, platform, teams, true);
  }

  /// A project of unknown age.
  public Project(long id, String slug, String platform, List<String> teams, boolean hasAccess) {
    this(id, slug, platform, teams, hasAccess, null, Facts.NONE);
  }

  public Project createdAt(@Nullable Instant time) {
    return new Project(id, slug, platform, teams, hasAccess, time, facts);
  }
}
