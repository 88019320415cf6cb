package io.sentryexporter.sentry.api;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.sentry.api.ApiRequest.Fetching;
import io.sentryexporter.sentry.api.Grouped.Group;
import io.sentryexporter.sentry.api.Grouped.NotGrouped;
import io.sentryexporter.sentry.api.Grouped.Wanted;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.sentry.model.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Quantities by outcome over a window.
///
/// Source: `GET /api/0/organizations/{organization}/stats_v2/`, `groups[].totals["sum(quantity)"]`.
/// The other field, `sum(times_seen)`, counts rows of the storage below an hour.
///
/// @param interval `1d` or `1h`, which the window's start is a multiple of
public record Outcomes(String organization, Window window, String interval) {
  static final String QUANTITY = "sum(quantity)";

  private static final String OUTCOME = "outcome";
  private static final String CATEGORY = "category";
  private static final String REASON = "reason";

  /// Maximum number of rows that the storage behind Sentry returns, without notice.
  private static final int ROW_LIMIT = 10_000;

  /// As many projects as stay below the limit with thirty rows each.
  private static final int MOST_AT_ONCE = 240;

  /// Number of groups from which an answer is suspicious, independent of the rows behind them.
  private static final int SUSPICIOUS_GROUPS = 9_000;

  /// Counters by project, category and outcome: one request for up to 240 projects.
  public record ByProject(String organization, Counting counting) implements CounterRequest {
    private static final long SMALL_GAP = 100;
    private static final double SMALL_SHARE = 0.1;

    @Override
    public String name() {
      return "outcomes";
    }

    @Override
    public String markName() {
      return "outcomes";
    }

    @Override
    public Totals fetch(Fetching sentry) throws SentryException, InterruptedException {
      sentry.projects(); // before the window: it may take so long that another month begins
      return outcomes(sentry).byProject(sentry);
    }

    private Outcomes outcomes(Fetching sentry) {
      return new Outcomes(organization, counting.window(sentry.now()), "1d");
    }

    /// One more request: what all projects that the token sees have together.
    @Override
    public void requireWhole(Totals answer, Fetching sentry)
        throws SentryException, InterruptedException {
      if (answer.coverage() != Totals.Coverage.EVERYTHING || !answer.unknown().isEmpty()) {
        return; // what is not known is missing without being cut off
      }
      Totals together;
      Map<String, Long> ofProjects;
      Map<String, Long> ofAll;
      try {
        together = outcomes(sentry).together(sentry);
        ofProjects = answer.byCategory();
        ofAll = together.byCategory();
      } catch (SentryException | NotGrouped _) {
        return; // a check that cannot be made must not cost the counters
      }
      if (together.start().equals(answer.start())) {
        requireSimilar(ofProjects, ofAll);
      }
    }

    /// Events between the requests, and events that one replica lacks, are no gap.
    private static void requireSimilar(Map<String, Long> ofProjects, Map<String, Long> together)
        throws SentryException {
      for (var category : together.entrySet()) {
        long whole = category.getValue();
        long missing = whole - ofProjects.getOrDefault(category.getKey(), 0L);
        if (missing > SMALL_GAP && missing > whole * SMALL_SHARE) {
          throw new SentryException(
              Reason.TRUNCATED,
              "Sentry counts %d of the category %s in all projects together, and %d less in each"
                  .formatted(whole, category.getKey(), missing));
        }
      }
    }
  }

  /// Counters of the whole organization by category, outcome and reason: one request.
  public record ByReason(String organization, Counting counting) implements CounterRequest {
    @Override
    public String name() {
      return "outcome_reasons";
    }

    @Override
    public String collector() {
      return "outcomes";
    }

    @Override
    public String markName() {
      return "outcome-reasons";
    }

    @Override
    public Totals fetch(Fetching sentry) throws SentryException, InterruptedException {
      try {
        return new Outcomes(organization, counting.window(sentry.now()), "1d").byReason(sentry);
      } catch (NotGrouped e) {
        throw e.reason();
      }
    }
  }

  /// Quantities of the last hour that is over, by project, category and outcome.
  public record OfClosedHour(String organization) implements ApiRequest<Totals> {
    private static final Duration HOUR = Duration.ofHours(1);

    @Override
    public String name() {
      return "outcomes_of_closed_hour";
    }

    @Override
    public String collector() {
      return "outcomes";
    }

    @Override
    public Totals fetch(Fetching sentry) throws SentryException, InterruptedException {
      return new Outcomes(organization, Window.closed(HOUR, sentry.now()), "1h").byProject(sentry);
    }

    @Override
    public boolean stillAnswers(Totals answer, Instant now) {
      return answer.start().equals(Window.closed(HOUR, now).start());
    }
  }

  /// Accepted quantities of the whole organization since the start of a UTC day, by category: one
  /// request.
  public record Accepted(String organization, Instant start) implements ApiRequest<Totals> {
    @Override
    public String name() {
      return "accepted";
    }

    @Override
    public String collector() {
      return "quota";
    }

