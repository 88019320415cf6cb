package io.sentryexporter.simulator.world;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// An organization with its projects.
public final class SimulatedOrganization {
  private final long id;
  private final String slug;
  private final List<SimulatedProject> projects; // in the order of their slugs
  private final Map<String, SimulatedProject> bySlug;
  private final Map<Long, SimulatedProject> byId;
  private final Map<String, String> renamed;
  private final OrganizationStats oldStats;

  /// @param renamed old slugs of projects, to the present ones
  /// @param oldStats what it answers on `/organizations/{org}/stats/`
  SimulatedOrganization(
      long id,
      String slug,
      List<SimulatedProject> projects,
      Map<String, String> renamed,
      OrganizationStats oldStats) {
    this.id = id;
    this.slug = slug;
    this.projects = projects.stream().sorted(Comparator.comparing(SimulatedProject::slug)).toList();
    this.bySlug =
        projects.stream().collect(toUnmodifiableMap(SimulatedProject::slug, Function.identity()));
    this.byId =
        projects.stream().collect(toUnmodifiableMap(SimulatedProject::id, Function.identity()));
    this.renamed = Map.copyOf(renamed);
    this.oldStats = oldStats;
  }

  public long id() {
    return id;
  }

  public String slug() {
    return slug;
  }

  /// Its projects, in the order of their slugs.
  public List<SimulatedProject> projects() {
    return projects;
  }

  public Map<String, String> renamed() {
    return renamed;
  }

  public OrganizationStats oldStats() {
    return oldStats;
  }

  /// The project of a slug or a numeric id, as Sentry's paths take both.
  public @Nullable SimulatedProject project(String slugOrId) {
    var project = bySlug.get(slugOrId);
    return project != null ? project : projectOfId(slugOrId);
  }

  public @Nullable SimulatedProject projectOfSlug(String wanted) {
    return bySlug.get(wanted);
  }

  private @Nullable SimulatedProject projectOfId(String text) {
    try {
      return byId.get(Long.valueOf(text));
    } catch (NumberFormatException _) {
      return null;
    }
  }

  SimulatedOrganization with(OrganizationStats stats) {
    return new SimulatedOrganization(id, slug, projects, renamed, stats);
  }

  /// This organization, each of its projects changed.
  SimulatedOrganization withProjects(UnaryOperator<SimulatedProject> change) {
    var changed = projects.stream().map(change).toList();
    return new SimulatedOrganization(id, slug, changed, renamed, oldStats);
  }

  /// This organization, with further slugs that lead to others.
  SimulatedOrganization withRenamed(Map<String, String> further) {
    var all = new HashMap<>(renamed);
    all.putAll(further);
    all.keySet().removeAll(bySlug.keySet());
    return new SimulatedOrganization(id, slug, projects, all, oldStats);
  }

  SimulatedOrganization without(Set<String> slugs) {
    var left = projects.stream().filter(project -> !slugs.contains(project.slug())).toList();
    return new SimulatedOrganization(id, slug, left, renamed, oldStats);
  }
}
