package io.sentryexporter.simulator.world;

/// What Sentry knows of its streams when it answers.
///
/// @param asOf the time of the storage that answers, in epoch seconds
public record Knowledge(long asOf, Delivery delivery) {
  public static Knowledge at(long now, Delivery delivery) {
    return new Knowledge(delivery.asOf(now), delivery);
  }

  /// The quantity known, from `from` inclusive to `until` exclusive (epoch seconds).
  public long quantity(Flow flow, long from, long until) {
    var end = Math.min(until, asOf);
    if (from >= end) {
      return 0;
    }
    return switch (flow) {
      case Rhythm rhythm -> delivery.known(rhythm, from, end, asOf);
      case ToldFlow told -> told.quantity(from, end, asOf);
    };
  }
}