    @Override
    public Totals fetch(Fetching sentry) throws SentryException, InterruptedException {
      Window window = Window.since(start, sentry.now());
      try {
        return new Outcomes(organization, window, "1d")
            .ofOrganization(
                sentry,
                List.of(new ApiGet.Parameters().with(OUTCOME, OutcomeKey.ACCEPTED)),
                List.of(CATEGORY));
      } catch (NotGrouped e) {
        return new GlitchTipStats(organization, window, e).accepted(sentry);
      }
    }
  }

  private Totals byProject(Fetching sentry) throws SentryException, InterruptedException {
    // With project as the last, Sentry takes all projects that the token sees.
    var wanted = new Wanted(List.of(OUTCOME, CATEGORY, Grouped.PROJECT), List.of(QUANTITY));
    var totals = new Totals.Builder();
    try {
      ProjectBatches.get(
          sentry,
          MOST_AT_ONCE,
          MOST_AT_ONCE,
          projects -> {
            Grouped grouped = grouped(sentry, new ApiGet.Parameters().projects(projects), wanted);
            grouped.requireOnly(projects);
            return isSuspicious(grouped.groups()) ? null : added(totals, grouped.groups());
          });
    } catch (NotGrouped e) {
      return new GlitchTipStats(organization, window, e).byProject(sentry);
    }
    return totals.build(window.start(), window.end());
  }

  /// Adds the groups of a batch; returns how many. As groups, those of all batches together would
  /// be some hundred megabytes.
  private static int added(Totals.Builder totals, List<Group> groups) throws SentryException {
    for (Group group : groups) {
      totals.add(group.project(), kind(group), group.count(QUANTITY));
    }
    return groups.size();
  }

  /// By category and outcome, of all these projects together: what [#byProject] adds up to.
  private Totals together(Fetching sentry)
      throws SentryException, NotGrouped, InterruptedException {
    var queries = new ArrayList<ApiGet.Parameters>();
    for (List<Long> part : sentry.parts()) {
      queries.add(new ApiGet.Parameters().projects(part));
    }
    return ofOrganization(sentry, queries, List.of(OUTCOME, CATEGORY));
  }

  /// By category, outcome and reason, of the whole organization, including projects that the token
  /// does not see: so Sentry takes a request without any project.
  Totals byReason(Fetching sentry) throws SentryException, NotGrouped, InterruptedException {
    return ofOrganization(
        sentry, List.of(new ApiGet.Parameters()), List.of(OUTCOME, CATEGORY, REASON));
  }

  private Totals ofOrganization(
      Fetching sentry, List<ApiGet.Parameters> queries, List<String> groupBy)
      throws SentryException, NotGrouped, InterruptedException {
    var totals = new Totals.Builder();
    for (ApiGet.Parameters query : queries) {
      List<Group> groups = grouped(sentry, query, new Wanted(groupBy, List.of(QUANTITY))).groups();
      if (isSuspicious(groups)) {
        throw new SentryException(
            Reason.TRUNCATED,
            "the answer has " + groups.size() + " groups and may be truncated by Sentry");
      }
      for (Group group : groups) {
        totals.add(Totals.WHOLE_ORGANIZATION, kind(group), group.count(QUANTITY));
      }
    }
    return totals.build(window.start(), window.end());
  }

  private Grouped grouped(Fetching sentry, ApiGet.Parameters query, Wanted wanted)
      throws SentryException, NotGrouped, InterruptedException {
    ApiGet request =
        query
            .with("start", window.start())
            .with("end", window.endToSend())
            .with("interval", interval)
            .with("field", QUANTITY)
            .withEach("groupBy", wanted.groupBy())
            .to(Endpoint.ORGANIZATION_STATS_V2, organization);
    HttpAnswer answer;
    try {
      answer = sentry.get(request);
    } catch (SentryException e) {
      if (e.reason() == Reason.SCOPE && e.status() == 400) {
        return ProjectBatches.noGroups(sentry, window, e);
      }
      if (e.reason() == Reason.REJECTED && (e.status() == 400 || e.status() == 422)) {
        throw new NotGrouped(e); // how GlitchTip misses its filters
      }
      throw e;
    }
    return Grouped.read(answer, wanted, window, sentry);
  }

  /// A request that does not group by outcome is for accepted quantities.
  private static OutcomeKey kind(Group group) {
    return new OutcomeKey(
        group.by(CATEGORY), group.byOr(OUTCOME, OutcomeKey.ACCEPTED), group.byOr(REASON, ""));
  }

  /// Whether the answer may be truncated.
  ///
  /// The limit is one of rows, in which the categories default, error and security are still apart,
  /// while the answer shows all three as error. Below the limit nothing can be missing.
  private static boolean isSuspicious(List<Group> groups) {
    long errors = groups.stream().filter(group -> group.by(CATEGORY).equals("error")).count();
    return groups.size() >= SUSPICIOUS_GROUPS || groups.size() + 2 * errors >= ROW_LIMIT;
  }
}
