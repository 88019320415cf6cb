package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Issue;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The issues with the most events in a window up to now, by descending number: one request.
///
/// @param project id; null for all of the organization
/// @param limit 1 to 100
public record NoisiestIssuesQuestion(
    String organization, @Nullable Long project, String query, Duration window, int limit)
    implements Question<List<Issue>> {
  private static final String SHAPE =
      "{\"shortId\": …, \"project\": …, \"level\": …, \"count\": …}";

  @Override
  public String name() {
    return "noisiest_issues";
  }

  @Override
  public String collector() {
    return "issues";
  }

  @Override
  public List<Issue> fetch(Fetching sentry) throws SentryException, InterruptedException {
    var asked =
        new ApiQuery()
            .project(project)
            .with("query", query)
            .with("statsPeriod", ApiQuery.period(window))
            .with("sort", "freq")
            .with("limit", limit)
            .withEach("collapse", List.of("lifetime", "unhandled"))
            .to(Endpoint.ISSUES, organization);
    return Pages.items(sentry, sentry.get(asked), SHAPE, NoisiestIssuesQuestion::issue).stream()
        .sorted(Comparator.comparingLong(Issue::events).reversed().thenComparing(Issue::shortId))
        .limit(limit)
        .toList();
  }

  private static Issue issue(Json json) throws Json.Unexpected {
    String shortId = null;
    String project = null;
    String level = null;
    String substatus = "";
    Long events = null;
    json.beginObject();
    while (json.hasField()) {
      switch (json.field()) {
        case "shortId" -> shortId = json.id();
        case "project" -> project = json.slugOf();
        case "level" -> level = json.textOrEmpty();
        case "substatus" -> substatus = json.textOrEmpty();
        case "count" -> events = json.whole();
        default -> json.skip();
      }
    }
    return new Issue(
        json.required(shortId, "shortId"),
        json.required(project, "project"),
        json.required(level, "level"),
        substatus,
        json.required(events, "count"));
  }
}
