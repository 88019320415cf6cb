package io.sentryexporter.testing;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.time.InstantSource;

/// The simulated Sentry that most tests want: a self-hosted server on a free port of loopback.
public final class TestSentry {
  private TestSentry() {}

  /// With the demo's world.
  public static SimulatedSentry start(InstantSource clock) {
    return start(SimulatedWorld.demo(1), clock);
  }

  public static SimulatedSentry start(SimulatedWorld world, InstantSource clock) {
    return SimulatedSentry.start(
        world, ServerOptions.onLoopback(clock).withInstallation(Installation.SELF_HOSTED));
  }
}
