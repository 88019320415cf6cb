package io.sentryexporter.sentry.transport;

import io.sentryexporter.wire.Headers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The time by a server's clock: the last `Date` of its responses and the time since by a clock
/// that only goes forward. The local time as long as it sends none.
///
/// A `Date` out of all reason is ignored. One that is over a minute away from the time so far needs
/// a second that agrees with it, so that one odd response moves nothing.
public final class ServerClock {
  private static final Duration TOLERATED = Duration.ofMinutes(1);
  private static final Instant EARLIEST = Instant.parse("2010-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

  private final InstantSource here;
  private final LongSupplier nanoTime;
  private final AtomicReference<State> state = new AtomicReference<>(new State(null, null));
  private final AtomicReference<Instant> latest = new AtomicReference<>(Instant.MIN);

  private record Heard(Instant date, long atNanos) {
    Instant at(long nanos) {
      return date.plusNanos(nanos - atNanos);
    }

    boolean agreesWith(Heard later) {
      return at(later.atNanos).until(later.date).abs().compareTo(TOLERATED) <= 0;
    }
  }

  /// @param odd the last `Date` if it was far from the time so far
  private record State(@Nullable Heard believed, @Nullable Heard odd) {
    State with(Heard heard) {
      boolean isBelieved =
          believed == null || believed.agreesWith(heard) || (odd != null && odd.agreesWith(heard));
      return isBelieved ? new State(heard, null) : new State(believed, heard);
    }
  }

  /// @param nanoTime a clock that only goes forward, in nanoseconds
  public ServerClock(InstantSource here, LongSupplier nanoTime) {
    this.here = here;
    this.nanoTime = nanoTime;
  }

  /// Learns from a response that arrived just now.
  void heard(Headers headers) {
    Instant date = RateLimitHeaders.date(headers);
    if (date != null && date.isAfter(EARLIEST) && date.isBefore(LATEST)) {
      var heard = new Heard(date, nanoTime.getAsLong());
      state.updateAndGet(before -> before.with(heard));
    }
  }

  /// Stands still for up to a minute rather than going back: two responses differ by a moment.
  public Instant now() {
    return latest.accumulateAndGet(
        time(),
        (before, time) ->
            time.isBefore(before) && !before.minus(TOLERATED).isAfter(time) ? before : time);
  }

  private Instant time() {
    Heard believed = state.get().believed();
    return believed == null ? here.instant() : believed.at(nanoTime.getAsLong());
  }

  /// Seconds by which the server's clock is ahead of the local one; zero until it has sent its
  /// time.
  public double skewSeconds() {
    if (state.get().believed() == null) {
      return 0;
    }
    return here.instant().until(time(), ChronoUnit.MILLIS) / 1e3;
  }
}
