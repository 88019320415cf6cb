package io.sentryexporter.simulation;

import io.sentryexporter.simulation.Simulation.Failure;
import io.sentryexporter.simulation.Simulation.Outcome;

/// Runs a story in the classes of the loader that has loaded this, for the test of planted faults.
public final class PlantedRun {
  private PlantedRun() {}

  /// The name of the promise that is broken, or of another failure, and its words; empty for none.
  public static String of(String story) {
    Story told = Story.parse(story);
    Failure failure = Simulation.failure(told);
    if (failure != null) {
      return failure.kind() + ": " + failure.words();
    }
    Outcome first = Simulation.run(told);
    Outcome second = Simulation.run(told);
    return first.digest() == second.digest()
        ? ""
        : Judge.Invariant.SAME_RUN + ": the second run of a story differs from the first";
  }
}
