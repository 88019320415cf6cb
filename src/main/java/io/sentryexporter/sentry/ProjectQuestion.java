package io.sentryexporter.sentry;

/// One project, from its own page: for tokens that may not read the organization's list.
record ProjectQuestion(String organization, String slug) implements Question<Project> {
  @Override
  public String name() {
    return "project";
  }

  @Override
  public Project fetch(Fetching sentry) throws SentryException, InterruptedException {
    return Json.read(
        sentry.get(new ApiQuery().to(Endpoint.PROJECT, organization, slug)),
        ProjectsQuestion.SHAPE,
        ProjectsQuestion::project);
  }
}
