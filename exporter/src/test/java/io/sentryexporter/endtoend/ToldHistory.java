package io.sentryexporter.endtoend;

import io.sentryexporter.simulator.world.History;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// What happened at a made-up Sentry, and when it learnt of it: the truth that counters are judged
/// by, and what Sentry answers meanwhile.
final class ToldHistory implements History {
  /// Events of one moment.
  ///
  /// @param arrived when statistics knew of them
  /// @param count negative for a correction: events that statistics take back
  private record Batch(Instant happened, Instant arrived, long count) {}

  /// A time during which answers come from a storage that is behind.
  private record Lag(Instant from, Instant until, Duration behind) {}

  private final List<Batch> batches = new ArrayList<>();
  private final List<Lag> lags = new ArrayList<>();

  /// A million events in the epoch before `from`, then some each few seconds until `until`.
  ///
  /// @param latePercent of the batches arrive up to `latest` late
  static ToldHistory growing(
      Random random, Instant epoch, Instant from, Instant until, int latePercent, Duration latest) {
    return grown(
        random,
        epoch,
        1_000_000,
        from,
        until,
        new Pace(1 + random.nextInt(40), 10),
        latePercent,
        latest);
  }

  /// 0 to 5 events in the epoch before `from`, then one now and then.
  static ToldHistory small(
      Random random, Instant epoch, Instant from, Instant until, int latePercent, Duration latest) {
    return grown(
        random, epoch, random.nextInt(6), from, until, new Pace(1, 600), latePercent, latest);
  }

  /// @param most events of a moment
  /// @param seconds between two moments at most
  private record Pace(int most, int seconds) {}

  private static ToldHistory grown(
      Random random,
      Instant epoch,
      long before,
      Instant from,
      Instant until,
      Pace pace,
      int latePercent,
      Duration latest) {
    var history = new ToldHistory();
    if (epoch.isBefore(from)) {
      history.batches.add(new Batch(epoch, epoch, before));
    }
    Instant at = from.minus(latest).isBefore(epoch) ? epoch : from.minus(latest);
    while (at.isBefore(until)) {
      boolean late = random.nextInt(100) < latePercent;
      Instant arrived = late ? at.plusSeconds(random.nextLong(1 + latest.toSeconds())) : at;
      history.batches.add(new Batch(at, arrived, random.nextInt(pace.most() + 1)));
      at = at.plusSeconds(1 + random.nextInt(pace.seconds()));
    }
    return history;
  }

  /// From `from` to `until` answers are as of `behind` ago: sums go back a little.
  void lag(Instant from, Instant until, Duration behind) {
    lags.add(new Lag(from, until, behind));
  }

  /// At `at` statistics take events back.
  void correct(Instant at, long count) {
    batches.add(new Batch(at, at, -count));
  }

  @Override
  public long quantity(Stream stream, Instant from, Instant until, Instant now) {
    return sum(from, until, knownAt(now));
  }

  /// As of when an answer is that is given at `now`.
  Instant knownAt(Instant now) {
    Instant known = now;
    for (Lag lag : lags) {
      if (!now.isBefore(lag.from()) && now.isBefore(lag.until())) {
        known = now.minus(lag.behind());
      }
    }
    return known;
  }

  /// Events that happened after `from`, until `until`, corrections left out.
  long happened(Instant from, Instant until) {
    return batches.stream()
        .filter(batch -> batch.count() > 0)
        .filter(batch -> batch.happened().isAfter(from) && !batch.happened().isAfter(until))
        .mapToLong(Batch::count)
        .sum();
  }

  /// Of those, the ones that statistics did not know of at `known`.
  long unknown(Instant from, Instant until, Instant known) {
    return batches.stream()
        .filter(batch -> batch.count() > 0)
        .filter(batch -> batch.happened().isAfter(from) && !batch.happened().isAfter(until))
        .filter(batch -> !batch.arrived().isBefore(known))
        .mapToLong(Batch::count)
        .sum();
  }

  /// All that statistics took back from `from` on, as a positive number.
  long corrected(Instant from) {
    return batches.stream()
        .filter(batch -> batch.count() < 0 && batch.happened().isAfter(from))
        .mapToLong(batch -> -batch.count())
        .sum();
  }

  private long sum(Instant from, Instant until, Instant known) {
    return batches.stream()
        .filter(batch -> !batch.happened().isBefore(from) && batch.happened().isBefore(until))
        .filter(batch -> batch.arrived().isBefore(known))
        .mapToLong(Batch::count)
        .sum();
  }
}
