package io.sentryexporter.sentry.question;

import io.sentryexporter.sentry.json.Json;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.request.ApiQuery;
import io.sentryexporter.sentry.request.ApiRequest;
import io.sentryexporter.sentry.request.Fetching;
import io.sentryexporter.sentry.request.Pages;
import java.util.Set;

/// Which organizations the token sees, by slug.
public record OrganizationsQuestion() implements Question<Set<String>> {
  @Override
  public String name() {
    return "organizations";
  }

  @Override
  public String organization() {
    return "";
  }

  @Override
  public Set<String> fetch(Fetching sentry) throws SentryException, InterruptedException {
    ApiRequest request = new ApiQuery().with("per_page", 100).to(Endpoint.ORGANIZATIONS);
    return Set.copyOf(Pages.read(sentry, request, "{\"slug\": …}", Json::slugOf));
  }
}
