package io.sentryexporter.sentry;

import io.sentryexporter.sentry.model.Lifetime;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.time.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/// Bounds requests about names that have not answered: with the list of organizations, which is
/// read again meanwhile, they are ten a minute at most, however many names are probed.
final class NewNames {
  private static final int MOST = 8;

  private final LongSupplier nanoTime;
  private final Deque<Long> refused = new ArrayDeque<>();
  private int underWay;

  NewNames(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// Returns if a request may go now or soon.
  ///
  /// @throws SentryException if too many names were unknown lately
  synchronized void check() throws SentryException {
    long now = nanoTime.getAsLong();
    while (!refused.isEmpty() && !Lifetime.UNKNOWN_TARGETS_WINDOW.covers(refused.getFirst(), now)) {
      refused.removeFirst();
    }
    if (refused.size() >= MOST) {
      long end = refused.getFirst() + Lifetime.UNKNOWN_TARGETS_WINDOW.duration().toNanos();
      throw SentryException.noTurn(
          MOST
              + " organizations or projects that Sentry does not know were requested within a"
              + " minute; check the targets",
          Duration.ofNanos(end - now));
    }
  }

  /// Waits until a request may go; it must [#leave].
  synchronized void enter(Deadline deadline) throws SentryException, InterruptedException {
    check();
    if (!deadline.await(this, () -> refused.size() >= MOST || hasPlace())) {
      throw new SentryException(Reason.TIMEOUT, "timed out waiting for answers on other names");
    }
    check();
    underWay++;
  }

  /// A request has ended.
  ///
  /// @param isUnknown whether Sentry does not know the name
  synchronized void leave(boolean isUnknown) {
    underWay--;
    if (isUnknown) {
      refused.addLast(nanoTime.getAsLong());
    }
    notifyAll();
  }

  synchronized void forget() {
    refused.clear();
    notifyAll();
  }

  private boolean hasPlace() {
    return refused.size() + underWay < MOST;
  }
}
