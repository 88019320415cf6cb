package io.sentryexporter.simulator.world;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A group of like errors, as it stands at some time; its counts are parts of its project's.
///
/// @param noise decides everything else about it
/// @param firstSeen in epoch seconds, like `lastSeen`
/// @param substatus null once it is resolved
public record Issue(
    SimulatedProject project,
    long noise,
    String title,
    String level,
    boolean fromBadRelease,
    long firstSeen,
    long lastSeen,
    String status,
    @Nullable String substatus) {
  private static final int BAD_RELEASE_PER_MILLE = 300; // so three of them are within the spike

  public String shortId() {
    return (project.slug() + "-" + Long.toString(firstSeen, 36)).toUpperCase(Locale.ROOT);
  }

  public long id() {
    return noise % 9_000_000_000L + 1_000_000_000L;
  }

  /// How many of its project's accepted errors are this one; the issues of a project are fewer than
  /// its errors.
  public long count() {
    var events = 0L;
    for (var flow : project.flows()) {
      var kind = flow.kind();
      if (kind.category().isError()
          && kind.outcome() == Outcome.ACCEPTED
          && isOfBadRelease(flow) == fromBadRelease) {
        events += flow.quantity(firstSeen, lastSeen);
      }
    }
    var perMille = fromBadRelease ? BAD_RELEASE_PER_MILLE : 2 + noise % 10;
    return Math.max(1, events * perMille / 1_000);
  }

  private static boolean isOfBadRelease(Flow flow) {
    return flow instanceof Rhythm rhythm && rhythm.pattern() == Rhythm.Pattern.BAD_RELEASE;
  }

  public long users() {
    return SessionCounts.users(count(), project.population());
  }
}
