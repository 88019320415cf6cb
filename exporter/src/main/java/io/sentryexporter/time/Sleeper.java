package io.sentryexporter.time;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Waits.
@FunctionalInterface
public interface Sleeper {
  /// Returns after the time, or sooner if the deadline ends before.
  void sleep(Duration time, Deadline deadline) throws InterruptedException;

  /// Waits in real time.
  static void real(Duration time, Deadline deadline) throws InterruptedException {
    var over = new CountDownLatch(1);
    try (var _ = deadline.onEnd(over::countDown)) {
      boolean _ = over.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }
  }
}
