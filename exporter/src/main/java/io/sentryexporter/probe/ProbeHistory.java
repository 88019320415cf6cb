package io.sentryexporter.probe;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The newest probes, and in addition as many of the newest failures, so that many successes do not
/// displace a failure.
public final class ProbeHistory {
  private final int limit;
  private final Deque<ProbeRecord> newest = new ArrayDeque<>();
  private final Deque<ProbeRecord> olderFailures = new ArrayDeque<>();
  private long lastId;

  /// @param limit maximum number of each kind; 0 keeps none
  public ProbeHistory(int limit) {
    this.limit = limit;
  }

  /// Keeps a probe, without its page.
  synchronized void add(Instant started, ProbeResult result) {
    newest.addLast(
        new ProbeRecord(++lastId, started, result.failure(), result.duration(), result.trace()));
    if (newest.size() > limit) {
      ProbeRecord pushedOut = newest.removeFirst();
      if (!pushedOut.succeeded()) {
        olderFailures.addLast(pushedOut);
        if (olderFailures.size() > limit) {
          olderFailures.removeFirst();
        }
      }
    }
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
