package io.sentryexporter.sentry.api;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Release;
import io.sentryexporter.sentry.model.Releases;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The newest releases of the organization, newest first, 100 at most: one request.
public record ReleasesQuestion(String organization) implements Question<Releases> {
  private static final String SHAPE = "{\"version\": …, \"dateCreated\": …, \"projects\": …}";

  @Override
  public String name() {
    return "releases";
  }

  @Override
  public Releases fetch(Fetching sentry) throws SentryException, InterruptedException {
    var query = new ApiQuery().project(null).with("per_page", 100);
    HttpAnswer answer = sentry.get(query.to(Endpoint.RELEASES, organization));
    return new Releases(
        Pages.items(sentry, answer, SHAPE, ReleasesQuestion::release),
        Pages.nextCursor(answer).isPresent());
  }

  private static Release release(Json json) throws Json.Unexpected, SentryException {
    String version = null;
    Instant created = null;
    List<Optional<Release.InProject>> projects = null;
    json.beginObject();
    while (json.hasField()) {
      switch (json.field()) {
        case "version" -> version = json.id();
        case "dateCreated" -> created = json.orDropped(Json::instant);
        case "projects" -> projects = json.items(ReleasesQuestion::inProject);
        default -> json.skip();
      }
    }
    return new Release(
        json.required(version, "version"),
        created,
        json.required(projects, "projects").stream().flatMap(Optional::stream).toList());
  }

  /// Empty where only the slug is there, as on old servers.
  private static Optional<Release.InProject> inProject(Json json)
      throws Json.Unexpected, SentryException {
    Long id = null;
    Long newIssues = null;
    json.beginObject();
    while (json.hasField()) {
      switch (json.field()) {
        case "id" -> id = json.whole();
        case "newGroups" -> newIssues = json.orDropped(Json::whole);
        default -> json.skip();
      }
    }
    return id == null ? Optional.empty() : Optional.of(new Release.InProject(id, newIssues));
  }
}
