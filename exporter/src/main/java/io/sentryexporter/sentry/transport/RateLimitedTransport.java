package io.sentryexporter.sentry.transport;

import io.sentryexporter.http.Header;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.metrics.SentryMetrics;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.text.Secret;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.Sleeper;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/// Paces calls as Sentry's limits allow: never more than the call's share of what an endpoint
/// advertises, none while Sentry requires a wait.
///
/// A turn after the deadline is not waited for: an immediate [SentryException.RateLimited] is more
/// precise than a later timeout.
public final class RateLimitedTransport implements Transport {
  private static final Logger log = LoggerFactory.getLogger(RateLimitedTransport.class);

  private static final int MOST_BUCKETS = 10_000;

  private final Transport next;
  private final SentryMetrics metrics;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Sleeper sleeper;
  private final String remedy;
  private final Duration longestPause;
  private final ConcurrentHashMap<BucketKey, Counted> buckets = new ConcurrentHashMap<>();

  /// Requests that Sentry counts together, and the demand for them.
  private record Counted(RequestPacer bucket, Demand demand) {}

  /// @param nanoTime a clock that only goes forward, in nanoseconds
  /// @param remedy advice in the log if more requests are needed than get a turn
  /// @param longestPause longest pause after a 429 that is waited for: where the deadline is far
  ///   off, as a fetch's is, waiting callers have to learn of a longer one
  public RateLimitedTransport(
      Transport next,
      SentryMetrics metrics,
      InstantSource clock,
      LongSupplier nanoTime,
      Sleeper sleeper,
      String remedy,
      Duration longestPause) {
    this.next = next;
    this.metrics = metrics;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.sleeper = sleeper;
    this.remedy = remedy;
    this.longestPause = longestPause;
  }

  @Override
  public Answer ask(Call call, Deadline deadline) throws SentryException, InterruptedException {
    BucketKey key = BucketKey.of(call);
    Counted counted = counted(key);
    RequestPacer bucket = counted.bucket();
    Duration waited = turn(call, deadline, key, counted);
    metrics.throttled(call.endpoint().name(), waited);
    RequestPacer.Outcome outcome = RequestPacer.Outcome.UNANSWERED;
    try {
      Answer answer = next.ask(call, deadline);
      outcome =
          new RequestPacer.Outcome(
              answer.http().status(),
              RateLimitHeaders.read(answer.http().headers(), clock.instant()));
      return answer.after(0, waited);
    } finally {
      bucket.leave(outcome);
    }
  }

  /// The rates that are needed and given, by server and endpoint: of all callers together.
  public List<MetricFamily> rates() {
    long now = nanoTime.getAsLong();
    Map<List<String>, Double> needed = new LinkedHashMap<>();
    Map<List<String>, Double> given = new LinkedHashMap<>();
    buckets.forEach((key, counted) -> {
      var labels = List.of(key.server(), key.endpoint().name());
      needed.merge(labels, counted.demand().rate(now), Double::sum);
      counted.bucket().given().ifPresent(rate -> given.merge(labels, rate, Double::sum));
    });
    return List.of(
        family(SentryMetrics.RATE_NEEDED, needed), family(SentryMetrics.RATE_GIVEN, given));
  }

  private static MetricFamily family(Metric metric, Map<List<String>, Double> rates) {
    return new MetricFamily(
        metric,
        rates.entrySet().stream().map(rate -> new Sample(rate.getValue(), rate.getKey())).toList());
  }

  private Duration turn(Call call, Deadline deadline, BucketKey key, Counted counted)
      throws SentryException, InterruptedException {
    Demand demand = counted.demand();
    if (!call.isRetry()) {
      demand.needed(nanoTime.getAsLong());
    }
    try {
      Duration waited = counted.bucket().enter(call, deadline, sleeper);
      if (demand.given(nanoTime.getAsLong())) {
        logRates(log.atInfo(), key, counted).log("every request to sentry gets its turn again");
      }
      return waited;
    } catch (SentryException.RateLimited e) {
      metrics.turnRefused(call.endpoint().name());
      if (demand.refused(nanoTime.getAsLong())) {
        warn(key, counted);
      }
      throw e;
    }
  }

  private void warn(BucketKey key, Counted counted) {
    var warning = logRates(log.atWarn(), key, counted);
    if (counted.bucket().isPaused()) {
      warning.log("sentry has requested to wait for longer than probes have time");
    } else {
      warning
          .addKeyValue("remedy", remedy)
          .log("more requests are needed than sentry's rate limit leaves turns for");
    }
  }

  private LoggingEventBuilder logRates(LoggingEventBuilder event, BucketKey key, Counted counted) {
    double needed = rounded(counted.demand().rate(nanoTime.getAsLong()));
    var rates =
        event
            .addKeyValue("server", key.server())
            .addKeyValue("endpoint", key.endpoint().name())
            .addKeyValue("needed_per_second", needed);
    var given = counted.bucket().given();
    return given.isEmpty()
        ? rates
        : rates.addKeyValue("given_per_second", rounded(given.getAsDouble()));
  }

  private static double rounded(double rate) {
    return Math.round(rate * 100) / 100.0;
  }

  private Counted counted(BucketKey key) {
    if (buckets.size() > MOST_BUCKETS) {
      buckets.clear(); // configurations and endpoints are few: only a bug or years lead here
    }
    return buckets.computeIfAbsent(
        key,
        _ ->
            new Counted(
                new RequestPacer(nanoTime, longestPause), new Demand(nanoTime.getAsLong())));
  }

  /// The identity of requests that Sentry counts together, as far as a request shows it.
  private record BucketKey(String server, Endpoint endpoint, Object caller) {
    static BucketKey of(Call call) {
      HttpGet request = call.request();
      return new BucketKey(
          request.uri().getRawAuthority(), call.endpoint(), caller(request.headers()));
    }

    /// The values of the headers that identify the caller; all headers if none of them is known to.
    private static Object caller(List<Header> headers) {
      List<Secret> known = headers.stream().filter(Header::saysWhoAsks).map(Header::value).toList();
      return known.isEmpty() ? headers : known;
    }
  }
}
