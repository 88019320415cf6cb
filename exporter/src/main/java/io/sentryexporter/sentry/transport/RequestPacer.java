package io.sentryexporter.sentry.transport;

import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.transport.RequestSender.Call;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource.Sleeper;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Orders the requests that Sentry counts together.
///
/// Sentry's own values decide: its limit sets the distance between two requests, a 429 a pause for
/// all. Requests go in the order of their arrival, retries first. The distance is kept between the
/// times at which requests really go, so that a late one does not bring those after it together. As
/// long as the limit is not known few go at once, so that a crowd does not find it by running into
/// it; after a pause a single one goes ahead. A server that advertises nothing gets requests as
/// they come.
final class RequestPacer {
  private static final int FEW = 2;

  /// Sentry's windows are one second long, nearly always; a 429 reports others.
  private static final Duration WINDOW = Duration.ofSeconds(1);

  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);

  private final LongSupplier nanoTime;
  private final Duration longestPause;
  private final Demand demand;
  private final Deque<Waiting> queue = new ArrayDeque<>();

  /// When requests went, in the last [#WINDOW]: nanoseconds of [#nanoTime], oldest first.
  private final Deque<Long> gone = new ArrayDeque<>();

  private Mood mood = Mood.UNKNOWN;
  private int inFlight;

  /// The last limit that was advertised; 0 if there was none.
  private long limit;

  private Duration backoff = FIRST_BACKOFF;

  /// Share of the limit that the last request may use.
  private double lastShare = 1;

  /// Earliest time of any request, in nanoseconds of [#nanoTime].
  private long pauseEnd;

  /// The state of the server, as the last answers show it.
  private enum Mood {
    /// There has been no answer yet.
    UNKNOWN(FEW),
    /// It advertises no limit.
    UNLIMITED(Integer.MAX_VALUE),
    /// It has advertised a limit, which the distance between turns keeps.
    LIMITED(Integer.MAX_VALUE),
    /// It refused the last request.
    REFUSING(1),
    /// It has refused requests, and advertises no limit by which that could be prevented.
    TOUCHY(FEW);

    private final int mostInFlight;

    Mood(int mostInFlight) {
      this.mostInFlight = mostInFlight;
    }
  }

  /// A request that waits for its turn. Not a record: two are never the same.
  private static final class Waiting {
    private final double share;

    private Waiting(double share) {
      this.share = share;
    }
  }

  /// The end of a request.
  ///
  /// @param status 0 without an answer
  /// @param headers null without an answer
  record Outcome(int status, @Nullable RateLimitHeaders headers) {
    static final Outcome UNANSWERED = new Outcome(0, null);
  }

  /// @param longestPause after a 429 that is waited for
  RequestPacer(LongSupplier nanoTime, Duration longestPause) {
    this.nanoTime = nanoTime;
    this.longestPause = longestPause;
    this.pauseEnd = nanoTime.getAsLong();
    this.demand = new Demand(nanoTime.getAsLong());
  }

  /// Waits for a turn; a caller that gets one must [#leave].
  ///
  /// @return how long it took
  /// @throws SentryException if the turn would come after the deadline
  Duration enter(Call call, Deadline deadline, Sleeper sleeper)
      throws SentryException, InterruptedException {
    long started = nanoTime.getAsLong();
    if (!call.isRetry()) {
      demand.needed(started);
    }
    Waiting waiting = queued(call);
    try {
      long wait = goOrWait(waiting, deadline);
      while (wait > 0) {
        sleeper.sleep(Duration.ofNanos(wait), deadline);
        checkOpen(deadline);
        wait = goOrWait(waiting, deadline);
      }
      return Duration.ofNanos(nanoTime.getAsLong() - started);
    } finally {
      dequeue(waiting);
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

  /// Requests a second that the last one's share of the limit allows; empty as long as no limit is
  /// known.
  synchronized OptionalDouble given() {
    return limit == 0 ? OptionalDouble.empty() : OptionalDouble.of(limit * lastShare);
  }

  /// Requests a second that are needed, in the last minute.
  double needed() {
    return demand.rate(nanoTime.getAsLong());
  }

  /// A request got no turn. Returns whether it is the first.
  boolean isFirstRefusal() {
    return demand.refused(nanoTime.getAsLong());
  }

  /// A request got its turn. Returns whether that ends the refusals.
  boolean endsRefusals() {
    return demand.given(nanoTime.getAsLong());
  }

  /// Whether Sentry requires a wait until later than now.
  synchronized boolean isPaused() {
    return pauseEnd - nanoTime.getAsLong() > 0;
  }

  private synchronized Waiting queued(Call call) {
    var waiting = new Waiting(call.rateShare());
    if (call.isRetry()) {
      queue.addFirst(waiting); // it has waited already
    } else {
      queue.addLast(waiting);
    }
    return waiting;
  }

  private synchronized void dequeue(Waiting waiting) {
    queue.remove(waiting);
    notifyAll();
  }

  /// Goes, if its turn has come: then also waits until few enough are in flight.
  ///
  /// @return the time until its turn; not positive if it has gone
  private synchronized long goOrWait(Waiting waiting, Deadline deadline)
      throws SentryException, InterruptedException {
    if (!deadline.await(this, () -> untilTurn(waiting) > 0 || hasPlace(waiting))) {
      checkOpen(deadline);
    }
    long wait = untilTurn(waiting);
    if (wait <= 0) {
      go(waiting);
    } else if (pauseEnd - nanoTime.getAsLong() > longestPause.toNanos()) {
      throw SentryException.noTurn("Sentry has requested to wait", Duration.ofNanos(wait));
    } else if (wait >= deadline.remaining().toNanos()) {
      checkNotCancelled(deadline);
      throw SentryException.noTurn(
          "Sentry's rate limit leaves no turn before the deadline", Duration.ofNanos(wait));
    }
    return wait;
  }

  private void go(Waiting waiting) {
    long now = nanoTime.getAsLong();
    queue.remove(waiting);
    inFlight++;
    lastShare = waiting.share;
    gone.addLast(now);
  }

  private void forgetOld(long now) {
    while (!gone.isEmpty() && now - gone.getFirst() >= WINDOW.toNanos()) {
      gone.removeFirst();
    }
  }

  private void learn(int status, RateLimitHeaders headers) {
    Long advertised = headers.limit();
    if (advertised != null) {
      limit = advertised;
    }
    if (status == 429) {
      Duration asked = headers.askedWait();
      pause(asked != null ? asked : backoff);
      backoff = asked != null ? FIRST_BACKOFF : doubled(backoff);
      mood = Mood.REFUSING;
      return;
    }
    backoff = FIRST_BACKOFF;
    boolean wasRefused = mood == Mood.REFUSING || mood == Mood.TOUCHY;
    if (limit > 0) { // also where this answer has none: a gateway's does not
      mood = Mood.LIMITED;
    } else {
      mood = wasRefused ? Mood.TOUCHY : Mood.UNLIMITED;
    }
    Duration reset = headers.reset();
    if (reset != null && Long.valueOf(0).equals(headers.remaining()) && othersUseTheLimit()) {
      pause(Collections.min(List.of(reset, WINDOW)));
    }
  }

  /// Whether more requests than this bucket's have used up a window, as far as can be seen when an
  /// answer comes: one of its own may have gone over a second before.
  private boolean othersUseTheLimit() {
    forgetOld(nanoTime.getAsLong());
    return gone.size() + 1 < limit;
  }

  private void pause(Duration time) {
    pauseEnd = later(pauseEnd, nanoTime.getAsLong() + time.toNanos());
  }

  /// Time until the turn of a request, at the pace of those ahead of it; not positive if it is now.
  private long untilTurn(Waiting waiting) {
    long now = nanoTime.getAsLong();
    long turn = later(now, pauseEnd);
    forgetOld(now);
    if (isPaced()) {
      if (!gone.isEmpty()) {
        turn = later(turn, gone.getLast() + distance(lastShare));
      }
      if (gone.size() >= limit) { // from before the limit was known, or when it was larger
        turn = later(turn, gone.getFirst() + WINDOW.toNanos());
      }
      for (Waiting ahead : queue) {
        if (ahead == waiting) {
          break;
        }
        turn += distance(ahead.share);
      }
    }
    return turn - now;
  }

  private boolean isPaced() {
    return limit > 0;
  }

  /// Time from one turn to the next. Not rounded to whole requests: of five a second a share of
  /// 0.95 is 4.75.
  private long distance(double share) {
    return (long) Math.ceil(WINDOW.toNanos() / (limit * share));
  }

  /// Whether few enough are in flight, those ahead of it included.
  private boolean hasPlace(Waiting waiting) {
    int most = mood.mostInFlight;
    if (most == Integer.MAX_VALUE) {
      return true;
    }
    int taken = inFlight;
    for (Waiting ahead : queue) {
      if (ahead == waiting) {
        break;
      }
      taken++;
    }
    return taken < most;
  }

  private static void checkOpen(Deadline deadline) throws SentryException {
    checkNotCancelled(deadline);
    if (deadline.state() == Deadline.State.EXPIRED) {
      throw new SentryException(Reason.TIMEOUT, "timed out waiting for a turn to send the request");
    }
  }

  private static void checkNotCancelled(Deadline deadline) throws SentryException {
    if (deadline.state() == Deadline.State.CANCELLED) {
      throw new SentryException(Reason.CANCELLED, "cancelled while waiting for a turn");
    }
  }

  private static long later(long a, long b) {
    return a + Math.max(0, b - a);
  }

  private static Duration doubled(Duration backoff) {
    return Collections.min(List.of(backoff.multipliedBy(2), LONGEST_BACKOFF));
  }

  /// Counts the requests that are needed, and remembers whether some of them get no turn. Times are
  /// nanoseconds of a clock that only goes forward.
  static final class Demand {
    /// Longer than most scrape intervals: one round without a refusal is not the end of them.
    private static final Duration QUIET = Duration.ofMinutes(5);

    private static final int SECONDS = 60;

    private final long started;
    private final int[] perSecond = new int[SECONDS];

    /// The newest second that is counted in.
    private long newest;

    private boolean refusing;
    private long lastRefused;

    Demand(long now) {
      this.started = now;
      this.newest = second(now);
    }

    synchronized void needed(long now) {
      moveTo(now);
      perSecond[slot(newest)]++;
    }

    /// Requests a second in the last minute, or since the start if that is later.
    synchronized double rate(long now) {
      moveTo(now);
      double seconds = Math.clamp((now - started) / 1e9, 1, SECONDS);
      return Arrays.stream(perSecond).sum() / seconds;
    }

    /// A request got no turn.
    ///
    /// @return whether it is the first
    synchronized boolean refused(long now) {
      boolean begins = !refusing;
      refusing = true;
      lastRefused = now;
      return begins;
    }

    /// A request got its turn.
    ///
    /// @return whether that ends the refusals
    synchronized boolean given(long now) {
      boolean ends = refusing && now - lastRefused > QUIET.toNanos();
      refusing &= !ends;
      return ends;
    }

    private void moveTo(long now) {
      long second = second(now);
      for (int i = 0; i < SECONDS && newest < second; i++) {
        newest++;
        perSecond[slot(newest)] = 0;
      }
      newest = second;
    }

    private static long second(long now) {
      return Math.floorDiv(now, Duration.ofSeconds(1).toNanos());
    }

    private static int slot(long second) {
      return Math.floorMod(second, SECONDS);
    }
  }
}
