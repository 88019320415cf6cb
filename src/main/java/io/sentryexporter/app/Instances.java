package io.sentryexporter.app;

import io.sentryexporter.config.Config;
import io.sentryexporter.sentry.Instance;
import io.sentryexporter.sentry.Sentry;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/// The instances of Sentry that are in force. One that a reload leaves as it is goes on with all
/// that is known of it: kept answers, limits, marks.
final class Instances {
  private final Function<Instance, Sentry> maker;
  private Map<Instance, Sentry> inForce = Map.of();

  Instances(Function<Instance, Sentry> maker) {
    this.maker = maker;
  }

  /// Those of a configuration, by name, from now on in force; what is known of others is forgotten.
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
