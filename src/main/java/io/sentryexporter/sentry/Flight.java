package io.sentryexporter.sentry;

import io.sentryexporter.http.Deadline;
import io.sentryexporter.sentry.model.SentryException;
import org.jspecify.annotations.Nullable;

/// A question on its way: one thread asks, others wait, each as long as its own deadline.
final class Flight<T> {
  private final String name;
  private boolean claimed;
  private boolean over;
  private @Nullable Kept<T> answer;
  private @Nullable SentryException failure;

  /// An answer and when it came, by the clock that only goes forward.
  record Kept<T>(T answer, long receivedNanos) {}

  Flight(String name) {
    this.name = name;
  }

  /// True for the one who has to ask.
  synchronized boolean claim() {
    boolean first = !claimed;
    claimed = true;
    return first;
  }

  synchronized void succeeded(Kept<T> whatCame) {
    answer = whatCame;
    end();
  }

  synchronized void failed(SentryException whatHappened) {
    failure = whatHappened;
    end();
  }

  /// It ended with neither: by a fault of this program.
  synchronized void broke() {
    end();
  }

  private void end() {
    over = true;
    notifyAll();
  }

  private synchronized void wake() {
    notifyAll();
  }

  /// @throws IllegalStateException if the flight broke
  synchronized Kept<T> await(Deadline deadline) throws SentryException, InterruptedException {
    if (!over) {
      try (var _ = deadline.onEnd(this::wake)) {
        while (!over && deadline.state() == Deadline.State.OPEN) {
          wait();
        }
      }
    }
    if (answer != null) {
      return answer;
    }
    if (failure != null) {
      throw failure;
    }
    if (over) {
      throw new IllegalStateException("internal error while asking for " + name);
    }
    String message = "Sentry has not answered yet; the answer serves the next probe";
    throw deadline.state() == Deadline.State.CANCELLED
        ? new SentryException.Cancelled(message, 0, 0)
        : new SentryException.TimedOut(message, 0, 0);
  }
}
