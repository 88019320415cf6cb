package io.sentryexporter.simulator;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// An organization with its projects, in the order of their slugs.
///
/// @param bySlug its projects
/// @param renamed old slugs of projects, to the present ones
/// @param oldStats what it answers on `/organizations/{org}/stats/`
record SimulatedOrganization(
    long id,
    String slug,
    Map<String, SimulatedProject> bySlug,
    Map<String, String> renamed,
    OrganizationStats oldStats) {

  static SimulatedOrganization of(
      long id, String slug, List<SimulatedProject> projects, Map<String, String> renamed) {
    var bySlug =
        projects.stream().collect(Collectors.toMap(SimulatedProject::slug, Function.identity()));
    return new SimulatedOrganization(id, slug, bySlug, renamed, OrganizationStats.ANSWERED);
  }

  SimulatedOrganization {
    bySlug = Map.copyOf(bySlug);
    renamed = Map.copyOf(renamed);
  }

  List<SimulatedProject> projects() {
    return bySlug.values().stream().sorted(Comparator.comparing(SimulatedProject::slug)).toList();
  }

  /// The project of a slug or a numeric id, as Sentry's paths take both.
  @Nullable SimulatedProject project(String slugOrId) {
    var project = bySlug.get(slugOrId);
    return project != null ? project : projectOfId(slugOrId);
  }

  private @Nullable SimulatedProject projectOfId(String id) {
    for (var project : bySlug.values()) {
      if (Long.toString(project.id()).equals(id)) {
        return project;
      }
    }
    return null;
  }

  SimulatedOrganization with(OrganizationStats stats) {
    return new SimulatedOrganization(id, slug, bySlug, renamed, stats);
  }
}
