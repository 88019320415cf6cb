package io.sentryexporter.config;

import io.sentryexporter.sentry.SentryClient;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What probes run on: a configuration, the clients of its Sentry instances, and the state of the
/// exporter with it. A reload creates another; a probe ends with the one it began with.
///
/// @param sentries one per instance of the configuration, by instance name
/// @param reloadErrors errors of the last reload, one per line; empty if it succeeded, and at the
///   start
/// @param notReady why probes cannot be served; null if they can
public record ActiveConfig(
    Config config,
    Map<String, SentryClient> sentries,
    List<String> reloadErrors,
    @Nullable String notReady) {
  public ActiveConfig {
    sentries = Map.copyOf(sentries);
    reloadErrors = List.copyOf(reloadErrors);
    if (!sentries.keySet().equals(config.instances().keySet())) {
      throw new IllegalArgumentException("instances " + config.instances().keySet());
    }
  }
}
