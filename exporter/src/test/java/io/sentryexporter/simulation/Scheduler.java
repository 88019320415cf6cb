package io.sentryexporter.simulation;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.sentryexporter.time.Cancellation.Registration;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Runs threads one at a time, in virtual time, in an order that a seed decides.
///
/// A thread runs until it waits in [TimeSource#await] or ends; then the next is drawn among those
/// that can go on: a new one, one that has been notified and whose condition holds, one whose time
/// is over, the timer. Time moves only when none can. A thread that was not notified does not go on
/// though its condition holds: a program that forgets to notify is found.
///
/// The threads are virtual ones: to hand over from one to the next costs a fraction of what it
/// costs between those of the system. With one carrier (`jdk.virtualThreadScheduler.parallelism`)
/// it costs least.
final class Scheduler implements AutoCloseable {
  /// Nothing of the program may take so long in virtual time.
  static final Duration LONGEST_LIFE = Duration.ofHours(1);

  /// A program that does so much in one moment does it for ever.
  private static final int MOST_STEPS = 1_000_000;

  /// Real time; only an endless loop takes so long from one wait to the next.
  private static final Duration LONGEST_STEP = Duration.ofMinutes(2);

  private final Instant start;
  private final SplittableRandom random;
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::at).thenComparingLong(Timer::number));
  private final List<Strand> strands = new ArrayList<>();
  private volatile @Nullable Thread loop;
  private volatile @Nullable Strand running;
  private final AtomicLong steps = new AtomicLong();
  private @Nullable Throwable failure;
  private long now;
  private long lastTimer;
  private int stepsOfMoment;

  /// The program does not go on as it should.
  static final class StuckException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StuckException(String message) {
      super(message);
    }
  }

  /// Ends a thread of a process that has crashed.
  private static final class CrashError extends Error {
    private static final long serialVersionUID = 1;

    CrashError() {
      super("crashed", null, false, false);
    }
  }

  /// @param start of virtual time
  Scheduler(long seed, Instant start) {
    this.random = new SplittableRandom(seed);
    this.start = start;
  }

  /// The true time, which no process's clock need have.
  Instant instant() {
    return start.plusNanos(now);
  }

  /// Runs an action at a time, between the steps of threads. It must not wait.
  void at(Instant time, Runnable action) {
    timer(Math.max(now, NANOSECONDS.convert(Duration.between(start, time))), null, action);
  }

  /// Starts a process: what crashes together.
  ///
  /// @param clock its wall clock at a true time
  Node process(String name, UnaryOperator<Instant> clock) {
    return new Node(name, clock);
  }

  /// Ends the run with a failure, the first one if there are several: for what the program would
  /// catch.
  void fail(Throwable e) {
    if (failure == null) {
      failure = e;
    }
  }

  /// Whether the thread that runs is one of a process that has crashed.
  boolean isCrashing() {
    Strand strand = running;
    return strand != null && strand.owner.isDead;
  }

  /// Runs until no thread is left and no timer.
  ///
  /// @throws StuckException if threads are left that nothing can wake, or one does not end
  void run() {
    loop(() -> {
      while (failure == null && (step() || moveTime())) {
        steps.incrementAndGet();
      }
    });
  }

  /// Runs the loop on a thread of its own, and watches whether it goes on.
  private void loop(Runnable steps) {
    var thread =
        Thread.ofVirtual()
            .unstarted(() -> {
              try {
                steps.run();
              } catch (RuntimeException | Error e) { // the top of a thread
                fail(e);
              }
            });
    loop = thread;
    thread.start();
    await(thread);
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  private void await(Thread thread) {
    try {
      long seen = steps.get();
      while (!thread.join(LONGEST_STEP)) {
        Strand strand = running;
        if (steps.get() == seen && strand != null) {
          throw stuck("it neither waits nor ends", List.of(strand));
        }
        seen = steps.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private boolean step() {
    List<Strand> ready = new ArrayList<>();
    for (Strand strand : strands) {
      if (strand.canGoOn()) {
        ready.add(strand);
      }
    }
    Timer timer = nextTimer();
    boolean isTimerDue = timer != null && timer.at <= now;
    int choices = ready.size() + (isTimerDue ? 1 : 0);
    if (choices == 0) {
      return false;
    }
    if (++stepsOfMoment > MOST_STEPS) {
      throw stuck("time stands still", strands);
    }
    int choice = choices == 1 ? 0 : random.nextInt(choices);
    if (choice < ready.size()) {
      ready.get(choice).resume();
    } else {
      timers.remove().action.run();
    }
    return true;
  }

  private boolean moveTime() {
    Timer timer = nextTimer();
    long next = timer == null ? Long.MAX_VALUE : timer.at;
    for (Strand strand : strands) {
      strand.settle();
      next = Math.min(next, strand.end);
    }
    if (next == Long.MAX_VALUE) {
      if (!strands.isEmpty()) {
        throw stuck("a deadlock: nothing can wake these", strands);
      }
      return false;
    }
    for (Strand strand : strands) {
      if (next - strand.born > LONGEST_LIFE.toNanos()) {
        throw stuck("it does not end", List.of(strand));
      }
    }
    now = Math.max(now, next);
    stepsOfMoment = 0;
    return true;
  }

  private @Nullable Timer nextTimer() {
    Timer next = timers.peek();
    while (next != null && next.isCancelled()) {
      timers.remove();
      next = timers.peek();
    }
    return next;
  }

  private Timer timer(long at, @Nullable Node owner, Runnable action) {
    var timer = new Timer(at, ++lastTimer, owner, action);
    timers.add(timer);
    return timer;
  }

  private StuckException stuck(String why, List<Strand> which) {
    String threads =
        which.stream()
            .map(strand ->
                strand.owner
                    + Arrays.stream(strand.thread.getStackTrace())
                        .map(frame -> "\n    at " + frame)
                        .collect(Collectors.joining()))
            .collect(Collectors.joining("\n"));
    return new StuckException(instant() + ": " + why + ":\n" + threads);
  }

  /// Crashes all that is left.
  @Override
  public void close() {
    if (running == null) {
      failure = null;
      loop(() -> List.copyOf(strands).forEach(strand -> strand.owner.crash()));
    }
  }

  private static final class Timer {
    private final long at;
    private final long number;
    private final @Nullable Node owner;
    private final Runnable action;
    private boolean isClosed;

    Timer(long at, long number, @Nullable Node owner, Runnable action) {
      this.at = at;
      this.number = number;
      this.owner = owner;
      this.action = action;
    }

    long at() {
      return at;
    }

    long number() {
      return number;
    }

    boolean isCancelled() {
      return isClosed || (owner != null && owner.isDead);
    }
  }

  /// What crashes together: its threads, its timer and its clock. Its wall clock may be wrong; the
  /// other only goes forward.
  final class Node implements TimeSource, Executor {
    private final String name;
    private final UnaryOperator<Instant> clock;
    private boolean isDead;

    private Node(String name, UnaryOperator<Instant> clock) {
      this.name = name;
      this.clock = clock;
    }

    /// Ends all of its threads where they stand; none of its timers runs any more. Not for its own
    /// threads, nor those of others.
    void crash() {
      isDead = true;
      for (Strand strand : List.copyOf(strands)) {
        if (strand.owner == this) {
          strand.resume();
        }
      }
    }

    /// Starts a thread.
    @Override
    public void execute(Runnable task) {
      if (!isDead) {
        strands.add(new Strand(this, task));
      }
    }

    @Override
    public Instant instant() {
      return clock.apply(Scheduler.this.instant());
    }

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public Registration schedule(Duration delay, Runnable action) {
      long nanos = Math.clamp(NANOSECONDS.convert(delay), 0, LONGEST.toNanos());
      Timer timer = timer(now + nanos, this, action);
      return () -> timer.isClosed = true;
    }

    @Override
    public boolean await(Object lock, Duration longest, BooleanSupplier condition)
        throws InterruptedException {
      checkAlive();
      if (condition.getAsBoolean()) {
        return true;
      }
      Strand strand = strand();
      long end = end(longest);
      while (end > now) {
        strand.await(lock, condition, end);
        checkAlive();
        if (condition.getAsBoolean()) {
          return true;
        }
      }
      return false;
    }

    /// As [TimeSource] has it, without a monitor, which would cost most of the time.
    @Override
    public void sleep(Duration time, Deadline deadline) {
      checkAlive();
      Duration left = deadline.remaining();
      long end = end(time.compareTo(left) < 0 ? time : left);
      var isOver = new AtomicBoolean();
      try (var _ = deadline.onEnd(() -> isOver.set(true))) {
        if (end > now && !isOver.get()) {
          strand().sleep(isOver::get, end);
          checkAlive();
        }
      }
    }

    private long end(Duration longest) {
      return longest.compareTo(LONGEST) >= 0
          ? Long.MAX_VALUE
          : now + Math.max(0, NANOSECONDS.convert(longest));
    }

    private void checkAlive() {
      if (isDead) {
        throw new CrashError();
      }
    }

    private Strand strand() {
      Strand strand = running;
      if (strand == null || !strand.thread.equals(Thread.currentThread())) {
        throw new IllegalStateException("only a thread of a process may wait");
      }
      return strand;
    }

    @Override
    public void close() {
      isDead = true;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /// A simulated thread. Its fields are of the thread that runs, save those that are volatile.
  private final class Strand {
    private final Node owner;
    private final Thread thread;
    private final long born = now;
    private boolean hasBegun;

    /// What it waits at; null where it sleeps.
    private @Nullable Object lock;

    private BooleanSupplier condition = () -> true;
    private long end = Long.MAX_VALUE;
    private volatile boolean isNotified;
    private volatile boolean mayRun;

    Strand(Node owner, Runnable task) {
      this.owner = owner;
      this.thread = Thread.ofVirtual().unstarted(() -> live(task));
      thread.setUncaughtExceptionHandler((_, e) -> failed(e)); // the program hands some to it
    }

    private void live(Runnable task) {
      try {
        if (!owner.isDead) {
          task.run();
        }
      } catch (Throwable e) { // the top of a thread
        failed(e);
      }
      strands.remove(this);
      giveBack();
    }

    private void failed(Throwable e) {
      if (!(e instanceof CrashError)) {
        fail(e);
      }
    }

    /// Lets it run until it waits or ends.
    void resume() {
      running = this;
      Object waitsAt = lock;
      if (!hasBegun) {
        hasBegun = true;
        thread.start();
      } else if (waitsAt == null) {
        mayRun = true;
        LockSupport.unpark(thread);
      } else {
        synchronized (waitsAt) {
          mayRun = true;
          waitsAt.notifyAll(); // the others find that they may not, and wait on
        }
      }
      while (running != null) {
        LockSupport.park(this);
      }
    }

    private void giveBack() {
      mayRun = false;
      running = null;
      LockSupport.unpark(loop);
    }

    /// Waits for the next turn; the caller holds the monitor of `at`, and is released meanwhile.
    void await(Object at, BooleanSupplier until, long longest) throws InterruptedException {
      lock = at;
      condition = until;
      end = longest;
      isNotified = false;
      giveBack();
      while (!mayRun) {
        at.wait();
        isNotified = true;
      }
      end = Long.MAX_VALUE;
    }

    /// The same without a monitor.
    void sleep(BooleanSupplier until, long longest) {
      lock = null;
      condition = until;
      end = longest;
      giveBack();
      while (!mayRun) {
        LockSupport.park(this);
      }
      end = Long.MAX_VALUE;
    }

    boolean canGoOn() {
      Object waitsAt = lock;
      if (!hasBegun || end <= now) {
        return true;
      }
      if (waitsAt == null) {
        return condition.getAsBoolean();
      }
      synchronized (waitsAt) {
        boolean isBeingWoken = thread.getState() != Thread.State.WAITING;
        return (isNotified || isBeingWoken) && condition.getAsBoolean();
      }
    }

    /// It cannot go on now: what has notified it before does not count any more.
    ///
    /// @throws StuckException if it could, had it been notified
    void settle() {
      Object waitsAt = lock;
      while (waitsAt != null) {
        synchronized (waitsAt) {
          if (thread.getState() == Thread.State.WAITING) { // not just being woken
            if (condition.getAsBoolean()) {
              throw stuck("what it waits for is there, but nobody has notified it", List.of(this));
            }
            isNotified = false;
            return;
          }
        }
        LockSupport.parkNanos(this, 1_000); // of real time
      }
    }
  }
}
