package io.sentryexporter.http;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.sentryexporter.http.HttpFailure.Phase;
import io.sentryexporter.http.ProxyRules.Route;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolEntry;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.pool.StrictConnPool;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/// Open connections by route, the last used first; bounded, and waited for within the deadline.
///
/// Idle ones are closed after 90 s, when the next call ends: there is no thread for it.
final class ConnectionPool implements AutoCloseable {
  private static final Duration LONGEST_IDLE = Duration.ofSeconds(90);

  private static final Timeout FOR_EVER = Timeout.ofDays(365);

  private final StrictConnPool<Route, UpstreamConnection> entries;
  private final TimeSource time;
  private final AtomicLong sweptAtNanos = new AtomicLong();
  private volatile boolean isClosed;

  /// @param connections to all routes together: beyond, an idle one of another route is closed
  ConnectionPool(int connectionsPerRoute, int connections, TimeSource time) {
    this.time = time;
    this.sweptAtNanos.set(time.nanoTime());
    this.entries =
        new StrictConnPool<>(
            connectionsPerRoute,
            connections,
            TimeValue.NEG_ONE_MILLISECOND,
            PoolReusePolicy.LIFO,
            null);
  }

  /// The right to one connection of this route: an open one, or room for a new one.
  Lease lease(Route route, CallState call) throws HttpFailure {
    call.enter(Phase.LEASE);
    call.check();
    var end = new LeaseEnd();
    var waiting = entries.lease(route, null, FOR_EVER, end); // it is the deadline that ends it
    try {
      if (end.await(waiting, call.deadline()) && !waiting.isCancelled()) {
        return new Lease(waiting.resultNow());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    giveUp(waiting);
    throw call.ended();
  }

  /// Closes the idle connections. Calls that run end in their own time; they, and later ones, leave
  /// no connection open.
  @Override
  public void close() {
    isClosed = true;
    entries.closeIdle(TimeValue.ZERO_MILLISECONDS);
  }

  private void giveUp(Future<PoolEntry<Route, UpstreamConnection>> waiting) {
    if (!waiting.cancel(true) && waiting.state() == Future.State.SUCCESS) {
      entries.release(waiting.resultNow(), true);
    }
  }

  private void closeExpired() {
    if (isClosed) {
      entries.closeIdle(TimeValue.ZERO_MILLISECONDS);
      return;
    }
    var now = time.nanoTime();
    var swept = sweptAtNanos.get();
    if (now - swept > SECONDS.toNanos(30) && sweptAtNanos.compareAndSet(swept, now)) {
      entries.closeExpired();
    }
  }

  /// Notifies of the end of a lease's wait.
  private static final class LeaseEnd
      implements FutureCallback<PoolEntry<Route, UpstreamConnection>> {
    synchronized boolean await(Future<?> waiting, Deadline deadline) throws InterruptedException {
      return deadline.await(this, waiting::isDone);
    }

    @Override
    public synchronized void completed(PoolEntry<Route, UpstreamConnection> entry) {
      notifyAll();
    }

    @Override
    public synchronized void failed(Exception failure) {
      notifyAll();
    }

    @Override
    public synchronized void cancelled() {
      notifyAll();
    }
  }

  /// A place in the pool, for the time of one exchange. Closing it gives the place back, with the
  /// connection only if it was marked to be kept.
  final class Lease implements AutoCloseable {
    private final PoolEntry<Route, UpstreamConnection> entry;
    private boolean isKept;

    private Lease(PoolEntry<Route, UpstreamConnection> entry) {
      this.entry = entry;
    }

    /// An open connection that has served before and is fit to serve again; null if there is none.
    @Nullable UpstreamConnection pooled() {
      var connection = entry.getConnection();
      if (connection != null && !connection.isFit()) {
        discard();
        return null;
      }
      return connection;
    }

    void assign(UpstreamConnection connection) {
      entry.assignConnection(connection);
    }

    /// The connection here is of no use any more.
    void discard() {
      entry.discardConnection(CloseMode.IMMEDIATE);
    }

    /// The connection here can serve another call.
    ///
    /// @param idle how long the server lets it be idle; not at all if it is zero
    void keep(Duration idle) {
      if (!idle.isPositive()) {
        return;
      }
      var limit = idle.compareTo(LONGEST_IDLE) < 0 ? idle : LONGEST_IDLE;
      entry.getConnection().rest();
      entry.updateExpiry(TimeValue.of(limit));
      isKept = true;
    }

    @Override
    public void close() {
      entries.release(entry, isKept);
      closeExpired();
    }
  }
}
