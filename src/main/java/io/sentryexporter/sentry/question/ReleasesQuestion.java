package io.sentryexporter.sentry.question;

import io.sentryexporter.sentry.json.Json;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Release;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.request.ApiQuery;
import io.sentryexporter.sentry.request.Fetching;
import io.sentryexporter.sentry.request.Pages;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The newest releases of the organization, newest first, 100 at most: one request.
public record ReleasesQuestion(String organization) implements Question<List<Release>> {
  private static final String SHAPE = "{\"version\": …, \"dateCreated\": …, \"projects\": …}";

  @Override
  public String name() {
    return "releases";
  }

  @Override
  public List<Release> fetch(Fetching sentry) throws SentryException, InterruptedException {
    var query = new ApiQuery().project(null).with("per_page", 100);
    return Pages.items(
        sentry.get(query.to(Endpoint.RELEASES, organization)), SHAPE, ReleasesQuestion::release);
  }

  private static Release release(Json json) throws Json.Unexpected {
    String version = null;
    Instant created = null;
    List<Release.InProject> projects = null;
    json.beginObject();
    while (json.hasField()) {
      switch (json.field()) {
        case "version" -> version = json.text();
        case "dateCreated" -> created = json.instant();
        case "projects" -> projects = projects(json);
        default -> json.skip();
      }
    }
    return new Release(
        json.required(version, "version"),
        json.required(created, "dateCreated"),
        json.required(projects, "projects"));
  }

  private static List<Release.InProject> projects(Json json) throws Json.Unexpected {
    var projects = new ArrayList<Release.InProject>();
    json.beginArray();
    while (json.hasNext()) {
      Long id = null;
      Long newIssues = null;
      json.beginObject();
      while (json.hasField()) {
        switch (json.field()) {
          case "id" -> id = json.whole();
          case "newGroups" -> newIssues = json.whole();
          default -> json.skip();
        }
      }
      if (id != null && newIssues != null) { // old servers tell only the project's slug
        projects.add(new Release.InProject(id, newIssues));
      }
    }
    return projects;
  }
}
