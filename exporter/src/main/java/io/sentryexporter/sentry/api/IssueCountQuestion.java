package io.sentryexporter.sentry.api;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.IssueCount;
import io.sentryexporter.sentry.model.IssueSearch;
import io.sentryexporter.sentry.model.SentryException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The number of issues that match a search: one request.
///
/// Source: the header `X-Hits` of `GET /api/0/organizations/{organization}/issues/`, which Sentry
/// estimates, and `X-Max-Hits`, where it stops.
public record IssueCountQuestion(String organization, IssueSearch search)
    implements Question<IssueCount> {
  /// Fields of an issue that are not needed and that are costly for Sentry.
  static final List<String> LEFT_OUT = List.of("stats", "lifetime", "filtered", "unhandled");

  private static final String HITS = "X-Hits";
  private static final String MAX_HITS = "X-Max-Hits";
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  @Override
  public String name() {
    return "issue_count";
  }

  @Override
  public String collector() {
    return "issues";
  }

  @Override
  public String detail() {
    return search.projects().isEmpty()
        ? search.query()
        : search.query() + " projects:" + search.projects();
  }

  @Override
  public IssueCount fetch(Fetching sentry) throws SentryException, InterruptedException {
    HttpAnswer answer =
        sentry.get(
            new ApiQuery()
                .projects(search.projects())
                .with("query", search.query())
                .with("limit", 1)
                .withEach("collapse", LEFT_OUT)
                .to(Endpoint.ISSUES, organization));
    List<Boolean> issues = Pages.items(sentry, answer, "{…}", IssueCountQuestion::anIssue);
    Long max = header(answer, MAX_HITS);
    Long hits = header(answer, HITS);
    if (hits != null) {
      return new IssueCount(hits, max != null && hits >= max);
    }
    if (Pages.nextCursor(answer).isPresent()) {
      throw Json.malformed(answer, "a page of issues", "the header " + HITS + " is missing");
    }
    return new IssueCount(issues.size(), false);
  }

  private static boolean anIssue(Json json) throws Json.Unexpected {
    json.beginObject();
    json.skip();
    return true;
  }

  /// The number of a header; null if it is absent or the text `None`.
  private static @Nullable Long header(HttpAnswer answer, String name)
      throws SentryException.Malformed {
    String text = answer.headers().first(name).orElse("None").strip();
    if (text.equals("None")) {
      return null;
    }
    if (!NUMBER.matcher(text).matches()) {
      throw Json.malformed(answer, "a page of issues", "the header " + name + " is not a number");
    }
    return Long.valueOf(text);
  }
}
