package io.sentryexporter.collector;

import io.sentryexporter.sentry.model.Project;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a probe is about: a whole organization, or one project of it.
///
/// @param byId the projects: all that the token sees, or the one
/// @param project null for the whole organization
public record Scope(String organization, Map<Long, Project> byId, @Nullable Project project) {
  public Scope {
    byId = Map.copyOf(byId);
  }

  public static Scope ofOrganization(String organization, List<Project> projects) {
    return new Scope(
        organization,
        projects.stream().collect(Collectors.toMap(Project::id, Function.identity(), (a, _) -> a)),
        null);
  }

  public static Scope ofProject(String organization, Project project) {
    return new Scope(organization, Map.of(project.id(), project), project);
  }

  /// The projects in the order of their slugs.
  List<Project> bySlug() {
    return byId.values().stream().sorted(Comparator.comparing(Project::slug)).toList();
  }

  /// Whether figures of a project belong here.
  ///
  /// All do in the scope of an organization, also of a project that is deleted or hidden by now.
  public boolean contains(long project) {
    return this.project == null || this.project.id() == project;
  }

  /// Whether figures of a project belong here.
  public boolean contains(String slug) {
    return project == null || project.slug().equals(slug);
  }

  /// The label of a project: its slug, or its id if the token does not see it any more.
  public String label(long project) {
    Project known = byId.get(project);
    return known == null ? Long.toString(project) : known.slug();
  }

  /// The ids of the projects that belong here, by label: those of the scope, and others that Sentry
  /// told figures of. Where the id of one of these is the slug of a project, as old servers let it
  /// be, `id:` stands before it: no slug has a colon.
  SortedMap<String, Long> idsByLabel(Set<Long> others) {
    var ids = new TreeMap<String, Long>();
    if (project != null) { // a probe of one project must not go through thousands
      ids.put(project.slug(), project.id());
      return ids;
    }
    byId.keySet().forEach(id -> ids.put(label(id), id));
    for (long id : others) {
      if (!byId.containsKey(id)) {
        String label = label(id);
        ids.put(ids.containsKey(label) ? "id:" + label : label, id);
      }
    }
    return ids;
  }
}
