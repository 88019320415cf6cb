package io.sentryexporter.sentry.api;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.sentry.api.Json.Field;
import io.sentryexporter.sentry.api.Json.Fields;
import io.sentryexporter.sentry.api.Releases.Newest;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The newest releases of the organization, newest first, 100 at most: one request.
public record Releases(String organization) implements ApiRequest<Newest> {
  public static final Endpoint ENDPOINT =
      new Endpoint("releases", "/api/0/organizations/{organization}/releases/", "project:read");

  private static final String SHAPE = "{\"version\": …, \"dateCreated\": …, \"projects\": …}";
  private static final Field<String> VERSION = Field.of("version", Json::id);
  private static final Field<Instant> CREATED = Field.orDropped("dateCreated", Json::instant);
  private static final Field<List<Optional<Release.InProject>>> PROJECTS =
      Field.of("projects", json -> json.items(Releases::inProject));
  private static final Field<Long> ID = Field.of("id", Json::whole);
  private static final Field<Long> NEW_ISSUES = Field.orDropped("newGroups", Json::whole);

  /// The newest releases of an organization, newest first.
  ///
  /// @param truncated whether there are more
  public record Newest(List<Release> newest, boolean truncated) {
    public Newest {
      newest = List.copyOf(newest);
    }
  }

  /// A release.
  ///
  /// @param created null if Sentry does not report it
  public record Release(String version, @Nullable Instant created, List<InProject> projects) {
    public Release {
      projects = List.copyOf(projects);
    }

    /// A release in one of its projects.
    ///
    /// @param project numeric id
    /// @param newIssues issues that were first seen in it; null if Sentry does not report it
    public record InProject(long project, @Nullable Long newIssues) {}
  }

  @Override
  public String name() {
    return "releases";
  }

  @Override
  public Newest fetch(Fetching sentry) throws SentryException, InterruptedException {
    var query = new ApiGet.Parameters().projects(sentry.named()).with("per_page", 100);
    HttpAnswer answer = sentry.get(query.to(ENDPOINT, organization));
    return new Newest(
        Pages.items(sentry, answer, SHAPE, Releases::release),
        Pages.nextCursor(answer).isPresent());
  }

  private static Release release(Json json) throws Json.Unexpected, SentryException {
    Fields release = json.object(VERSION, CREATED, PROJECTS);
    return new Release(
        release.required(VERSION),
        release.get(CREATED),
        release.required(PROJECTS).stream().flatMap(Optional::stream).toList());
  }

  /// Empty where only the slug is there, as on old servers.
  private static Optional<Release.InProject> inProject(Json json)
      throws Json.Unexpected, SentryException {
    Fields project = json.object(ID, NEW_ISSUES);
    return Optional.ofNullable(project.get(ID))
        .map(id -> new Release.InProject(id, project.get(NEW_ISSUES)));
  }
}
