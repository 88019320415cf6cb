package io.sentryexporter.app;

import io.sentryexporter.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/// Looks at the configuration at an interval, so that a change is loaded without a request.
///
/// A change is loaded when a second look, shortly after, finds the same: a file that is being
/// written is not read half.
final class AutoReload {
  private static final Duration SECOND_LOOK = Duration.ofSeconds(1);

  private final Supplier<ConfigReloader.Seen> look;
  private final Duration interval;
  private final TimeSource time;
  private final Executor thread;

  /// @param look reads the configuration, and loads it if it has changed
  /// @param thread runs the look, which may wait for a disk
  AutoReload(
      Supplier<ConfigReloader.Seen> look, Duration interval, TimeSource time, Executor thread) {
    this.look = look;
    this.interval = interval;
    this.time = time;
    this.thread = thread;
  }

  /// Starts to look, until time ends.
  void start() {
    lookIn(interval);
  }

  private void lookIn(Duration pause) {
    try {
      var _ = time.schedule(pause, this::runLook);
    } catch (RejectedExecutionException _) {
      // the exporter stops
    }
  }

  private void runLook() {
    try {
      thread.execute(this::look);
    } catch (RejectedExecutionException _) { // no thread can be started now
      lookIn(interval);
    }
  }

  private void look() {
    Duration pause = interval;
    try {
      if (look.get() == ConfigReloader.Seen.CHANGING && SECOND_LOOK.compareTo(interval) < 0) {
        pause = SECOND_LOOK;
      }
    } finally {
      lookIn(pause);
    }
  }
}
