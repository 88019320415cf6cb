package io.sentryexporter.simulator.world;

import java.time.Instant;
import java.util.Objects;

/// A stream whose data a test defines.
record ToldFlow(Kind kind, History.Stream stream, History history) implements Flow {
  private static final String ENVIRONMENT = "production"; // of all sessions in a history

  static ToldFlow of(History.Stream stream, History history) {
    var status = SessionStatus.parse(stream.sessionStatus());
    var kind =
        new Kind(
            Objects.requireNonNull(Category.parse(stream.category()), "checked when made"),
            Objects.requireNonNull(Outcome.parse(stream.outcome()), "checked when made"),
            stream.reason(),
            status == null ? null : new Session(status, ENVIRONMENT));
    return new ToldFlow(kind, stream, history);
  }

  /// The value of the history as soon as the time is over.
  @Override
  public long quantity(long from, long until) {
    return quantity(from, until, until);
  }

  long quantity(long from, long until, long now) {
    return from >= until
        ? 0
        : history.quantity(
            stream,
            Instant.ofEpochSecond(from),
            Instant.ofEpochSecond(until),
            Instant.ofEpochSecond(now));
  }
}
