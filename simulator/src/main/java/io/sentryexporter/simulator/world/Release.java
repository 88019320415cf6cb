package io.sentryexporter.simulator.world;

/// A version of a project, in use from when it came out until the next one does.
///
/// @param created when it came out, in epoch seconds
/// @param replaced when the next one comes out
/// @param bad true if it breaks what worked before
public record Release(
    SimulatedProject project, String version, long created, long replaced, boolean bad) {
  public long id() {
    return (Noise.of(project.id(), version) >>> 1) % 10_000_000_000L;
  }
}
