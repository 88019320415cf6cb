package io.sentryexporter.probe;

import io.sentryexporter.probe.ProbeResult.Failure;
import io.sentryexporter.sentry.model.Reason;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/// Logs failing probes: a warning when probes of a target begin to fail for a reason, and one line
/// when none of them fails any more. A failure that comes and goes is over once it has not occurred
/// for a while.
public final class FailureLog {
  /// A state without a failure for this long is forgotten: the target is no longer probed.
  static final Duration FORGOTTEN = Duration.ofHours(1);

  /// A failure that returns within this time of its end is over only after this long without it.
  static final Duration RECURRING = Duration.ofMinutes(10);

  /// Maximum number of states; beyond it, the oldest is forgotten.
  static final int MOST_STATES = 1_000;

  /// Maximum number of states of one instance for one reason. Further ones share a state, because
  /// clients can make up names.
  static final int MOST_ORGANIZATIONS = 100;

  /// Maximum number of targets whose success a state waits for.
  static final int MOST_TARGETS = 100;

  private static final String FURTHER = "(further ones)";
  private static final Logger log = LoggerFactory.getLogger(FailureLog.class);

  private final LongSupplier nanoTime;
  private final Map<Key, State> states = new LinkedHashMap<>();

  /// The place that failing probes have in common.
  sealed interface Place {
    /// An organization of a configured instance.
    record Organization(String instance, String organization) implements Place {}

    /// A server that a module of `prober: http` names.
    record Server(String server) implements Place {}
  }

  private record Key(Place place, Reason reason) {}

  private record Source(String module, String target) {}

  private static final class State {
    private final Map<Source, Long> failedNanos = new LinkedHashMap<>();
    private final long begunNanos;
    private final boolean isRecurring;
    private long lastNanos;
    private boolean isOver;

    State(long begunNanos, boolean isRecurring) {
      this.begunNanos = begunNanos;
      this.isRecurring = isRecurring;
    }
  }

  /// @param nanoTime a clock that only goes forward, in nanoseconds
  public FailureLog(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// Records the end of a probe. A cancelled probe ends no failure.
  ///
  /// @param failures why data is missing or old; none if it is all new
  synchronized void ended(Place place, Trace trace, List<Failure> failures) {
    var source = new Source(trace.module(), trace.target());
    var failing = EnumSet.noneOf(Reason.class);
    for (Failure failure : failures) {
      if (failing.add(failure.reason()) && failure.reason() != Reason.CANCELLED) {
        failed(place, source, failure, trace);
      }
    }
    if (!failing.contains(Reason.CANCELLED) && !states.isEmpty()) {
      for (Reason reason : Reason.values()) {
        if (!failing.contains(reason)) {
          succeeded(new Key(place, reason), source);
          succeeded(new Key(further(place), reason), source);
        }
      }
    }
  }

  /// Prepares for a new configuration, with which anything may work: the next probe that succeeds
  /// ends a failure.
  public synchronized void reloaded() {
    states.values().forEach(state -> state.failedNanos.clear());
  }

  private void failed(Place place, Source source, Failure failure, Trace trace) {
    long now = nanoTime.getAsLong();
    Key key = key(place, failure.reason());
    State state = states.get(key);
    if (state == null || state.isOver || isPast(FORGOTTEN, state.lastNanos, now)) {
      boolean isRecurring =
          state != null && state.isOver && !isPast(RECURRING, state.lastNanos, now);
      state = new State(now, isRecurring);
      put(key, state);
      facts(log.atWarn(), key)
          .addKeyValue("module", source.module())
          .addKeyValue("target", trace.shown(source.target()))
          .addKeyValue("error", trace.shown(failure.error()))
          .log("probes fail");
    }
    state.lastNanos = now;
    if (state.failedNanos.size() < MOST_TARGETS || state.failedNanos.containsKey(source)) {
      state.failedNanos.put(source, now);
    }
  }

  private void succeeded(Key key, Source source) {
    State state = states.get(key);
    if (state == null || state.isOver) {
      return;
    }
    long now = nanoTime.getAsLong();
    state.failedNanos.remove(source);
    state.failedNanos.values().removeIf(failed -> isPast(FORGOTTEN, failed, now));
    if (state.failedNanos.isEmpty()
        && (!state.isRecurring || isPast(RECURRING, state.lastNanos, now))) {
      state.isOver = true;
      state.lastNanos = now;
      facts(log.atInfo(), key)
          .addKeyValue("lasted_seconds", Duration.ofNanos(now - state.begunNanos).toSeconds())
          .log("probes no longer fail");
    }
  }

  private void put(Key key, State state) {
    states.remove(key); // so that the oldest stays first
    states.put(key, state);
    if (states.size() > MOST_STATES) {
      states.remove(states.keySet().iterator().next());
    }
  }

  /// The state of a place, or the one that it shares with others.
  private Key key(Place place, Reason reason) {
    var own = new Key(place, reason);
    return states.containsKey(own) || hasRoom(own) ? own : new Key(further(place), reason);
  }

  private boolean hasRoom(Key key) {
    return !(key.place() instanceof Place.Organization one)
        || states.entrySet().stream()
                .filter(state ->
                    !state.getValue().isOver
                        && state.getKey().reason() == key.reason()
                        && state.getKey().place() instanceof Place.Organization another
                        && another.instance().equals(one.instance()))
                .count()
            < MOST_ORGANIZATIONS;
  }

  private static Place further(Place place) {
    return switch (place) {
      case Place.Organization(String instance, _) -> new Place.Organization(instance, FURTHER);
      case Place.Server server -> server;
    };
  }

  private static LoggingEventBuilder facts(LoggingEventBuilder event, Key key) {
    return (switch (key.place()) {
          case Place.Organization(String instance, String organization) ->
              event.addKeyValue("instance", instance).addKeyValue("organization", organization);
          case Place.Server(String server) -> event.addKeyValue("server", server);
        })
        .addKeyValue("reason", key.reason().label());
  }

  private static boolean isPast(Duration time, long since, long now) {
    return now - since > time.toNanos();
  }
}
