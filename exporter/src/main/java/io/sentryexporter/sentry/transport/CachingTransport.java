package io.sentryexporter.sentry.transport;

import io.sentryexporter.http.HttpGet;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.sentry.model.Renewal;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.time.Deadline;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Sends identical requests once: callers that come while an answer is in flight wait for that one,
/// and an answer that is recent enough for the call serves again.
///
/// The first caller sends the request, on its own thread and deadline. If it runs out of time or
/// goes away, one of the waiting callers sends it anew. Only answers with a requested body are
/// kept, and short ones, so that all of them together are bounded: a day of statistics has half a
/// KiB.
public final class CachingTransport {
  private static final int MOST_ANSWERS = 1_000;
  private static final int LONGEST_KEPT_BYTES = 8 << 10;

  private final RequestSender next;
  private final ExporterMetrics metrics;
  private final LongSupplier nanoTime;
  private final ConcurrentHashMap<Question, Flight> flights = new ConcurrentHashMap<>();
  private final Map<Question, Answer> answers = new LinkedHashMap<>();

  /// The identity of a call: calls with the same identity share an answer.
  private record Question(HttpGet request, Statuses wanted) {}

  /// @param nanoTime a clock that only goes forward, in nanoseconds
  public CachingTransport(RequestSender next, ExporterMetrics metrics, LongSupplier nanoTime) {
    this.next = next;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
  }

  public Answer ask(Call call, Deadline deadline) throws SentryException, InterruptedException {
    var question = new Question(call.request(), call.wanted());
    if (call.maxAge().isPositive()) {
      metrics.cacheAsked();
    }
    while (true) {
      Answer kept = youngEnough(question, call.maxAge());
      if (kept != null) {
        metrics.cacheHit();
        return kept.from(Answer.Source.KEPT);
      }
      var own = new Flight();
      Flight other = flights.putIfAbsent(question, own);
      if (other == null) {
        return fly(own, question, call, deadline);
      }
      Answer answer = other.await(deadline);
      if (answer != null) {
        metrics.coalesced();
        return answer.from(Answer.Source.SHARED);
      }
    }
  }

  private Answer fly(Flight flight, Question question, Call call, Deadline deadline)
      throws SentryException, InterruptedException {
    try {
      // Another's answer may have come between the look for one and this flight.
      Answer kept = youngEnough(question, call.maxAge());
      Answer answer = kept != null ? kept.from(Answer.Source.KEPT) : next.send(call, deadline);
      if (kept == null) {
        keep(question, call, answer);
      } else {
        metrics.cacheHit();
      }
      flight.succeeded(answer);
      return answer;
    } catch (SentryException.TimedOut | SentryException.Cancelled | SentryException.RateLimited e) {
      throw e; // only of this deadline: waiting callers may have more time
    } catch (SentryException e) {
      flight.failed(e);
      throw e;
    } finally {
      flights.remove(question, flight);
      flight.over();
    }
  }

  private @Nullable Answer youngEnough(Question question, Duration maxAge) {
    if (!maxAge.isPositive()) {
      return null;
    }
    Answer kept;
    synchronized (answers) {
      kept = answers.get(question);
    }
    long dueNanos = Renewal.dueAge(maxAge).toNanos();
    boolean young = kept != null && nanoTime.getAsLong() - kept.receivedNanos() < dueNanos;
    return young ? kept : null;
  }

  private void keep(Question question, Call call, Answer answer) {
    boolean worthKeeping =
        call.maxAge().isPositive()
            && call.wanted().contains(answer.http().status())
            && answer.http().body().length <= LONGEST_KEPT_BYTES;
    if (!worthKeeping) {
      return;
    }
    synchronized (answers) {
      answers.remove(question); // so that the oldest stays first
      answers.put(question, answer);
      if (answers.size() > MOST_ANSWERS) {
        answers.remove(answers.keySet().iterator().next());
      }
    }
  }

  /// A request in flight.
  private static final class Flight {
    private boolean over;
    private @Nullable Answer answer;
    private @Nullable SentryException failure;

    synchronized void succeeded(Answer whatCame) {
      this.answer = whatCame;
    }

    synchronized void failed(SentryException whatHappened) {
      this.failure = whatHappened;
    }

    synchronized void over() {
      over = true;
      notifyAll();
    }

    /// The answer, or null if the requesting caller gave up and another has to request it.
    synchronized @Nullable Answer await(Deadline deadline)
        throws SentryException, InterruptedException {
      boolean _ = deadline.await(this, () -> over);
      if (failure != null) {
        throw failure;
      }
      if (!over) {
        throw gaveUp(deadline);
      }
      return answer;
    }

    private static SentryException gaveUp(Deadline deadline) {
      String message = "waited for the same request of another probe";
      return deadline.state() == Deadline.State.CANCELLED
          ? new SentryException.Cancelled(message, 0, 0)
          : new SentryException.TimedOut(message, 0, 0);
    }
  }
}
