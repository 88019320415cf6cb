package io.sentryexporter.simulator.world;

import java.time.Duration;

/// How late and how steadily statistics learn of events; deterministic.
///
/// Of each minute, nothing is known until it ends; then it arrives evenly over `flush`, save
/// `latePercent` of it, which arrives when it is `late` old. Nothing arrives twice or is lost.
///
/// @param flush how long a minute takes to arrive; zero if events are known as they happen
/// @param late age at which the last of a minute arrives
/// @param lag how old the storage is that answers now and then: every other second, as a coin
///   decides, answers as it was `lag` ago; zero for never
public record Delivery(Duration flush, int latePercent, Duration late, Duration lag) {
  /// Everything is known at once.
  public static final Delivery AT_ONCE =
      new Delivery(Duration.ZERO, 0, Duration.ZERO, Duration.ZERO);

  /// As at Sentry: two minutes to arrive, and two hours for one event in a hundred.
  public static final Delivery LATE =
      new Delivery(Duration.ofMinutes(2), 1, Duration.ofHours(2), Duration.ZERO);

  private static final int MINUTE = 60;

  public Delivery {
    if (latePercent < 0 || latePercent > 100 || late.compareTo(flush) < 0) {
      throw new IllegalArgumentException(
          latePercent + " % of events arrive " + late + " late, others within " + flush);
    }
  }

  /// This delivery, with answers now and then from a storage that is behind.
  public Delivery withLag(Duration other) {
    return new Delivery(flush, latePercent, late, other);
  }

  /// The time as of which a request at `now` is answered (epoch seconds).
  long asOf(long now) {
    return (Noise.mix(now) & 1) == 0 ? now : now - lag.toSeconds();
  }

  /// What is known at `now` of a stream's quantity from `from` to `until` (epoch seconds).
  long known(Rhythm flow, long from, long until, long now) {
    if (flush.isZero() && latePercent == 0) {
      return flow.quantity(from, until);
    }
    var settled = Math.floorDiv(now - late.toSeconds(), MINUTE) * MINUTE;
    var quantity = flow.quantity(from, Math.min(until, settled));
    var minute = Math.floorDiv(Math.max(from, settled), MINUTE) * MINUTE;
    for (; minute < until; minute += MINUTE) {
      var perMille = perMille(now - (minute + MINUTE));
      quantity +=
          ofMinute(flow, minute, Math.min(until, minute + MINUTE), perMille)
              - ofMinute(flow, minute, Math.max(from, minute), perMille);
    }
    return quantity;
  }

  /// How much of a minute is known, so long after its end.
  private long perMille(long seconds) {
    if (seconds < 0) {
      return 0;
    }
    var early = 1_000 - latePercent * 10L;
    if (seconds < flush.toSeconds()) {
      return early * seconds / flush.toSeconds();
    }
    return seconds < late.toSeconds() ? early : 1_000;
  }

  /// What is known of a minute before `until`. Rounded up or down as the minute falls, so that of
  /// few events, too, about the right share is late.
  private static long ofMinute(Rhythm flow, long minute, long until, long perMille) {
    var rounding = Math.floorMod(Noise.mix(flow.seed() + minute), 1_000);
    var events = (flow.events(minute, until) * perMille + rounding) / 1_000;
    return events * flow.kind().category().unit();
  }
}
