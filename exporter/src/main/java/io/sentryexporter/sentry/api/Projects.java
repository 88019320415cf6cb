package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.api.Json.Field;
import io.sentryexporter.sentry.api.Json.Fields;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;

/// The projects that the token sees, by slug: one request, or one for each hundred projects if the
/// server gives its list in pages only or the whole list is too large.
public record Projects(String organization) implements ApiRequest<List<Project>> {
  private static final String SHAPE = "{\"id\": …, \"slug\": …}";
  private static final Field<Long> ID = Field.of("id", Json::whole);
  private static final Field<String> SLUG = Field.of("slug", Json::slug);
  private static final Field<String> PLATFORM = Field.orDropped("platform", Json::label);
  private static final Field<List<String>> TEAMS =
      Field.orDropped("teams", json -> json.items(Json::slugOf));
  private static final Field<Boolean> HAS_ACCESS = Field.orDropped("hasAccess", Json::flag);
  private static final Field<Instant> CREATED = Field.orDropped("dateCreated", Json::instant);
  private static final Field<String> NAME = Field.orDropped("name", Json::label);
  private static final Field<String> STATUS = Field.orDropped("status", Json::label);
  private static final Field<Instant> FIRST_EVENT = Field.orDropped("firstEvent", Json::instant);
  private static final Field<Boolean> IS_MEMBER = Field.orDropped("isMember", Json::flag);
  private static final Field<List<String>> ENVIRONMENTS =
      Field.orDropped("environments", json -> json.items(Json::label));

  /// Names of what a project uses, and the flags that report it.
  private static final SequencedMap<String, Field<Boolean>> USES = uses();

  private static final Field<?>[] FIELDS =
      Stream.concat(
              Stream.of(
                  ID,
                  SLUG,
                  PLATFORM,
                  TEAMS,
                  HAS_ACCESS,
                  CREATED,
                  NAME,
                  STATUS,
                  FIRST_EVENT,
                  IS_MEMBER,
                  ENVIRONMENTS),
              USES.values().stream())
          .toArray(Field<?>[]::new);

  /// One project, from its own page: for tokens that may not read the organization's list.
  public record ProjectPage(String organization, String slug) implements ApiRequest<Project> {
    @Override
    public String name() {
      return "project";
    }

    @Override
    public String collector() {
      return "projects";
    }

    @Override
    public Project fetch(Fetching sentry) throws SentryException, InterruptedException {
      return Json.read(
          sentry.get(new ApiGet.Parameters().to(Endpoint.PROJECT, organization, slug)),
          SHAPE,
          sentry,
          Projects::project);
    }
  }

  @Override
  public String name() {
    return "projects";
  }

  @Override
  public List<Project> fetch(Fetching sentry) throws SentryException, InterruptedException {
    List<Project> projects;
    try {
      projects = read(sentry, new ApiGet.Parameters().with("all_projects", 1));
    } catch (SentryException e) {
      if (e.reason() != Reason.TOO_LARGE) {
        throw e;
      }
      projects = read(sentry, new ApiGet.Parameters().with("per_page", 100));
    }
    Map<Long, Project> byId = new LinkedHashMap<>();
    projects.forEach(project -> byId.putIfAbsent(project.id(), project));
    requireUniqueSlugs(byId.values());
    return byId.values().stream().sorted(Comparator.comparing(Project::slug)).toList();
  }

  /// Refuses a list in which two projects have one slug, as when it changes hands between pages:
  /// their data would be mixed up.
  private static void requireUniqueSlugs(Collection<Project> projects) throws SentryException {
    var slugs = new HashSet<String>();
    for (Project project : projects) {
      if (!slugs.add(project.slug())) {
        throw new SentryException(Reason.PARSE, "two projects have the same slug", 200, 0);
      }
    }
  }

  private List<Project> read(Fetching sentry, ApiGet.Parameters query)
      throws SentryException, InterruptedException {
    return Pages.read(sentry, query.to(Endpoint.PROJECTS, organization), SHAPE, Projects::project);
  }

  private static Project project(Json json) throws Json.Unexpected, SentryException {
    Fields project = json.object(FIELDS);
    return new Project(
        project.required(ID),
        project.required(SLUG),
        project.get(PLATFORM, ""),
        project.get(TEAMS, List.of()),
        project.get(HAS_ACCESS, true),
        project.get(CREATED),
        new Project.Facts(
            project.get(NAME, ""),
            project.get(STATUS, ""),
            project.get(FIRST_EVENT),
            project.get(IS_MEMBER),
            project.get(ENVIRONMENTS, List.of()),
            USES.entrySet().stream()
                .filter(use -> project.get(use.getValue(), false))
                .map(Map.Entry::getKey)
                .toList()));
  }

  private static SequencedMap<String, Field<Boolean>> uses() {
    var uses = new LinkedHashMap<String, Field<Boolean>>();
    uses.put("sessions", Field.orDropped("hasSessions", Json::flag));
    uses.put(
        "releases",
        Field.orDropped("features", json -> json.items(Json::text).contains("releases")));
    uses.put("transactions", Field.orDropped("firstTransactionEvent", Json::flag));
    uses.put("replays", Field.orDropped("hasReplays", Json::flag));
    uses.put("profiles", Field.orDropped("hasProfiles", Json::flag));
    uses.put("logs", Field.orDropped("hasLogs", Json::flag));
    uses.put("monitors", Field.orDropped("hasMonitors", Json::flag));
    uses.put("feedback", Field.orDropped("hasFeedbacks", Json::flag));
    return uses;
  }
}
