package io.sentryexporter.sentry;

import java.util.Set;

/// Which organizations the token sees, by slug.
record OrganizationsQuestion() implements Question<Set<String>> {
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
