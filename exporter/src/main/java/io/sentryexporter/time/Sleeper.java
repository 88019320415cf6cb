package io.sentryexporter.time;

import java.time.Duration;

/// Waits for time to pass.
@FunctionalInterface
public interface Sleeper {
  /// Returns after the time, or sooner if the deadline ends before.
  void sleep(Duration time, Deadline deadline) throws InterruptedException;
}
