package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.message.Answer;
import io.sentryexporter.simulator.message.Json;
import io.sentryexporter.simulator.message.Query;
import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.world.Issue;
import io.sentryexporter.simulator.world.IssueBook;
import io.sentryexporter.simulator.world.SimulatedProject;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/// The issues a search finds, a hundred to a page, and how many there are.
public final class IssuesEndpoint {
  /// Beyond this Sentry does not count.
  static final int MAX_HITS = 1_000;

  private static final int PAGE_LIMIT = 100;
  private static final String DEFAULT_SEARCH = "is:unresolved";

  /// What comes first has more of this.
  private static final Map<String, ToLongFunction<Issue>> SORTS =
      Map.of(
          "date", Issue::lastSeen,
          "trends", Issue::lastSeen,
          "inbox", Issue::lastSeen,
          "recommended", Issue::lastSeen,
          "new", Issue::firstSeen,
          "freq", Issue::count,
          "user", Issue::users);

  /// An issue and what decides its place, since counting is costly.
  private record Ranked(Issue issue, long rank) {}

  private static final Comparator<Ranked> ORDER =
      Comparator.comparingLong(Ranked::rank)
          .thenComparingLong(ranked -> ranked.issue().firstSeen())
          .reversed()
          .thenComparingLong(ranked -> ranked.issue().id());

  private final URI url;
  private final boolean isGlitchTip;

  /// @param isGlitchTip whether it searches as GlitchTip does, which knows neither all projects nor
  ///   Sentry's own terms, and finds nothing
  public IssuesEndpoint(URI url, boolean isGlitchTip) {
    this.url = url;
    this.isGlitchTip = isGlitchTip;
  }

  public Answer answer(Call call) throws Refused {
    var query = call.query();
    var searches = query.all("query");
    var search = searches.isEmpty() ? DEFAULT_SEARCH : searches.getLast();
    var found = IssueSearch.parse(search, call.now()).and(seenWithin(query, call.now()));
    var sort = query.last("sort");
    var rank = SORTS.get(sort == null ? "date" : sort);
    if (rank == null) {
      throw Refused.badRequest("Invalid sort: " + sort);
    }
    var page = Page.read(query, "limit", PAGE_LIMIT);
    var issues = new ArrayList<Ranked>();
    boolean findsNothing =
        isGlitchTip && (query.all("project").contains("-1") || isOnlySentrys(search));
    for (var project : findsNothing ? List.<SimulatedProject>of() : ProjectFilter.read(call)) {
      for (var issue : IssueBook.of(project, call.now())) {
        if (found.test(issue)) {
          issues.add(new Ranked(issue, rank.applyAsLong(issue)));
        }
      }
    }
    issues.sort(ORDER);
    return page.of(issues, ranked -> json(ranked.issue(), call), call, url)
        .with("X-Hits", Integer.toString(Math.min(issues.size(), MAX_HITS)))
        .with("X-Max-Hits", Integer.toString(MAX_HITS));
  }

  private static boolean isOnlySentrys(String search) {
    return search.contains("firstSeen:") || search.matches("(?s).*\\bis:(?!unresolved).*");
  }

  private static Predicate<Issue> seenWithin(Query query, long now) throws Refused {
    var period = query.last("statsPeriod");
    if (period == null) {
      return _ -> true;
    }
    var seconds = TimeRange.period(period);
    if (seconds == null) {
      throw Refused.badRequest("Invalid statsPeriod: '" + period + "'");
    }
    return issue -> issue.lastSeen() >= now - seconds;
  }

  private String json(Issue issue, Call call) {
    var project = issue.project();
    var firstSeen = Instant.ofEpochSecond(issue.firstSeen());
    var lastSeen = Instant.ofEpochSecond(issue.lastSeen());
    var type = issue.title().substring(0, issue.title().indexOf(':'));
    return """
    {"id":"%1$d","shareId":null,"shortId":"%2$s","title":%3$s,"culprit":"handle(request)",\
    "permalink":"%4$s/organizations/%5$s/issues/%1$d/","logger":null,"level":"%6$s",\
    "status":"%7$s","statusDetails":{},"substatus":%8$s,"isPublic":false,"platform":"%9$s",\
    "project":{"id":"%10$d","name":"%11$s","slug":"%12$s","platform":"%9$s"},"type":"error",\
    "metadata":{"type":%13$s,"value":%3$s},"numComments":0,"assignedTo":null,\
    "isBookmarked":false,"isSubscribed":false,"subscriptionDetails":null,"hasSeen":false,\
    "annotations":[],"issueType":"error","issueCategory":"error","priority":"%14$s",\
    "priorityLockedAt":null,"seerFixabilityScore":null,"seerAutofixLastTriggered":null,\
    "seerExplorerAutofixLastTriggered":null,"isUnhandled":%15$s,"count":"%16$d",\
    "userCount":%17$d,"firstSeen":"%18$s","lastSeen":"%19$s","stats":{},\
    "lifetime":{"count":"%16$d","userCount":%17$d,"firstSeen":"%18$s","lastSeen":"%19$s"},\
    "filtered":{"count":"%16$d","userCount":%17$d,"firstSeen":"%18$s","lastSeen":"%19$s",\
    "stats":{}},"sessionCount":0,\
    "inbox":{"reason":0,"reason_details":null,"date_added":"%18$s"},\
    "owners":{"type":"ownershipRule","owner":"team:1","date_added":"%18$s"},\
    "derivedData":{"blocker":"none","progress":"fix_applied","status":"open","viewCount":0,\
    "hasOpenFixPr":false,"isAssigned":false,"hasRootCause":false,\
    "lastCompletedAutofixStep":"pr_created","lastProgressedAt":"%19$s"},\
    "integrationIssues":[],"sentryAppIssues":[],"latestEventHasAttachments":false,\
    "matchingEventId":null,"matchingEventEnvironment":null}\
    """
        .formatted(
            issue.id(),
            issue.shortId(),
            Json.quote(issue.title()),
            url,
            call.theOrganization().slug(),
            issue.level(),
            issue.status(),
            issue.substatus() == null ? null : Json.quote(issue.substatus()),
            project.platform(),
            project.id(),
            ProjectJson.name(project.slug()),
            project.slug(),
            Json.quote(type),
            priority(issue.level()),
            issue.fromBadRelease(),
            issue.count(),
            issue.users(),
            firstSeen,
            lastSeen);
  }

  private static String priority(String level) {
    return switch (level) {
      case "fatal", "error" -> "high";
      case "warning" -> "medium";
      default -> "low";
    };
  }
}
