package io.sentryexporter.simulator.api;

import io.sentryexporter.simulator.message.Answer;
import io.sentryexporter.simulator.message.Json;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/// Sentry's rate limits: fixed windows of a second, and requests in flight.
///
/// An endpoint with a limit of its own has its own window per caller; all others share one per
/// caller and method.
public final class RateLimits {
  public static final int SHARED_LIMIT = 40;
  public static final int CONCURRENT_LIMIT = 25;

  private static final int COUNT_BITS = 24;
  private static final int MAX_CALLERS = 10_000; // forgets all beyond: callers may be made up

  private record Bucket(String caller, String group) {}

  private final ConcurrentMap<Bucket, AtomicLong> windows = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Integer> inFlight = new ConcurrentHashMap<>();

  /// Where a caller stands with a request just begun.
  ///
  /// @param reset when the window ends, in epoch seconds
  public record Standing(String caller, int limit, long used, long reset, int concurrent) {
    boolean isOverWindow() {
      return used > limit;
    }

    boolean isOverConcurrency() {
      return concurrent > CONCURRENT_LIMIT;
    }

    /// The headers, each line ended by CR LF.
    String headerLines() {
      return lines(limit, Math.max(0, limit - used), reset, CONCURRENT_LIMIT - concurrent);
    }
  }

  /// Counts a request in.
  Standing enter(String caller, Route route, String method, long epochSecond) {
    if (windows.size() > MAX_CALLERS) {
      windows.clear();
    }
    var shared = route.limitPerSecond() == SHARED_LIMIT;
    var bucket = new Bucket(caller, shared ? method : route.template());
    var window =
        windows
            .computeIfAbsent(bucket, _ -> new AtomicLong())
            .updateAndGet(packed ->
                packed >>> COUNT_BITS == epochSecond
                    ? packed + 1
                    : (epochSecond << COUNT_BITS) + 1);
    return new Standing(
        caller,
        route.limitPerSecond(),
        window & ((1 << COUNT_BITS) - 1),
        epochSecond + 1,
        entered(caller));
  }

  /// Counts up in one step: the count of a caller without requests is removed.
  private int entered(String caller) {
    return inFlight.merge(caller, 1, Integer::sum);
  }

  /// Counts a request out.
  void leave(Standing standing) {
    inFlight.computeIfPresent(standing.caller(), (_, count) -> count == 1 ? null : count - 1);
  }

  /// The answer beyond a window's limit; JSON, but not called so, as Sentry does.
  public static Answer tooFrequent(int limit, long reset) {
    return refusal(
            "You are attempting to use this endpoint too frequently. Limit is "
                + limit
                + " requests in 1 seconds")
        .withLines(lines(limit, 0, reset, CONCURRENT_LIMIT - 1));
  }

  /// The answer beyond the limit of requests in flight.
  public static Answer tooConcurrent(int limit, long reset) {
    return refusal(
            "You are attempting to go above the allowed concurrency for this endpoint. Concurrency"
                + " limit is "
                + CONCURRENT_LIMIT)
        .withLines(lines(limit, Math.max(0, limit - 9), reset, 0));
  }

  private static Answer refusal(String detail) {
    return Answer.of(429, "text/html; charset=utf-8", Json.detail(detail));
  }

  private static String lines(int limit, long remaining, long reset, int concurrentRemaining) {
    return "X-Sentry-Rate-Limit-Remaining: "
        + remaining
        + "\r\nX-Sentry-Rate-Limit-Limit: "
        + limit
        + "\r\nX-Sentry-Rate-Limit-Reset: "
        + reset
        + "\r\nX-Sentry-Rate-Limit-ConcurrentRemaining: "
        + Math.max(0, concurrentRemaining)
        + "\r\nX-Sentry-Rate-Limit-ConcurrentLimit: "
        + CONCURRENT_LIMIT
        + "\r\n";
  }
}
