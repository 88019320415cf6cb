package io.sentryexporter.sentry;

import io.sentryexporter.sentry.model.Project;
import java.util.List;
import java.util.Set;

/// Which organizations and projects of those that the token sees are read: all that patterns
/// include, without those that they exclude.
///
/// @param organizations in addition to those that the instance names
/// @param projects patterns of slugs, of `organization/project`, or ids
/// @param teams of which a project must have one; empty for any project
/// @param platforms of which a project must have one; empty for any project
public record Selection(
    Rule organizations, Rule projects, Set<SlugPattern> teams, Set<SlugPattern> platforms) {
  public Selection {
    teams = Set.copyOf(teams);
    platforms = Set.copyOf(platforms);
  }

  /// Patterns of what is included, all if there is none, and of what is excluded all the same.
  public record Rule(Set<SlugPattern> included, Set<SlugPattern> excluded) {
    public static final Rule ALL = new Rule(Set.of(), Set.of());

    public Rule {
      included = Set.copyOf(included);
      excluded = Set.copyOf(excluded);
    }
  }

  /// Whether some projects of an organization that is read are not.
  public boolean isOfProjects() {
    return !projects.equals(Rule.ALL) || !teams.isEmpty() || !platforms.isEmpty();
  }

  /// Whether a project's slug alone shows that it is not read.
  boolean refuses(String organization, String slug) {
    return projects.excluded().stream().anyMatch(one -> fits(one, organization, slug))
        || (!projects.included().isEmpty()
            && projects.included().stream()
                .noneMatch(one -> isId(one) || fits(one, organization, slug)));
  }

  boolean selects(String organization, Project project) {
    return (projects.included().isEmpty() || isAmong(projects.included(), organization, project))
        && !isAmong(projects.excluded(), organization, project)
        && (teams.isEmpty()
            || project.teams().stream()
                .anyMatch(team -> teams.stream().anyMatch(one -> one.matches(team))))
        && (platforms.isEmpty()
            || platforms.stream().anyMatch(one -> one.matches(project.platform())));
  }

  /// The projects of an organization that are read.
  List<Project> of(String organization, List<Project> all) {
    return isOfProjects()
        ? all.stream().filter(project -> selects(organization, project)).toList()
        : all;
  }

  private static boolean isAmong(Set<SlugPattern> patterns, String organization, Project project) {
    String id = Long.toString(project.id());
    return patterns.stream()
        .anyMatch(one -> fits(one, organization, project.slug()) || one.text().equals(id));
  }

  private static boolean fits(SlugPattern pattern, String organization, String slug) {
    return pattern.matches(pattern.text().indexOf('/') < 0 ? slug : organization + "/" + slug);
  }

  private static boolean isId(SlugPattern pattern) {
    return pattern.text().chars().allMatch(letter -> letter >= '0' && letter <= '9');
  }
}
