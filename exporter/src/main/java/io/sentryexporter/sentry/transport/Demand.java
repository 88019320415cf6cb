package io.sentryexporter.sentry.transport;

import java.time.Duration;
import java.util.Arrays;

/// Counts the requests that are needed of one [RequestPacer], and remembers whether some of them
/// get no turn. Times are nanoseconds of a clock that only goes forward.
final class Demand {
  /// Longer than most scrape intervals: one round without a refusal is not the end of them.
  private static final Duration QUIET = Duration.ofMinutes(5);

  private static final int SECONDS = 60;

  private final long started;
  private final int[] perSecond = new int[SECONDS];

  /// The newest second that is counted in.
  private long newest;

  private boolean refusing;
  private long lastRefused;

  Demand(long now) {
    this.started = now;
    this.newest = second(now);
  }

  synchronized void needed(long now) {
    moveTo(now);
    perSecond[slot(newest)]++;
  }

  /// Requests a second in the last minute, or since the start if that is later.
  synchronized double rate(long now) {
    moveTo(now);
    double seconds = Math.clamp((now - started) / 1e9, 1, SECONDS);
    return Arrays.stream(perSecond).sum() / seconds;
  }

  /// A request got no turn.
  ///
  /// @return whether it is the first
  synchronized boolean refused(long now) {
    boolean begins = !refusing;
    refusing = true;
    lastRefused = now;
    return begins;
  }

  /// A request got its turn.
  ///
  /// @return whether that ends the refusals
  synchronized boolean given(long now) {
    boolean ends = refusing && now - lastRefused > QUIET.toNanos();
    refusing &= !ends;
    return ends;
  }

  private void moveTo(long now) {
    long second = second(now);
    for (int i = 0; i < SECONDS && newest < second; i++) {
      newest++;
      perSecond[slot(newest)] = 0;
    }
    newest = second;
  }

  private static long second(long now) {
    return Math.floorDiv(now, Duration.ofSeconds(1).toNanos());
  }

  private static int slot(long second) {
    return Math.floorMod(second, SECONDS);
  }
}
