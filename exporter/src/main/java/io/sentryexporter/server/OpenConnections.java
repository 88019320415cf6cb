package io.sentryexporter.server;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The connections a listener has open.
final class OpenConnections {
  private static final Logger log = LoggerFactory.getLogger(OpenConnections.class);

  private final Set<ClientConnection> connections = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition removed = lock.newCondition();

  private record Candidate(ClientConnection connection, long nanos) {}

  int size() {
    return connections.size();
  }

  void add(ClientConnection connection) {
    connections.add(connection);
  }

  void remove(ClientConnection connection) {
    lock.lock();
    try {
      connections.remove(connection);
      removed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Closes the connection idle for longest; false if none is idle.
  boolean closeIdlest() {
    long now = System.nanoTime();
    return closeFirst(longestFirst(c -> c.idleNanos(now)), ClientConnection::closeIfIdle);
  }

  /// Closes the connection that has been at its step for longest, unless a request is being
  /// handled; false if one is on each. An idle one comes first for its age only: under a flood of
  /// clients that send slowly, the idle ones are the new ones whose request is on its way.
  boolean closeSlowest() {
    long now = System.nanoTime();
    return closeFirst(longestFirst(c -> c.stepNanos(now)), ClientConnection::closeUnlessHandling);
  }

  private List<ClientConnection> longestFirst(ToLongFunction<ClientConnection> nanos) {
    return connections.stream()
        .map(connection -> new Candidate(connection, nanos.applyAsLong(connection)))
        .filter(candidate -> candidate.nanos >= 0)
        .sorted(Comparator.comparingLong(Candidate::nanos).reversed())
        .map(Candidate::connection)
        .toList();
  }

  /// Closes the first that may still be closed: a request may just have arrived on another.
  private boolean closeFirst(List<ClientConnection> candidates, Predicate<ClientConnection> close) {
    for (var connection : candidates) {
      if (close.test(connection)) {
        remove(connection);
        return true;
      }
    }
    return false;
  }

  void endBetweenRequests() {
    connections.forEach(ClientConnection::endIfBetweenRequests);
  }

  void giveUpAll() {
    connections.forEach(ClientConnection::giveUp);
  }

  void abortAll() {
    connections.forEach(connection -> {
      connection.abort();
      remove(connection);
    });
  }

  /// Closes connections that take too long and notifies handlers whose client hung up.
  ///
  /// @return whether a connection is at work, so that it is worth looking again soon
  boolean watch() {
    boolean busy = false;
    for (var connection : connections) {
      try {
        busy |= connection.watch(System.nanoTime());
      } catch (RuntimeException e) { // an action of a handler; the other connections go on
        log.atError().setCause(e).log("hang-up action failed");
      }
    }
    return busy;
  }

  /// Waits until none is left; false if that takes longer than `patience`.
  boolean awaitNone(Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (!connections.isEmpty() && left > 0) {
        left = removed.awaitNanos(left);
      }
      return connections.isEmpty();
    } finally {
      lock.unlock();
    }
  }
}
