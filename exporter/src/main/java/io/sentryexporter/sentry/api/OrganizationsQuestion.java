package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Organization;
import io.sentryexporter.sentry.model.SentryException;
import java.util.List;

/// Organizations that the token's user is a member of; none for an internal integration.
public record OrganizationsQuestion() implements Question<List<Organization>> {
  static final String SHAPE = "{\"slug\": …}";

  @Override
  public String name() {
    return "organizations";
  }

  @Override
  public String organization() {
    return "";
  }

  @Override
  public List<Organization> fetch(Fetching sentry) throws SentryException, InterruptedException {
    ApiRequest request = new ApiQuery().with("per_page", 100).to(Endpoint.ORGANIZATIONS);
    return List.copyOf(Pages.read(sentry, request, SHAPE, OrganizationsQuestion::organization));
  }

  static Organization organization(Json json) throws Json.Unexpected {
    String id = "";
    String slug = null;
    json.beginObject();
    while (json.hasField()) {
      switch (json.field()) {
        case "id" -> id = json.anyText();
        case "slug" -> slug = json.slug();
        default -> json.skip();
      }
    }
    return new Organization(id, json.required(slug, "slug"));
  }
}
