package io.sentryexporter.sentry.api;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.sentry.api.Grouped.Group;
import io.sentryexporter.sentry.api.Grouped.NotGrouped;
import io.sentryexporter.sentry.api.Grouped.Wanted;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Kind;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Sums;
import io.sentryexporter.sentry.model.SumsBuilder;
import io.sentryexporter.sentry.model.Window;
import java.util.List;

/// Quantities by outcome over a window.
///
/// Source: `GET /api/0/organizations/{organization}/stats_v2/`, `groups[].totals["sum(quantity)"]`.
/// The other field, `sum(times_seen)`, counts rows of the storage below an hour.
///
/// @param interval `1d` or `1h`, which the window's start is a multiple of
public record OutcomeStats(String organization, Window window, String interval) {
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

  /// By project, category and outcome.
  ///
  /// @throws NotGrouped if the server does not group, or does not understand the request
  public Sums byProject(Fetching sentry) throws SentryException, NotGrouped, InterruptedException {
    // With project as the last, Sentry takes all projects that the token sees.
    var wanted = new Wanted(List.of(OUTCOME, CATEGORY, Grouped.PROJECT), List.of(QUANTITY));
    List<List<Group>> answers =
        ProjectBatches.ask(
            sentry,
            MOST_AT_ONCE,
            MOST_AT_ONCE,
            projects -> {
              var query = new ApiQuery().projects(projects);
              Grouped grouped = grouped(sentry, query, wanted);
              grouped.requireOnly(projects);
              return isSuspicious(grouped.groups()) ? null : grouped.groups();
            });
    var sums = new SumsBuilder();
    for (List<Group> groups : answers) {
      for (Group group : groups) {
        sums.add(group.project(), kind(group, ""), group.count(QUANTITY));
      }
    }
    return sums.build(window.start(), window.end());
  }

  /// By category and outcome, of all projects that the token sees together: what [#byProject] adds
  /// up to.
  public Sums together(Fetching sentry) throws SentryException, NotGrouped, InterruptedException {
    var wanted = new Wanted(List.of(OUTCOME, CATEGORY), List.of(QUANTITY));
    var sums = new SumsBuilder();
    for (Group group : whole(grouped(sentry, new ApiQuery().with("project", -1), wanted))) {
      sums.add(Sums.WHOLE_ORGANIZATION, kind(group, ""), group.count(QUANTITY));
    }
    return sums.build(window.start(), window.end());
  }

  /// By category, outcome and reason, of the whole organization, including projects that the token
  /// does not see: so Sentry takes a request without any project.
  public Sums byReason(Fetching sentry) throws SentryException, NotGrouped, InterruptedException {
    var wanted = new Wanted(List.of(OUTCOME, CATEGORY, REASON), List.of(QUANTITY));
    var sums = new SumsBuilder();
    for (Group group : whole(grouped(sentry, new ApiQuery(), wanted))) {
      sums.add(Sums.WHOLE_ORGANIZATION, kind(group, group.by(REASON)), group.count(QUANTITY));
    }
    return sums.build(window.start(), window.end());
  }

  /// Accepted quantities, by category, of the whole organization like [#byReason].
  public Sums accepted(Fetching sentry) throws SentryException, NotGrouped, InterruptedException {
    var wanted = new Wanted(List.of(CATEGORY), List.of(QUANTITY));
    var query = new ApiQuery().with(OUTCOME, Kind.ACCEPTED);
    var sums = new SumsBuilder();
    for (Group group : whole(grouped(sentry, query, wanted))) {
      sums.add(
          Sums.WHOLE_ORGANIZATION,
          new Kind(group.by(CATEGORY), Kind.ACCEPTED),
          group.count(QUANTITY));
    }
    return sums.build(window.start(), window.end());
  }

  private Grouped grouped(Fetching sentry, ApiQuery query, Wanted wanted)
      throws SentryException, NotGrouped, InterruptedException {
    ApiRequest request =
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
    } catch (SentryException.NoProjects e) {
      return ProjectBatches.noGroups(sentry, window, e);
    } catch (SentryException.StatusRefused e) {
      if (e.status() == 400 || e.status() == 422) { // how GlitchTip misses its filters
        throw new NotGrouped(e);
      }
      throw e;
    }
    return Grouped.read(answer, wanted, window, sentry);
  }

  private static Kind kind(Group group, String reason) {
    return new Kind(group.by(CATEGORY), group.by(OUTCOME), reason);
  }

  private static List<Group> whole(Grouped grouped) throws SentryException.Truncated {
    List<Group> groups = grouped.groups();
    if (isSuspicious(groups)) {
      throw new SentryException.Truncated(
          "the answer has " + groups.size() + " groups and may be truncated by Sentry");
    }
    return groups;
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
