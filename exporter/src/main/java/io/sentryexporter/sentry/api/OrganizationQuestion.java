package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Organization;
import io.sentryexporter.sentry.model.SentryException;

/// One organization, from its own page: its slug, where the list of organizations does not have its
/// id.
public record OrganizationQuestion(String organization) implements Question<Organization> {
  @Override
  public String name() {
    return "organization";
  }

  @Override
  public String collector() {
    return "projects";
  }

  @Override
  public Organization fetch(Fetching sentry) throws SentryException, InterruptedException {
    return Json.read(
        sentry.get(new ApiQuery().with("detailed", 0).to(Endpoint.ORGANIZATION, organization)),
        OrganizationsQuestion.SHAPE,
        OrganizationsQuestion::organization);
  }
}
