package io.sentryexporter.time;

/// Notifies of a client that hangs up before its answer is ready.
public interface Cancellation {
  /// Runs `action` once if the client hangs up: at once if it already has, on another thread if it
  /// does later.
  ///
  /// The action must be short, must not wait for the handler, and must not throw.
  Registration onHangUp(Runnable action);

  /// A registered action.
  interface Registration extends AutoCloseable {
    /// Forgets the action. When this returns, it is not running and never will be.
    @Override
    void close();
  }
}
