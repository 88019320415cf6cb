package io.sentryexporter.sentry.transport;

import io.sentryexporter.metrics.SentryMetrics;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.wire.Headers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// The link of one instance: limits concurrent requests, and reads limits and the clock from the
/// answers.
public final class InstanceTransport implements Transport {
  private final Transport next;
  private final SentryMetrics metrics;
  private final Turnstile turnstile;
  private final ServerClock serverClock;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Map<Endpoint, RateLimitHeaders> limits = new ConcurrentHashMap<>();

  public InstanceTransport(
      Transport next,
      SentryMetrics metrics,
      Turnstile turnstile,
      ServerClock serverClock,
      InstantSource clock,
      LongSupplier nanoTime) {
    this.next = next;
    this.metrics = metrics;
    this.turnstile = turnstile;
    this.serverClock = serverClock;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  @Override
  public Answer ask(Call call, Deadline deadline) throws SentryException, InterruptedException {
    long started = nanoTime.getAsLong();
    turnstile.enter(call.endpoint(), deadline);
    var waited = Duration.ofNanos(nanoTime.getAsLong() - started);
    metrics.throttled(call.endpoint().name(), waited);
    Answer answer;
    try {
      answer = next.ask(call, deadline);
    } finally {
      turnstile.leave(call.endpoint());
    }
    learn(call.endpoint(), answer.http().headers());
    return answer.after(0, waited);
  }

  /// The last limits that each endpoint has advertised.
  public Map<Endpoint, RateLimitHeaders> limits() {
    return Map.copyOf(limits);
  }

  private void learn(Endpoint endpoint, Headers headers) {
    serverClock.heard(headers);
    RateLimitHeaders limit = RateLimitHeaders.read(headers, clock.instant());
    Long concurrent = limit.concurrentLimit();
    if (limit.limit() != null || concurrent != null) { // a gateway before Sentry sends none
      limits.put(endpoint, limit);
    }
    if (concurrent != null) {
      turnstile.advertised(endpoint, concurrent);
    }
  }
}
