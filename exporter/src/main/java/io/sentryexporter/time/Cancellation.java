package io.sentryexporter.time;

/// Notifies of a client that hangs up before its answer is ready.
public interface Cancellation {
  /// Runs `action` once if the client hangs up: at once if it already has, on another thread if it
  /// does later.
  ///
  /// The action must be short, must not wait for the handler, and must not throw.
  Registration onHangUp(Runnable action);

  /// An action that is to run later.
  interface Registration extends AutoCloseable {
    /// A registration of nothing.
    Registration NONE = () -> {};

    /// Forgets the action if it has not run.
    @Override
    void close();
  }
}
