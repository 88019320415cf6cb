package io.sentryexporter.sentry.transport;

import io.sentryexporter.http.Headers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The time by a server's clock, as the `Date` of its answers tells it.
public final class ServerClock {
  /// Below this it may be the way of an answer, and our clock is as good.
  private static final Duration TOLERATED = Duration.ofMinutes(1);

  private final InstantSource here;
  private final AtomicReference<Heard> heard = new AtomicReference<>(new Heard(null, null));

  /// How far the server was ahead in the last two answers.
  private record Heard(@Nullable Duration earlier, @Nullable Duration last) {
    /// The smaller of the two, so that one odd answer moves nothing.
    Duration skew() {
      if (last == null) {
        return Duration.ZERO;
      }
      return earlier == null || last.abs().compareTo(earlier.abs()) < 0 ? last : earlier;
    }
  }

  public ServerClock(InstantSource here) {
    this.here = here;
  }

  /// Learns from an answer that came just now.
  void heard(Headers headers) {
    Instant date = RateLimitHeaders.date(headers);
    if (date != null) {
      var ahead = Duration.between(here.instant(), date);
      heard.updateAndGet(before -> new Heard(before.last(), ahead));
    }
  }

  public Instant now() {
    Duration skew = skew();
    Instant now = here.instant();
    return skew.abs().compareTo(TOLERATED) > 0 ? now.plus(skew) : now;
  }

  /// How far the server's clock is ahead of ours; zero as long as it has not told.
  public Duration skew() {
    return heard.get().skew();
  }
}
