package io.sentryexporter.probe;

import io.sentryexporter.config.Config;
import io.sentryexporter.sentry.Sentry;
import java.util.Map;

/// What probes run on: a configuration, and the state of its Sentry instances. A reload creates
/// another; a probe ends with the one it began with.
///
/// @param sentries one per instance of the configuration, by instance name
public record ActiveConfig(Config config, Map<String, Sentry> sentries) {
  public ActiveConfig {
    sentries = Map.copyOf(sentries);
    if (!sentries.keySet().equals(config.instances().keySet())) {
      throw new IllegalArgumentException("instances " + config.instances().keySet());
    }
  }
}
