package io.sentryexporter.probe;

import io.sentryexporter.probe.ProbeResult.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The newest probes, and in addition as many of the newest failures, so that many successes do not
/// displace a failure; and the state of each target that was probed in the last hour.
public final class ProbeHistory {
  /// Maximum number of targets whose state is known; beyond it, the one probed longest ago is
  /// forgotten.
  public static final int MOST_TARGETS = 2_000;

  /// A target that was not probed for this long has no state.
  static final Duration FORGOTTEN = Duration.ofHours(1);

  private final int limit;
  private final Deque<ProbeRecord> newest = new ArrayDeque<>();
  private final Deque<ProbeRecord> olderFailures = new ArrayDeque<>();

  /// In the order of their last probes.
  private final Map<Key, TargetState> states = new LinkedHashMap<>(16, 0.75f, true);

  private long lastId;

  private record Key(String module, String target) {}

  /// The state of a target.
  ///
  /// @param id number of its last probe
  /// @param probed start of its last probe
  /// @param failure why the last probe failed, in a few words; null if it succeeded
  /// @param cause of the failure, without secrets; null if it succeeded
  /// @param failingSince start of the first of the failures in a row; null if the last probe
  ///   succeeded
  public record TargetState(
      String module,
      String target,
      long id,
      Instant probed,
      @Nullable String failure,
      @Nullable Failure cause,
      @Nullable Instant failingSince) {
    private boolean isForgotten(Instant now) {
      return probed.plus(FORGOTTEN).isBefore(now);
    }
  }

  /// @param limit maximum number of each kind; 0 keeps none
  public ProbeHistory(int limit) {
    this.limit = limit;
  }

  /// Keeps a probe, without its page.
  synchronized void add(Instant started, ProbeResult result) {
    Failure cause = result.cause();
    lastId++;
    newest.addLast(
        new ProbeRecord(
            lastId,
            started,
            result.failure(),
            cause == null ? null : cause.error(),
            result.duration(),
            result.trace()));
    if (newest.size() > limit) {
      ProbeRecord pushedOut = newest.removeFirst();
      if (!pushedOut.succeeded()) {
        olderFailures.addLast(pushedOut);
        if (olderFailures.size() > limit) {
          olderFailures.removeFirst();
        }
      }
    }
    keepState(started, result);
  }

  private void keepState(Instant started, ProbeResult result) {
    var key = new Key(result.trace().module(), result.trace().target());
    Instant since = null;
    if (!result.succeeded()) {
      TargetState before = states.get(key);
      Instant failing = before == null || before.isForgotten(started) ? null : before.failingSince;
      since = failing == null ? started : failing;
    }
    states.put(
        key,
        new TargetState(
            key.module(), key.target(), lastId, started, result.failure(), result.cause(), since));
    if (states.size() > MOST_TARGETS) {
      states.remove(states.keySet().iterator().next());
    }
  }

  /// The state of each target that was probed in the last hour, the one probed longest ago first.
  public synchronized List<TargetState> states(Instant now) {
    states.values().removeIf(state -> state.isForgotten(now));
    return List.copyOf(states.values());
  }

  public synchronized List<ProbeRecord> newestFirst() {
    var all = new ArrayList<ProbeRecord>(newest.size() + olderFailures.size());
    all.addAll(newest);
    all.addAll(olderFailures);
    all.sort(Comparator.comparingLong(ProbeRecord::id).reversed());
    return all;
  }

  /// The kept probe with this number, or null if it is no longer kept.
  public @Nullable ProbeRecord byId(long id) {
    return newestFirst().stream().filter(kept -> kept.id() == id).findFirst().orElse(null);
  }

  /// The newest kept probe of this target and, if it is not null, this module.
  public @Nullable ProbeRecord byTarget(String target, @Nullable String module) {
    return newestFirst().stream()
        .filter(kept -> kept.target().equals(target))
        .filter(kept -> module == null || kept.module().equals(module))
        .findFirst()
        .orElse(null);
  }
}
