package io.sentryexporter.sentry.transport;

import io.sentryexporter.http.Deadline;
import io.sentryexporter.http.Header;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.http.Secret;
import io.sentryexporter.metrics.SentryMetrics;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// Lets calls go one after the other as Sentry's limits allow: never more than the call's share of
/// what an endpoint advertises, none while Sentry has asked to wait.
///
/// A turn that the deadline does not cover is not waited for: [SentryException.RateLimited] at once
/// tells more than a timeout later.
public final class RateLimitedTransport implements Transport {
  private static final int MOST_BUCKETS = 10_000;

  private final Transport next;
  private final SentryMetrics metrics;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Sleeper sleeper;
  private final ConcurrentHashMap<BucketKey, RateLimitBucket> buckets = new ConcurrentHashMap<>();

  /// @param nanoTime a clock that only goes forward, in nanoseconds
  public RateLimitedTransport(
      Transport next,
      SentryMetrics metrics,
      InstantSource clock,
      LongSupplier nanoTime,
      Sleeper sleeper) {
    this.next = next;
    this.metrics = metrics;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.sleeper = sleeper;
  }

  @Override
  public Answer ask(Call call, Deadline deadline) throws SentryException, InterruptedException {
    RateLimitBucket bucket = bucket(call);
    Duration waited = bucket.enter(call.rateShare(), deadline, sleeper);
    metrics.throttled(call.endpoint().name(), waited);
    RateLimitBucket.Outcome outcome = RateLimitBucket.Outcome.UNANSWERED;
    try {
      Answer answer = next.ask(call, deadline);
      outcome =
          new RateLimitBucket.Outcome(
              answer.http().status(),
              RateLimitHeaders.read(answer.http().headers(), clock.instant()));
      return answer.after(0, waited);
    } finally {
      bucket.leave(outcome);
    }
  }

  private RateLimitBucket bucket(Call call) {
    if (buckets.size() > MOST_BUCKETS) {
      buckets.clear(); // configurations and endpoints are few: only a bug or years bring us here
    }
    return buckets.computeIfAbsent(BucketKey.of(call), _ -> new RateLimitBucket(nanoTime));
  }

  /// What Sentry counts together, as far as a request shows it.
  private record BucketKey(String server, Endpoint endpoint, Object caller) {
    static BucketKey of(Call call) {
      HttpGet request = call.request();
      return new BucketKey(
          request.uri().getRawAuthority(), call.endpoint(), caller(request.headers()));
    }

    /// The values of the headers that say who asks; all headers where none is known to.
    private static Object caller(List<Header> headers) {
      List<Secret> known = headers.stream().filter(Header::saysWhoAsks).map(Header::value).toList();
      return known.isEmpty() ? headers : known;
    }
  }
}
