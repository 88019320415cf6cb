package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.model.IssueSearch;
import io.sentryexporter.sentry.model.IssueSearch.Syntax;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.SentryException;
import java.util.List;

/// Whether the server searches issues as Sentry does: one request, or two if it finds none.
///
/// GlitchTip takes the `-1` that stands for all projects for a project that it does not have, and
/// finds nothing; named one by one the projects have issues.
public record IssueSearchQuestion(String organization) implements Question<Syntax> {
  @Override
  public String name() {
    return "issue_search";
  }

  @Override
  public String collector() {
    return "issues";
  }

  @Override
  public Syntax fetch(Fetching sentry) throws SentryException, InterruptedException {
    var everywhere = new IssueSearch(List.of(), "is:unresolved", Syntax.COMMON);
    if (count(sentry, everywhere) > 0) {
      return Syntax.SENTRY;
    }
    List<Long> projects =
        sentry.projects().stream()
            .filter(Project::hasAccess)
            .map(Project::id)
            .limit(ApiQuery.MOST_NAMED)
            .toList();
    return !projects.isEmpty() && count(sentry, everywhere.in(projects)) > 0
        ? Syntax.COMMON
        : Syntax.SENTRY;
  }

  private long count(Fetching sentry, IssueSearch search)
      throws SentryException, InterruptedException {
    return new IssueCountQuestion(organization, search).fetch(sentry).count();
  }
}
