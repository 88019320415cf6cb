package io.sentryexporter.sentry.api;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.sentry.model.Window;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// Counters of error events of one project, from its own statistics: three requests. For servers
/// without `stats_v2` and tokens that may not read the organization.
///
/// Source: `GET /api/0/projects/{organization}/{project}/stats/`, `[[timestamp, count], …]` in
/// seconds and events, by UTC days. `received` is accepted, filtered and rate limited together.
///
/// @param project slug
public record ProjectStats(String organization, String project, long id, Counting counting)
    implements CounterRequest {
  private static final OutcomeKey ACCEPTED = new OutcomeKey(OutcomeKey.ERROR, OutcomeKey.ACCEPTED);
  private static final OutcomeKey FILTERED = new OutcomeKey(OutcomeKey.ERROR, OutcomeKey.FILTERED);
  private static final OutcomeKey RATE_LIMITED =
      new OutcomeKey(OutcomeKey.ERROR, OutcomeKey.RATE_LIMITED);

  @Override
  public String name() {
    return "project_outcomes";
  }

  @Override
  public String collector() {
    return "outcomes";
  }

  @Override
  public String markName() {
    return "outcomes-of-project-" + id;
  }

  /// Not by one project after the other: for a thousand of them that takes an hour.
  @Override
  public boolean isReadTwice() {
    return false;
  }

  /// The series that the answer has values of.
  public List<Totals.Series> series() {
    return List.of(
        new Totals.Series(id, ACCEPTED),
        new Totals.Series(id, FILTERED),
        new Totals.Series(id, RATE_LIMITED));
  }

  /// Events between the requests make accepted too small, never too large: everything that is
  /// subtracted was requested later.
  @Override
  public Totals fetch(Fetching sentry) throws SentryException, InterruptedException {
    Window window = counting.window(sentry.now());
    long received = sum(sentry, window, "received");
    long rejected = sum(sentry, window, "rejected");
    long blacklisted = sum(sentry, window, "blacklisted");
    var totals = new Totals.Builder();
    totals.add(id, ACCEPTED, Math.max(0, received - Totals.added(rejected, blacklisted)));
    totals.add(id, FILTERED, blacklisted);
    totals.add(id, RATE_LIMITED, rejected);
    return totals.build(window.start(), window.end(), Totals.Coverage.ERRORS);
  }

  private long sum(Fetching sentry, Window window, String stat)
      throws SentryException, InterruptedException {
    HttpAnswer answer =
        sentry.get(
            new ApiGet.Parameters()
                .with("stat", stat)
                .with("resolution", "1d")
                .with("since", window.start().getEpochSecond())
                .with("until", window.endToSend().getEpochSecond())
                .to(Endpoint.PROJECT_STATS, organization, project));
    return Json.read(answer, "[[timestamp, count], …]", sentry, json -> sum(json, window));
  }

  /// The server may begin with the day before.
  ///
  /// It lists every day, with a 0 where nothing came in. An answer that leaves out the first day or
  /// the last did not understand the request, or covers less time: a sum would be too small.
  private static long sum(Json json, Window window) throws Json.Unexpected, SentryException {
    long start = window.start().getEpochSecond();
    long end = window.end().getEpochSecond();
    long today = window.endToSend().truncatedTo(ChronoUnit.DAYS).getEpochSecond();
    boolean hasStart = false;
    long last = -1;
    long sum = 0;
    json.beginArray();
    while (json.hasNext()) {
      json.beginArray();
      long timestamp = json.next().whole();
      long count = json.next().whole();
      json.endArray();
      if (timestamp <= last) {
        throw new Json.Unexpected("its times do not ascend" + json.place());
      }
      last = timestamp;
      hasStart |= timestamp == start;
      if (timestamp >= start && timestamp < end) {
        sum = Totals.added(sum, count);
      }
    }
    if (!hasStart || last < today) {
      throw new Json.Unexpected("it does not cover all days since " + window.start());
    }
    if (last > window.end().getEpochSecond()) {
      throw new Json.Unexpected("it counts a day that has not come");
    }
    return sum;
  }
}
