package io.sentryexporter.http;

import io.sentryexporter.time.Deadline;
import java.time.Duration;
import java.util.concurrent.Executors;

/// Deadlines that no timer ends.
final class Deadlines {
  private Deadlines() {}

  /// A deadline in an hour; its timer does not keep the process.
  static Deadline open() {
    return Deadline.after(
        Duration.ofHours(1),
        Executors.newSingleThreadScheduledExecutor(
            work -> Thread.ofPlatform().daemon().unstarted(work)));
  }
}
