package io.sentryexporter.simulator.api;

import io.sentryexporter.simulator.message.ReceivedRequest;
import io.sentryexporter.simulator.message.Request;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Records the requests: counts by endpoint and method, the last requests, connections.
///
/// Endpoints are named by their declared paths, such as
/// `/api/0/projects/{organization}/{project}/stats/`. Requests for the counts themselves and for
/// faults are not counted.
public final class RequestLog {
  /// The endpoint of a request no declared path fits.
  public static final String UNKNOWN = "unknown";

  private static final int KEPT = 256;

  /// An endpoint and the method of a request.
  public record Asked(String endpoint, String method) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Asked, Long> counts = new HashMap<>();
  private final Deque<ReceivedRequest> last = new ArrayDeque<>();
  private long total;
  private long accepted;
  private int open;

  public RequestLog() {}

  /// All requests.
  public long total() {
    return locked(() -> total);
  }

  /// Requests of an endpoint, by any method.
  public long count(String endpoint) {
    return byEndpoint().getOrDefault(endpoint, 0L);
  }

  public SortedMap<String, Long> byEndpoint() {
    var sums = new TreeMap<String, Long>();
    byEndpointAndMethod().forEach((asked, count) -> sums.merge(asked.endpoint(), count, Long::sum));
    return sums;
  }

  public Map<Asked, Long> byEndpointAndMethod() {
    return locked(() -> Map.copyOf(counts));
  }

  /// The last 256 requests, oldest first.
  public List<ReceivedRequest> last() {
    return locked(() -> List.copyOf(last));
  }

  /// Connections accepted since the start or the last reset.
  public long connectionsAccepted() {
    return locked(() -> accepted);
  }

  /// Connections open now; one that the client closed is noticed at its next read or write.
  public int connectionsOpen() {
    return locked(() -> open);
  }

  /// Forgets all but the open connections.
  public void reset() {
    change(() -> {
      counts.clear();
      last.clear();
      total = 0;
      accepted = 0;
    });
  }

  /// Waits until so many requests have arrived; false if they have not within `timeout`.
  public boolean awaitTotal(long requests, Duration timeout) throws InterruptedException {
    return await(() -> total >= requests, timeout);
  }

  /// Waits until at most so many connections are open; false if there are more after `timeout`.
  public boolean awaitConnectionsOpen(int atMost, Duration timeout) throws InterruptedException {
    return await(() -> open <= atMost, timeout);
  }

  public void arrived(@Nullable Route route, Request request) {
    if (ServiceEndpoints.isAddition(route)) {
      return;
    }
    var endpoint = route == null ? UNKNOWN : route.template();
    var received =
        new ReceivedRequest(
            endpoint, request.method(), request.path(), request.rawQuery(), request.headers());
    change(() -> {
      counts.merge(new Asked(endpoint, request.method()), 1L, Long::sum);
      if (last.size() == KEPT) {
        last.removeFirst();
      }
      last.addLast(received);
      total++;
    });
  }

  public void opened() {
    change(() -> {
      accepted++;
      open++;
    });
  }

  public void closed() {
    change(() -> open--);
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private <T> T locked(Supplier<T> reading) {
    lock.lock();
    try {
      return reading.get();
    } finally {
      lock.unlock();
    }
  }

  private boolean await(BooleanSupplier reached, Duration timeout) throws InterruptedException {
    var nanos = timeout.toNanos();
    lock.lock();
    try {
      while (!reached.getAsBoolean()) {
        if (nanos <= 0) {
          return false;
        }
        nanos = changed.awaitNanos(nanos);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
