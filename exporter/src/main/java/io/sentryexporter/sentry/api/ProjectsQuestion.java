package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The projects that the token sees, by slug: one request, or one for each hundred projects if the
/// server gives its list in pages only or the whole list is too large.
public record ProjectsQuestion(String organization) implements Question<List<Project>> {
  static final String SHAPE = "{\"id\": …, \"slug\": …}";

  @Override
  public String name() {
    return "projects";
  }

  @Override
  public List<Project> fetch(Fetching sentry) throws SentryException, InterruptedException {
    List<Project> projects;
    try {
      projects = read(sentry, new ApiQuery().with("all_projects", 1));
    } catch (SentryException.TooLarge _) {
      projects = read(sentry, new ApiQuery().with("per_page", 100));
    }
    Map<Long, Project> byId = new LinkedHashMap<>();
    projects.forEach(project -> byId.putIfAbsent(project.id(), project));
    requireUniqueSlugs(byId.values());
    return byId.values().stream().sorted(Comparator.comparing(Project::slug)).toList();
  }

  /// Refuses a list in which two projects have one slug, as when it changes hands between pages:
  /// their data would be mixed up.
  private static void requireUniqueSlugs(Collection<Project> projects)
      throws SentryException.Malformed {
    var slugs = new HashSet<String>();
    for (Project project : projects) {
      if (!slugs.add(project.slug())) {
        throw new SentryException.Malformed("two projects have the same slug", 200, 0);
      }
    }
  }

  private List<Project> read(Fetching sentry, ApiQuery query)
      throws SentryException, InterruptedException {
    return Pages.read(
        sentry, query.to(Endpoint.PROJECTS, organization), SHAPE, ProjectsQuestion::project);
  }

  static Project project(Json json) throws Json.Unexpected, SentryException {
    Long id = null;
    String slug = null;
    String platform = "";
    List<String> teams = List.of();
    Boolean hasAccess = null;
    Instant created = null;
    json.beginObject();
    while (json.hasField()) {
      switch (json.field()) {
        case "id" -> id = json.whole();
        case "slug" -> slug = json.slug();
        case "platform" -> platform = json.orDropped(Json::label);
        case "teams" -> teams = json.orDropped(each -> each.items(Json::slugOf));
        case "hasAccess" -> hasAccess = json.orDropped(Json::flag);
        case "dateCreated" -> created = json.orDropped(Json::instant);
        default -> json.skip();
      }
    }
    return new Project(
        json.required(id, "id"),
        json.required(slug, "slug"),
        platform == null ? "" : platform,
        teams == null ? List.of() : teams,
        hasAccess == null || hasAccess,
        created);
  }
}
