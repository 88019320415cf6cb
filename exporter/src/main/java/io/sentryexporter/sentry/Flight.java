package io.sentryexporter.sentry;

import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.time.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A request in flight: one thread fetches, others wait, each until its own deadline.
final class Flight<T> {
  private final String name;
  private final long startedNanos;
  private final long refusalsForgotten;
  private boolean claimed;
  private boolean over;
  private @Nullable Kept<T> answer;
  private @Nullable SentryException failure;

  /// An answer and when it came, by the clock that only goes forward.
  ///
  /// @param dropped what was left out of it, and why
  /// @param number the answer's own in this process
  record Kept<T>(T answer, long receivedNanos, List<String> dropped, long number) {
    private static final AtomicLong NUMBERS = new AtomicLong();

    Kept(T answer, long receivedNanos, List<String> dropped) {
      this(answer, receivedNanos, dropped, NUMBERS.incrementAndGet());
    }

    Kept {
      dropped = List.copyOf(dropped);
    }
  }

  /// @param startedNanos by the same clock
  /// @param refusalsForgotten how often refusals had been forgotten then
  Flight(String name, long startedNanos, long refusalsForgotten) {
    this.name = name;
    this.startedNanos = startedNanos;
    this.refusalsForgotten = refusalsForgotten;
  }

  long refusalsForgotten() {
    return refusalsForgotten;
  }

  long startedNanos() {
    return startedNanos;
  }

  /// Returns true for the caller that has to fetch.
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

  /// Ends the flight without an answer or a failure, because of a bug in the exporter.
  synchronized void broke() {
    end();
  }

  private void end() {
    over = true;
    notifyAll();
  }

  /// @param longest maximum wait, even if the deadline is later
  /// @throws IllegalStateException if the flight broke
  synchronized Kept<T> await(Deadline deadline, Duration longest)
      throws SentryException, InterruptedException {
    boolean _ = deadline.await(this, longest, () -> over);
    if (answer != null) {
      return answer;
    }
    if (failure != null) {
      throw failure;
    }
    if (over) {
      throw new IllegalStateException("internal error while requesting " + name);
    }
    String message = "Sentry has not answered yet; the answer serves the next probe";
    throw deadline.state() == Deadline.State.CANCELLED
        ? new SentryException.Cancelled(message, 0, 0)
        : new SentryException.TimedOut(message, 0, 0);
  }
}
