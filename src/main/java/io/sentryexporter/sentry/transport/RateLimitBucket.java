package io.sentryexporter.sentry.transport;

import io.sentryexporter.http.Deadline;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Whose turn it is among the requests that Sentry counts together.
///
/// Sentry's own words decide: its limit sets the distance between two requests, a 429 a pause for
/// all. As long as they are not known few go at once, so that a crowd does not find the limit by
/// running into it; after a pause a single one goes ahead. A server that advertises nothing gets
/// requests as they come.
final class RateLimitBucket {
  private static final int FEW = 2;

  /// Sentry's windows are of one second, nearly always; a 429 tells of others.
  private static final Duration WINDOW = Duration.ofSeconds(1);

  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);

  private final LongSupplier nanoTime;
  private Mood mood = Mood.UNKNOWN;
  private int inFlight;

  /// The one told last; 0 if none ever was.
  private long limit;

  private Duration backoff = FIRST_BACKOFF;

  /// The earliest time of the next request, and of any request: nanoseconds of [#nanoTime].
  private long nextTurn;

  private long pauseEnd;

  /// What the last answers make of the server.
  private enum Mood {
    /// Nothing has been heard of it.
    UNKNOWN(FEW),
    /// It advertises no limit.
    UNLIMITED(Integer.MAX_VALUE),
    /// It has advertised a limit, which the distance between turns keeps.
    LIMITED(Integer.MAX_VALUE),
    /// It refused the last request.
    REFUSING(1),
    /// It has refused requests, and says no limit by which that could be kept from happening.
    TOUCHY(FEW);

    private final int mostInFlight;

    Mood(int mostInFlight) {
      this.mostInFlight = mostInFlight;
    }
  }

  /// How a request ended.
  ///
  /// @param status 0 without an answer
  /// @param headers null without an answer
  record Outcome(int status, @Nullable RateLimitHeaders headers) {
    static final Outcome UNANSWERED = new Outcome(0, null);
  }

  RateLimitBucket(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.nextTurn = nanoTime.getAsLong();
    this.pauseEnd = nextTurn;
  }

  /// Waits for a turn; who gets one must [#leave].
  ///
  /// @return how long it took
  /// @throws SentryException.RateLimited if the turn would come after the deadline
  Duration enter(double share, Deadline deadline, Sleeper sleeper)
      throws SentryException, InterruptedException {
    long started = nanoTime.getAsLong();
    long turn = started;
    boolean hasTurn = false;
    while (true) {
      long wait;
      synchronized (this) {
        boolean waitedForPlace = awaitPlace(deadline);
        long now = nanoTime.getAsLong();
        if (!hasTurn || waitedForPlace || turn - pauseEnd < 0) {
          turn = later(later(now, pauseEnd), nextTurn);
          hasTurn = false;
        }
        wait = turn - now;
        if (wait > 0 && wait >= deadline.remaining().toNanos()) {
          throw new SentryException.RateLimited(
              "Sentry's rate limit leaves no turn before the deadline", Duration.ofNanos(wait));
        }
        if (!hasTurn) {
          nextTurn = turn + distance(share);
          hasTurn = true;
        }
        if (wait <= 0) {
          inFlight++;
          return Duration.ofNanos(now - started);
        }
      }
      sleeper.sleep(Duration.ofNanos(wait), deadline);
      checkOpen(deadline);
    }
  }

  /// A request has ended.
  synchronized void leave(Outcome outcome) {
    inFlight--;
    RateLimitHeaders headers = outcome.headers();
    if (headers != null) {
      learn(outcome.status(), headers);
    }
    notifyAll();
  }

  private void learn(int status, RateLimitHeaders headers) {
    Long advertised = headers.limit();
    if (advertised != null) {
      limit = advertised;
    }
    if (status == 429) {
      Duration asked = headers.askedWait();
      pause(asked != null ? asked : backoff);
      backoff = asked != null ? FIRST_BACKOFF : min(backoff.multipliedBy(2), LONGEST_BACKOFF);
      mood = Mood.REFUSING;
      return;
    }
    backoff = FIRST_BACKOFF;
    boolean wasRefused = mood == Mood.REFUSING || mood == Mood.TOUCHY;
    if (limit > 0) { // also where this answer tells none: a gateway's does not
      mood = Mood.LIMITED;
    } else {
      mood = wasRefused ? Mood.TOUCHY : Mood.UNLIMITED;
    }
    Duration reset = headers.reset();
    if (reset != null && Long.valueOf(0).equals(headers.remaining())) {
      pause(min(reset, WINDOW)); // others use up the same limit
    }
  }

  private void pause(Duration time) {
    pauseEnd = later(pauseEnd, nanoTime.getAsLong() + time.toNanos());
  }

  /// Time from one turn to the next: at most the share of the limit in a window, at least one.
  private long distance(double share) {
    return switch (mood) {
      case LIMITED, REFUSING -> {
        long requests = Math.max(1, (long) (limit * share));
        yield limit == 0 ? 0 : WINDOW.toNanos() / requests;
      }
      case UNKNOWN, UNLIMITED, TOUCHY -> 0;
    };
  }

  /// Waits, in this object's monitor, until there are few enough in flight.
  ///
  /// @return whether that took time: then others have waited too, and their turns have passed as
  ///   well
  private boolean awaitPlace(Deadline deadline) throws SentryException, InterruptedException {
    if (inFlight < mood.mostInFlight) {
      return false;
    }
    try (var _ = deadline.onEnd(this::wake)) {
      while (inFlight >= mood.mostInFlight) {
        checkOpen(deadline);
        wait();
      }
    }
    return true;
  }

  private synchronized void wake() {
    notifyAll();
  }

  private static void checkOpen(Deadline deadline) throws SentryException {
    switch (deadline.state()) {
      case OPEN -> {}
      case EXPIRED ->
          throw new SentryException.TimedOut("timed out waiting for a turn to ask Sentry", 0, 0);
      case CANCELLED ->
          throw new SentryException.Cancelled("cancelled while waiting for a turn", 0, 0);
    }
  }

  private static long later(long a, long b) {
    return a - b > 0 ? a : b;
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
