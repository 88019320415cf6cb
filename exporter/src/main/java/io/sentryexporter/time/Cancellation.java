package io.sentryexporter.time;

import java.util.LinkedHashSet;
import java.util.Set;

/// Runs actions when the result of some work is no longer wanted, as when a client hangs up.
///
/// The lock is held while actions run: that is what makes [Registration#close()] final.
public final class Cancellation {
  private final Set<Registered> actions = new LinkedHashSet<>();
  private boolean cancelled;
  private boolean ended;

  /// An action that is to run later.
  public interface Registration extends AutoCloseable {
    /// A registration of nothing.
    Registration NONE = () -> {};

    /// Forgets the action if it has not run.
    @Override
    void close();
  }

  /// Runs `action` once when the work is cancelled: at once if it already is, on another thread if
  /// that happens later. It must be short, must not wait for the work, and must not throw.
  ///
  /// When the registration is closed, the action is not running and never will be.
  public synchronized Registration onCancel(Runnable action) {
    var registered = new Registered(action);
    if (cancelled) {
      action.run();
    } else if (!ended) {
      actions.add(registered);
    }
    return registered;
  }

  /// Runs every action still registered; nothing the second time.
  public synchronized void cancel() {
    cancelled = true;
    var due = Set.copyOf(actions);
    actions.clear();
    due.forEach(registered -> registered.action.run());
  }

  /// Forgets every action: the work is done.
  public synchronized void end() {
    ended = true;
    actions.clear();
  }

  private final class Registered implements Registration {
    private final Runnable action;

    private Registered(Runnable action) {
      this.action = action;
    }

    @Override
    public void close() {
      synchronized (Cancellation.this) {
        actions.remove(this);
      }
    }
  }
}
