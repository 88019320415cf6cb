package io.sentryexporter.time;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;

/// The time when a piece of work must end: a point in time, or earlier when its result is no longer
/// needed.
///
/// Shared by all threads that do parts of the work. Actions registered with [#onEnd] run on the
/// timer's thread or on the one that cancels: they must neither block nor throw.
public final class Deadline implements AutoCloseable {
  /// Longest time that can be waited for; anything beyond is unlimited.
  private static final long LONGEST_NANOS = Long.MAX_VALUE / 4;

  private static final Registration NOTHING = () -> {};

  private final long endNanos;
  private final Object lock = new Object();
  private final Set<Action> actions = new LinkedHashSet<>();
  private volatile State state = State.OPEN;
  private final ScheduledExecutorService timer;
  private final Future<?> expiry;

  private Deadline(Duration timeout, ScheduledExecutorService timer) {
    this.timer = timer;
    var nanos = Math.clamp(NANOSECONDS.convert(timeout), 0, LONGEST_NANOS);
    this.endNanos = System.nanoTime() + nanos;
    this.expiry = timer.schedule(() -> end(State.EXPIRED), nanos, NANOSECONDS);
  }

  /// A deadline that ends `timeout` from now; at once if `timeout` is not positive.
  public static Deadline after(Duration timeout, ScheduledExecutorService timer) {
    return new Deadline(timeout, timer);
  }

  /// A deadline for a part of the work, after half of the time left. It does not end when this is
  /// cancelled, unless [#onEnd] ties the two.
  public Deadline half() {
    return new Deadline(remaining().dividedBy(2), timer);
  }

  /// Where the work stands; the first end stays.
  public enum State {
    OPEN,
    EXPIRED,
    CANCELLED
  }

  /// Takes back an action that was to run at the end.
  ///
  /// An end at the same moment may still run it: if the deadline is open after [#close()], the
  /// action has not run and never will.
  public interface Registration extends AutoCloseable {
    @Override
    void close();
  }

  /// Time left; never negative, zero when over.
  public Duration remaining() {
    return state == State.OPEN
        ? Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()))
        : Duration.ZERO;
  }

  /// Expired from the moment the time is over, even if the timer is late.
  public State state() {
    if (state == State.OPEN && System.nanoTime() - endNanos >= 0) {
      end(State.EXPIRED);
      expiry.cancel(false);
    }
    return state;
  }

  /// Ends the work early, because the client hung up. Nothing happens if it is over already.
  public void cancel() {
    end(State.CANCELLED);
    expiry.cancel(false);
  }

  /// Runs `action` once when this expires or is cancelled, at once if it is over already.
  public Registration onEnd(Runnable action) {
    var registered = new Action(action);
    synchronized (lock) {
      if (state == State.OPEN) {
        actions.add(registered);
        return registered;
      }
    }
    action.run();
    return NOTHING;
  }

  /// The work is done: frees the timer, and no action runs any more.
  @Override
  public void close() {
    synchronized (lock) {
      actions.clear();
    }
    expiry.cancel(false);
  }

  /// The timer may call this before the constructor has come to its end.
  private void end(State how) {
    List<Action> due;
    synchronized (lock) {
      if (state != State.OPEN) {
        return;
      }
      state = how;
      due = List.copyOf(actions);
      actions.clear();
    }
    due.forEach(action -> action.run.run());
  }

  /// One registration; two of the same action are two.
  private final class Action implements Registration {
    private final Runnable run;

    private Action(Runnable run) {
      this.run = run;
    }

    @Override
    public void close() {
      synchronized (lock) {
        actions.remove(this);
      }
    }
  }
}
