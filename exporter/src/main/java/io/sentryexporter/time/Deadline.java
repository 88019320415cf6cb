package io.sentryexporter.time;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.sentryexporter.time.Cancellation.Registration;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;

/// The time when a piece of work must end: a point in time, or earlier when its result is no longer
/// needed.
///
/// Shared by all threads that do parts of the work. Actions registered with [#onEnd] run on the
/// timer's thread or on the one that cancels: they must neither block nor throw.
public final class Deadline implements AutoCloseable {
  private final TimeSource time;
  private final long endNanos;
  private final Object lock = new Object();
  private final Set<Action> actions = new LinkedHashSet<>();
  private volatile State state = State.OPEN;
  private final Registration expiry;

  Deadline(Duration timeout, TimeSource time) {
    this.time = time;
    var nanos = Math.clamp(NANOSECONDS.convert(timeout), 0, TimeSource.LONGEST.toNanos());
    this.endNanos = time.nanoTime() + nanos;
    this.expiry = time.schedule(Duration.ofNanos(nanos), () -> end(State.EXPIRED));
  }

  /// Starts a deadline in real time, without a [TimeSource].
  public static Deadline after(Duration timeout, ScheduledExecutorService timer) {
    return TimeSource.system(timer).deadline(timeout);
  }

  /// A deadline for a part of the work, after half of the time left. It does not end when this is
  /// cancelled, unless [#onEnd] ties the two.
  public Deadline half() {
    return time.deadline(remaining().dividedBy(2));
  }

  /// Where the work stands; the first end stays.
  public enum State {
    OPEN,
    EXPIRED,
    CANCELLED
  }

  /// Time left; never negative, zero when over.
  public Duration remaining() {
    return state == State.OPEN
        ? Duration.ofNanos(Math.max(0, endNanos - time.nanoTime()))
        : Duration.ZERO;
  }

  /// Expired from the moment the time is over, even if the timer is late.
  ///
  /// The actions are left to the timer: the caller may hold a monitor that one of them waits for,
  /// and another caller the other way round.
  public State state() {
    if (state == State.OPEN && time.nanoTime() - endNanos >= 0) {
      synchronized (lock) {
        if (state == State.OPEN) {
          state = State.EXPIRED;
        }
      }
    }
    return state;
  }

  /// Ends the work early, because the client hung up. The caller must hold no monitor that an
  /// action waits for. If the time is over already, the actions run if they have not yet.
  public void cancel() {
    end(State.CANCELLED);
    expiry.close();
  }

  /// Runs `action` once when this expires or is cancelled, at once if it is over already.
  ///
  /// An end at the moment at which the registration is closed may still run it: if the deadline is
  /// open afterwards, the action has not run and never will.
  public Registration onEnd(Runnable action) {
    var registered = new Action(action);
    synchronized (lock) {
      if (state == State.OPEN) {
        actions.add(registered);
        return registered;
      }
    }
    action.run();
    return Registration.NONE;
  }

  /// Waits until `condition` holds or this ends.
  ///
  /// The caller holds the monitor of `monitor`, which guards what the condition reads, and is
  /// released meanwhile. A change of it must be followed by a `notifyAll()`.
  ///
  /// @return whether the condition holds
  public boolean await(Object monitor, BooleanSupplier condition) throws InterruptedException {
    return await(monitor, TimeSource.LONGEST, condition);
  }

  /// The same, at most for a time even if this ends later.
  public boolean await(Object monitor, Duration longest, BooleanSupplier condition)
      throws InterruptedException {
    if (condition.getAsBoolean()) {
      return true;
    }
    var left = remaining();
    try (var _ = onEnd(() -> wake(monitor))) {
      boolean isDecided =
          time.await(
              monitor,
              longest.compareTo(left) < 0 ? longest : left,
              () -> condition.getAsBoolean() || state() != State.OPEN);
      return (isDecided && state() == State.OPEN) || condition.getAsBoolean();
    }
  }

  /// The same for a time from now whether or not this has ended: for results that come a little too
  /// late.
  public boolean awaitGrace(Object monitor, Duration grace, BooleanSupplier condition)
      throws InterruptedException {
    return time.await(monitor, grace, condition);
  }

  private static void wake(Object monitor) {
    synchronized (monitor) {
      monitor.notifyAll();
    }
  }

  /// The work is done: frees the timer, and no action runs any more.
  @Override
  public void close() {
    synchronized (lock) {
      actions.clear();
    }
    expiry.close();
  }

  /// The timer may call this before the constructor has come to its end.
  private void end(State how) {
    List<Action> due;
    synchronized (lock) {
      if (state == State.OPEN) {
        state = how;
      }
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
