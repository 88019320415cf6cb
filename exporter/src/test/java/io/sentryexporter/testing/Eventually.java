package io.sentryexporter.testing;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Waits for what another process does without a notification.
public final class Eventually {
  private static final Duration BETWEEN = Duration.ofMillis(25);

  private Eventually() {}

  /// Looks again and again until `attempt` neither fails an assertion nor misses an answer. The
  /// last look begins after `limit`, so that a pause of the machine takes none away.
  ///
  /// @throws AssertionError as the last look gave it, if none succeeded within `limit`
  public static <T> T within(Duration limit, Supplier<T> attempt) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      boolean isLast = System.nanoTime() - end >= 0;
      try {
        return attempt.get();
      } catch (AssertionError | UncheckedIOException e) {
        if (isLast) {
          throw new AssertionError("not within " + limit.toSeconds() + " s: " + e.getMessage(), e);
        }
      }
      LockSupport.parkNanos(BETWEEN.toNanos());
    }
  }

  /// The same for an attempt without a result.
  public static void within(Duration limit, Runnable attempt) {
    within(
        limit,
        () -> {
          attempt.run();
          return true;
        });
  }
}
