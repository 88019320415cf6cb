package io.sentryexporter.app;

import io.sentryexporter.config.Config;
import io.sentryexporter.sentry.Instance;
import io.sentryexporter.sentry.Sentry;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/// The active instances of Sentry. An instance that a reload does not change keeps its state: kept
/// answers, limits, marks.
final class Instances {
  private final Function<Instance, Sentry> maker;
  private Map<Instance, Sentry> inForce = Map.of();

  Instances(Function<Instance, Sentry> maker) {
    this.maker = maker;
  }

  /// Activates the instances of a configuration and returns them by name; the state of others is
  /// forgotten.
  synchronized Map<String, Sentry> of(Config config) {
    Map<Instance, Sentry> next = new HashMap<>();
    Map<String, Sentry> byName = new HashMap<>();
    config
        .instances()
        .forEach((name, instance) -> {
          Sentry known = inForce.get(instance);
          Sentry sentry = known == null ? maker.apply(instance) : known;
          next.put(instance, sentry);
          byName.put(name, sentry);
        });
    inForce.forEach((instance, sentry) -> {
      if (!next.containsKey(instance)) {
        sentry.close();
      }
    });
    inForce = next;
    return byName;
  }
}
