package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.world.Flow;
import io.sentryexporter.simulator.world.Knowledge;
import io.sentryexporter.simulator.world.SessionCounts;
import io.sentryexporter.simulator.world.SessionStatus;
import io.sentryexporter.simulator.world.SimulatedProject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The sessions that a group is about: parts of streams, each within the time of a release.
final class SessionSlices {
  private record Slice(Flow flow, SessionStatus status, long from, long until) {}

  private final List<Slice> slices = new ArrayList<>();
  private @Nullable SimulatedProject last;
  private long population;

  /// The sessions of a project in a time, in any release.
  static SessionSlices of(SimulatedProject project, long from, long until) {
    var sessions = new SessionSlices();
    for (var flow : project.flows()) {
      if (flow.kind().session() != null) {
        sessions.add(project, flow, from, until);
      }
    }
    return sessions;
  }

  /// Adds a stream of sessions, as far as it lies between two times; one project after the other.
  void add(SimulatedProject project, Flow flow, long from, long until) {
    var session = Objects.requireNonNull(flow.kind().session(), "a stream of sessions");
    slices.add(new Slice(flow, session.status(), from, until));
    if (last == null || last.id() != project.id()) {
      last = project;
      population += project.population();
    }
  }

  /// What is known of them between two times.
  SessionCounts counts(Knowledge known, long from, long until) {
    var counts = SessionCounts.none(population);
    for (var slice : slices) {
      var start = Math.max(from, slice.from());
      var end = Math.min(until, slice.until());
      counts = counts.plus(slice.status(), known.quantity(slice.flow(), start, end));
    }
    return counts;
  }
}
