package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.api.ApiRequest.Fetching;
import io.sentryexporter.sentry.api.Json.Field;
import io.sentryexporter.sentry.api.Json.Fields;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.sentry.model.Window;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;

/// Quantities from GlitchTip's part of `stats_v2`, which filters by one category and by projects,
/// but groups by nothing: `{"intervals": […], "groups": [{"series": {"sum(quantity)": […]}}]}`.
///
/// It counts what it accepted of two categories. Its hourly statistics answer well for an interval
/// of one hour only; an interval without events is left out or null. It needs ids of projects, and
/// takes at most 1,000 intervals: some 41 days.
///
/// @param failure of the request in Sentry's form; thrown if the server is not GlitchTip
public record GlitchTipStats(String organization, Window window, Grouped.NotGrouped failure) {
  private static final List<String> CATEGORIES = List.of("error", "transaction");

  private static final String SHAPE =
      "{\"intervals\": […], \"groups\": [{\"series\": {\"sum(quantity)\": […]}}]}";

  private static final Field<List<Instant>> INTERVALS =
      Field.of("intervals", json -> json.list(Json::instant));
  private static final Field<List<Long>> QUANTITY =
      Field.of(Outcomes.QUANTITY, json -> json.list(each -> each.isNull() ? 0 : each.whole()));
  private static final Field<List<Long>> SERIES = Field.of("series", json -> json.field(QUANTITY));
  private static final Field<String> BY =
      Field.of(
          "by",
          json -> {
            throw json.unexpected("a group without a name");
          });
  private static final Field<List<Long>> GROUPS = Field.of("groups", GlitchTipStats::onlySeries);

  /// By project and category: a request for each.
  public Totals byProject(Fetching sentry) throws SentryException, InterruptedException {
    var totals = new Totals.Builder();
    for (Project project : sentry.projects()) {
      for (String category : CATEGORIES) {
        totals.add(
            project.id(),
            new OutcomeKey(category, OutcomeKey.ACCEPTED),
            sum(sentry, new ApiGet.Parameters().project(project.id()), category));
      }
    }
    return built(totals);
  }

  /// By category, of the whole organization: a request for each.
  public Totals accepted(Fetching sentry) throws SentryException, InterruptedException {
    var totals = new Totals.Builder();
    for (String category : CATEGORIES) {
      totals.add(
          Totals.WHOLE_ORGANIZATION,
          new OutcomeKey(category, OutcomeKey.ACCEPTED),
          sum(sentry, new ApiGet.Parameters(), category));
    }
    return built(totals);
  }

  private Totals built(Totals.Builder totals) {
    return totals.build(
        window.start(), window.end(), Totals.Coverage.ACCEPTED_ERRORS_AND_TRANSACTIONS);
  }

  private long sum(Fetching sentry, ApiGet.Parameters query, String category)
      throws SentryException, InterruptedException {
    ApiGet request =
        query
            .with("category", category)
            .with("field", Outcomes.QUANTITY)
            .with("interval", "1h")
            .with("start", window.start())
            .with("end", window.endToSend())
            .to(Endpoint.ORGANIZATION_STATS_V2, organization);
    try {
      return Json.read(sentry.get(request), SHAPE, sentry, this::sum);
    } catch (SentryException e) {
      // a limit or an outage is news; another refusal hides why Sentry refused at first
      throw switch (e.reason()) {
        case PARSE, AUTH, NOT_FOUND, REJECTED -> failure.reason();
        case SCOPE -> e.status() == 403 ? failure.reason() : e;
        default -> e;
      };
    }
  }

  /// The sum over the intervals that begin in the window; the server returns some before and after.
  private long sum(Json json) throws Json.Unexpected, SentryException {
    Fields answer = json.object(INTERVALS, GROUPS);
    List<Instant> times = answer.required(INTERVALS);
    List<Long> quantities = answer.required(GROUPS);
    if (times.size() != quantities.size()) {
      throw new Json.Unexpected("there are more or fewer quantities than intervals");
    }
    if (new HashSet<>(times).size() < times.size()) {
      throw new Json.Unexpected("an interval comes twice");
    }
    long sum = 0;
    for (int i = 0; i < times.size(); i++) {
      Instant time = times.get(i);
      if (!time.isBefore(window.start()) && time.isBefore(window.end())) {
        sum = Totals.added(sum, quantities.get(i));
      }
    }
    return sum;
  }

  private static List<Long> onlySeries(Json json) throws Json.Unexpected, SentryException {
    json.beginArray();
    List<Long> series = json.next().object(SERIES, BY).required(SERIES);
    json.endArray();
    return series;
  }
}
