package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.SentryException;

/// One project, from its own page: for tokens that may not read the organization's list.
public record ProjectQuestion(String organization, String slug) implements Question<Project> {
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
        sentry.get(new ApiQuery().to(Endpoint.PROJECT, organization, slug)),
        ProjectsQuestion.SHAPE,
        sentry,
        ProjectsQuestion::project);
  }
}
