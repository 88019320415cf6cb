package io.sentryexporter.sentry.api;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Kind;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.SumsBuilder;
import io.sentryexporter.sentry.model.Window;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// Error events of one project over a window that began on a UTC day, from its own statistics:
/// three requests.
///
/// Source: `GET /api/0/projects/{organization}/{project}/stats/`, `[[timestamp, count], …]` in
/// seconds and events, by UTC days. `received` is accepted, filtered and rate limited together.
public record ProjectStats(String organization, String project, Window window) {
  private static final Kind ACCEPTED = new Kind(Kind.ERROR, Kind.ACCEPTED);
  private static final Kind FILTERED = new Kind(Kind.ERROR, Kind.FILTERED);
  private static final Kind RATE_LIMITED = new Kind(Kind.ERROR, Kind.RATE_LIMITED);

  /// What these statistics count.
  public static final List<Kind> KINDS = List.of(ACCEPTED, FILTERED, RATE_LIMITED);

  /// Adds what this project has to the sums.
  ///
  /// Events between the requests make accepted too small, never too large: everything that is
  /// subtracted was requested later.
  public void addTo(SumsBuilder sums, long id, Fetching sentry)
      throws SentryException, InterruptedException {
    long received = sum(sentry, "received");
    long rejected = sum(sentry, "rejected");
    long blacklisted = sum(sentry, "blacklisted");
    long accepted = Math.max(0, received - SumsBuilder.added(rejected, blacklisted));
    sums.add(id, ACCEPTED, accepted);
    sums.add(id, FILTERED, blacklisted);
    sums.add(id, RATE_LIMITED, rejected);
  }

  private long sum(Fetching sentry, String stat) throws SentryException, InterruptedException {
    HttpAnswer answer =
        sentry.get(
            new ApiQuery()
                .with("stat", stat)
                .with("resolution", "1d")
                .with("since", window.start().getEpochSecond())
                .with("until", window.endToSend().getEpochSecond())
                .to(Endpoint.PROJECT_STATS, organization, project));
    return Json.read(answer, "[[timestamp, count], …]", sentry, this::sum);
  }

  /// The server may begin with the day before.
  ///
  /// It lists every day, with a 0 where nothing came in. An answer that leaves out the first day or
  /// the last did not understand the request, or covers less time: a sum would be too small.
  private long sum(Json json) throws Json.Unexpected, SentryException.Malformed {
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
        sum = SumsBuilder.added(sum, count);
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
