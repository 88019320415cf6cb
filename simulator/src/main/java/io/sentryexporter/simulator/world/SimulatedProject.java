package io.sentryexporter.simulator.world;

import io.sentryexporter.simulator.world.Flow.Kind;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// A project: its names, its traffic and its releases.
///
/// @param id numeric, unique in the world
public record SimulatedProject(
    long id,
    String slug,
    String platform,
    Instant created,
    List<Flow> flows,
    ReleaseTrain releases) {
  static final Instant CREATED = Instant.parse("2018-11-06T21:19:58.536Z");

  private static final Set<Outcome> RECEIVED =
      EnumSet.of(Outcome.ACCEPTED, Outcome.FILTERED, Outcome.RATE_LIMITED);

  private static final long TOLD_POPULATION = 5_000; // where a test defines the sessions

  public SimulatedProject {
    flows = List.copyOf(flows);
  }

  /// The number of error events that v1 statistics call `received`, from `from` to `until` (epoch
  /// seconds).
  long received(long from, long until) {
    return flows.stream()
        .filter(flow -> isReceived(flow.kind()))
        .mapToLong(flow -> flow.quantity(from, until))
        .sum();
  }

  public static boolean isReceived(Kind kind) {
    return kind.category().isError() && RECEIVED.contains(kind.outcome());
  }

  /// The number of people who use it, as far as its sessions show them.
  public long population() {
    var sessionsPerDay = 0L;
    for (var flow : flows) {
      if (flow instanceof Rhythm rhythm && flow.kind().session() != null) {
        sessionsPerDay += rhythm.perDay();
      }
    }
    return sessionsPerDay == 0 ? TOLD_POPULATION : Math.max(1, sessionsPerDay / 4);
  }

  SimulatedProject with(List<Flow> others) {
    return new SimulatedProject(id, slug, platform, created, others, releases);
  }

  /// The same project, with its data, under another slug.
  SimulatedProject renamed(String other) {
    return new SimulatedProject(id, other, platform, created, flows, releases);
  }

  SimulatedProject created(Instant when) {
    return new SimulatedProject(id, slug, platform, when, flows, releases);
  }
}
