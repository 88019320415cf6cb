package io.sentryexporter.sentry.api;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.sentry.api.Json.Field;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Events in the newest bucket of a statistic, the one that is still open: by default the running
/// hour, so the value grows within the hour and falls at its end.
///
/// An empty statistic is 0. Counts are whole or decimal numbers from 0 to 2^63 - 1; a body with
/// anything else in it, or with a bucket of the future, is refused whole.
public final class EventStats {

  /// Allowed difference between the server's two clocks; a bucket after that is in the future.
  private static final Duration TOLERATED = Duration.ofSeconds(90);

  private static final Field<Double> QUANTITY = Field.of(Outcomes.QUANTITY, EventStats::last);
  private static final Field<Double> SERIES = Field.of("series", json -> json.field(QUANTITY));
  private static final Field<Double> GROUPS = Field.of("groups", EventStats::sumOfGroups);

  private EventStats() {}

  /// From the answer of `projects/{organization}/{project}/stats/` and
  /// `organizations/{organization}/stats/`: `[[timestamp, count], …]`, in seconds and events. The
  /// newest is the one with the greatest timestamp, the last of several with the same.
  ///
  /// @param now by the server's clock
  public static double newestBucket(HttpAnswer answer, Instant now) throws SentryException {
    double latest = now.plus(TOLERATED).getEpochSecond();
    return Json.read(answer, "[[timestamp, count], …]", json -> newestPoint(json, latest));
  }

  /// From the answer of `organizations/{organization}/stats_v2/` grouped by nothing or without
  /// project: the sum over the groups of the last of `series["sum(quantity)"]`.
  public static double newestBucketOfGroups(HttpAnswer answer) throws SentryException {
    return Json.read(
        answer,
        "{\"groups\": [{\"series\": {\"sum(quantity)\": […]}}, …]}",
        json -> json.field(GROUPS));
  }

  private static double newestPoint(Json json, double latest) throws Json.Unexpected {
    double newest = Double.NEGATIVE_INFINITY;
    double count = 0;
    json.beginArray();
    while (json.hasNext()) {
      json.beginArray();
      double timestamp = json.next().amount();
      double value = json.next().amount();
      json.endArray();
      if (timestamp > latest) {
        throw new Json.Unexpected("a bucket is of the future");
      }
      if (timestamp >= newest) {
        newest = timestamp;
        count = value;
      }
    }
    return count;
  }

  private static double sumOfGroups(Json json) throws Json.Unexpected, SentryException {
    double sum = 0;
    json.beginArray();
    while (json.hasNext()) {
      sum += json.field(SERIES);
    }
    return sum;
  }

  private static @Nullable Double last(Json json) throws Json.Unexpected {
    Double last = null;
    json.beginArray();
    while (json.hasNext()) {
      last = json.amount();
    }
    return last;
  }
}
