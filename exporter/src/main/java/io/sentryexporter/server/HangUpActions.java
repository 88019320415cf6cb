package io.sentryexporter.server;

import io.sentryexporter.time.Cancellation;
import java.util.LinkedHashSet;
import java.util.Set;

/// Actions to run when the client of one request hangs up.
///
/// A client that closes only its sending half counts as gone, as in Go's server. A hang-up is
/// noticed within 500 ms, plus about a millisecond for each other request under way, because
/// checking one takes that long.
///
/// The lock is held while actions run: that is what makes [Registration#close()] final.
final class HangUpActions implements Cancellation {
  private final Set<Registered> actions = new LinkedHashSet<>();
  private boolean hungUp;
  private boolean answered;

  @Override
  public synchronized Registration onHangUp(Runnable action) {
    var registered = new Registered(action);
    if (hungUp) {
      action.run();
    } else if (!answered) {
      actions.add(registered);
    }
    return registered;
  }

  /// Runs every action still registered; nothing the second time.
  synchronized void run() {
    hungUp = true;
    var due = Set.copyOf(actions);
    actions.clear();
    due.forEach(registered -> registered.action.run());
  }

  /// Forgets every action: the handler is done.
  synchronized void end() {
    answered = true;
    actions.clear();
  }

  private final class Registered implements Registration {
    private final Runnable action;

    private Registered(Runnable action) {
      this.action = action;
    }

    @Override
    public void close() {
      synchronized (HangUpActions.this) {
        actions.remove(this);
      }
    }
  }
}
