package io.sentryexporter.probe;

import io.sentryexporter.config.Config;
import io.sentryexporter.sentry.Sentry;
import java.util.Map;

/// What probes run on: a configuration, and what is known of its instances of Sentry. A reload
/// makes another; a probe ends with the one it began with.
///
/// @param sentries by the name of their instance: one for each of the configuration
public record Graph(Config config, Map<String, Sentry> sentries) {
  public Graph {
    sentries = Map.copyOf(sentries);
    if (!sentries.keySet().equals(config.instances().keySet())) {
      throw new IllegalArgumentException("instances " + config.instances().keySet());
    }
  }
}
