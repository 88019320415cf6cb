package io.sentryexporter.sentry.api;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.sentry.api.Json.Field;
import io.sentryexporter.sentry.api.Json.Fields;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Issues: how many match a search, and which have the most events.
public final class Issues {
  public static final Endpoint ENDPOINT =
      new Endpoint("issues", "/api/0/organizations/{organization}/issues/", "event:read");

  private Issues() {}

  /// A search for issues.
  ///
  /// @param projects ids; empty for all of the organization
  /// @param query in Sentry's search syntax
  /// @param syntax of which the query is
  public record Search(List<Long> projects, String query, Syntax syntax) {
    public Search {
      projects = List.copyOf(projects);
    }

    /// The same search in some projects.
    public Search in(List<Long> others) {
      return new Search(others, query, syntax);
    }
  }

  /// Which servers understand a search.
  public enum Syntax {
    /// All that list issues.
    COMMON,
    /// Sentry only: GlitchTip takes `is:escalating` and `firstSeen` for tags and finds nothing.
    SENTRY
  }

  /// The number of issues that match a search: one request, or one for each 240 selected projects.
  ///
  /// Source: the header `X-Hits`, which Sentry estimates, and `X-Max-Hits`, where it stops.
  public record Matching(String organization, Search search) implements ApiRequest<Count> {
    /// Fields of an issue that are not needed and that are costly for Sentry.
    private static final List<String> LEFT_OUT =
        List.of("stats", "lifetime", "filtered", "unhandled");

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
    public Count fetch(Fetching sentry) throws SentryException, InterruptedException {
      if (!search.projects().isEmpty()) {
        return count(sentry, search.projects());
      }
      var all = new Count(0, false);
      for (List<Long> part : sentry.parts()) {
        Count some = count(sentry, part);
        long count = Totals.added(all.count(), some.count());
        all = new Count(count, all.truncated() || some.truncated());
      }
      return all;
    }

    private Count count(Fetching sentry, List<Long> projects)
        throws SentryException, InterruptedException {
      HttpAnswer answer =
          sentry.get(
              new ApiGet.Parameters()
                  .projects(projects)
                  .with("query", search.query())
                  .with("limit", 1)
                  .withEach("collapse", LEFT_OUT)
                  .to(ENDPOINT, organization));
      List<Boolean> issues = Pages.items(sentry, answer, "{…}", Matching::anIssue);
      Long max = header(answer, MAX_HITS);
      Long hits = header(answer, HITS);
      if (hits != null) {
        return new Count(hits, max != null && hits >= max);
      }
      if (Pages.nextCursor(answer).isPresent()) {
        throw Json.malformed(answer, "a page of issues", "the header " + HITS + " is missing");
      }
      return new Count(issues.size(), false);
    }

    private static boolean anIssue(Json json) throws Json.Unexpected {
      json.beginObject();
      json.skip();
      return true;
    }

    /// The number of a header; null if it is absent or the text `None`.
    private static @Nullable Long header(HttpAnswer answer, String name) throws SentryException {
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

  /// The number of issues that match a search: Sentry's estimate, exact for few.
  ///
  /// @param truncated whether Sentry stopped counting there
  public record Count(long count, boolean truncated) {}

  /// The syntax in which the server searches issues: one request, or two if it finds none.
  ///
  /// GlitchTip takes the `-1` that stands for all projects for a project that it does not have, and
  /// finds nothing; named one by one the projects have issues.
  public record KnownSyntax(String organization) implements ApiRequest<Syntax> {
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
      var everywhere = new Search(List.of(), "is:unresolved", Syntax.COMMON);
      if (count(sentry, everywhere) > 0) {
        return Syntax.SENTRY;
      }
      List<Long> projects =
          sentry.projects().stream()
              .filter(Project::hasAccess)
              .map(Project::id)
              .limit(ApiGet.MOST_NAMED)
              .toList();
      return !projects.isEmpty() && count(sentry, everywhere.in(projects)) > 0
          ? Syntax.COMMON
          : Syntax.SENTRY;
    }

    private long count(Fetching sentry, Search search)
        throws SentryException, InterruptedException {
      return new Matching(organization, search).fetch(sentry).count();
    }
  }

  /// The issues with the most events in a window up to now, by descending number: one request, or
  /// one for each 240 selected projects.
  ///
  /// @param project id; null for all of the organization
  /// @param limit 1 to 100
  public record Noisiest(
      String organization, @Nullable Long project, String query, Duration window, int limit)
      implements ApiRequest<List<Issue>> {
    private static final String SHAPE =
        "{\"shortId\": …, \"project\": …, \"level\": …, \"count\": …}";
    private static final Field<String> SHORT_ID = Field.of("shortId", Json::id);
    private static final Field<String> PROJECT = Field.of("project", Json::slugOf);
    private static final Field<String> LEVEL = Field.of("level", Json::textOrEmpty);
    private static final Field<String> SUBSTATUS = Field.of("substatus", Json::textOrEmpty);
    private static final Field<Long> COUNT = Field.of("count", Json::whole);

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
      var issues = new ArrayList<Issue>();
      for (List<Long> part :
          project == null ? sentry.parts() : List.of(List.of(project.longValue()))) {
        issues.addAll(noisiest(sentry, part));
      }
      return issues.stream()
          .sorted(Comparator.comparingLong(Issue::events).reversed().thenComparing(Issue::shortId))
          .limit(limit)
          .toList();
    }

    private List<Issue> noisiest(Fetching sentry, List<Long> projects)
        throws SentryException, InterruptedException {
      var noisiest =
          new ApiGet.Parameters()
              .projects(projects)
              .with("query", query)
              .with("statsPeriod", ApiGet.period(window))
              .with("sort", "freq")
              .with("limit", limit)
              .withEach("collapse", List.of("lifetime", "unhandled"))
              .to(ENDPOINT, organization);
      return Pages.items(sentry, sentry.get(noisiest), SHAPE, Noisiest::issue);
    }

    private static Issue issue(Json json) throws Json.Unexpected, SentryException {
      Fields issue = json.object(SHORT_ID, PROJECT, LEVEL, SUBSTATUS, COUNT);
      return new Issue(
          issue.required(SHORT_ID),
          issue.required(PROJECT),
          issue.required(LEVEL),
          issue.get(SUBSTATUS, ""),
          issue.required(COUNT));
    }
  }

  /// An issue, as far as metrics need it. Its title is never a label.
  ///
  /// @param shortId such as `WEB-1A`
  /// @param project slug
  /// @param level such as `error`
  /// @param substatus such as `escalating`; empty if the server knows none
  /// @param events count since it was first seen, or in the requested window
  public record Issue(
      String shortId, String project, String level, String substatus, long events) {}
}
