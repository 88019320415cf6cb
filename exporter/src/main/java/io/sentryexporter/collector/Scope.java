package io.sentryexporter.collector;

import io.sentryexporter.sentry.model.Project;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The scope of a probe: a whole organization, or one of its projects.
///
/// @param byId the projects, all that the token lists, or the one; empty if they are not known
/// @param slug of the one project; null for the whole organization
/// @param extent what the projects are
public record Scope(
    String organization, Map<Long, Project> byId, @Nullable String slug, Extent extent) {
  public Scope {
    byId = Map.copyOf(byId);
  }

  /// What the projects of a scope are.
  public enum Extent {
    /// All of the organization that the token lists, or the one.
    WHOLE,
    /// Those of the organization that the configuration selects.
    SELECTED,
    /// Not known: only metrics that need no list are exposed.
    UNKNOWN
  }

  public static Scope ofOrganization(String organization, List<Project> projects) {
    return new Scope(organization, byId(projects), null, Extent.WHOLE);
  }

  /// A scope of an organization of which some projects are excluded.
  public static Scope ofSelected(String organization, List<Project> projects) {
    return new Scope(organization, byId(projects), null, Extent.SELECTED);
  }

  private static Map<Long, Project> byId(List<Project> projects) {
    return projects.stream()
        .collect(Collectors.toMap(Project::id, Function.identity(), (a, _) -> a));
  }

  public static Scope ofProject(String organization, Project project) {
    return new Scope(organization, Map.of(project.id(), project), project.slug(), Extent.WHOLE);
  }

  /// A scope whose projects Sentry has not reported.
  ///
  /// @param slug null for the whole organization
  public static Scope unknown(String organization, @Nullable String slug) {
    return new Scope(organization, Map.of(), slug, Extent.UNKNOWN);
  }

  public boolean isKnown() {
    return extent != Extent.UNKNOWN;
  }

  /// The one project; null for the whole organization.
  public @Nullable Project project() {
    return slug == null ? null : byId.values().stream().findFirst().orElse(null);
  }

  public boolean isOfOrganization() {
    return slug == null;
  }

  /// The same without some projects.
  Scope without(Set<Long> ids) {
    if (ids.isEmpty()) {
      return this;
    }
    var rest = new HashMap<>(byId);
    rest.keySet().removeAll(ids);
    return new Scope(organization, rest, slug, extent);
  }

  /// The projects in the order of their slugs.
  List<Project> bySlug() {
    return byId.values().stream().sorted(Comparator.comparing(Project::slug)).toList();
  }

  /// Those that the token has access to, in the order of their slugs: of these a value that Sentry
  /// does not report is 0.
  List<Project> accessible() {
    return bySlug().stream().filter(Project::hasAccess).toList();
  }

  /// The projects of which a value is known or 0, in the order of their slugs: accessible ones, and
  /// others with a value. Ids that the list does not have are left out: projects that are deleted
  /// or hidden by now, or too new for the list.
  List<Project> accessibleOr(Set<Long> withValues) {
    return bySlug().stream()
        .filter(project -> project.hasAccess() || withValues.contains(project.id()))
        .toList();
  }

  /// Whether the scope contains a project.
  public boolean contains(long project) {
    return byId.containsKey(project);
  }

  /// Whether the scope contains a project, by its slug: of a whole organization every one, for it
  /// may be newer than the list.
  public Predicate<String> slugs() {
    if (slug != null) {
      return slug::equals;
    }
    return extent == Extent.SELECTED
        ? byId.values().stream().map(Project::slug).collect(Collectors.toUnmodifiableSet())
            ::contains
        : _ -> true;
  }
}
