package io.sentryexporter.sentry.transport;

import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.time.Deadline;
import java.util.HashMap;
import java.util.Map;

/// Limits the concurrent requests: of all endpoints, and one less of each, so that an endpoint that
/// hangs does not block the others.
public final class ConcurrencyLimit {
  private final int most;
  private final double share;
  private final Map<Endpoint, Integer> inFlight = new HashMap<>();
  private final Map<Endpoint, Long> advertised = new HashMap<>();
  private int total;

  /// @param share of what Sentry advertises, if that is less than `most`
  public ConcurrencyLimit(int most, double share) {
    this.most = most;
    this.share = share;
  }

  /// Waits for a place; a caller that gets one must [#leave].
  synchronized void enter(Endpoint endpoint, Deadline deadline)
      throws SentryException, InterruptedException {
    if (!deadline.await(this, () -> !isFull(endpoint))) {
      throw deadline.state() == Deadline.State.CANCELLED
          ? new SentryException.Cancelled(waiting(), 0, 0)
          : new SentryException.TimedOut(waiting(), 0, 0);
    }
    total++;
    inFlight.merge(endpoint, 1, Integer::sum);
  }

  synchronized void leave(Endpoint endpoint) {
    total--;
    inFlight.computeIfPresent(endpoint, (_, count) -> count == 1 ? null : count - 1);
    notifyAll();
  }

  /// Sentry accepts this many concurrent requests of the endpoint.
  synchronized void advertised(Endpoint endpoint, long limit) {
    advertised.put(endpoint, limit);
    notifyAll();
  }

  private boolean isFull(Endpoint endpoint) {
    long allowed = most;
    for (long limit : advertised.values()) {
      allowed = Math.min(allowed, Math.max(1, (long) (limit * share)));
    }
    return total >= allowed || inFlight.getOrDefault(endpoint, 0) >= Math.max(1, allowed - 1);
  }

  private static String waiting() {
    return "waited for other requests to Sentry to end; max_concurrent of the instance limits them";
  }
}
