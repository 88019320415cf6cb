package io.sentryexporter.collector;

import io.sentryexporter.metrics.Metric;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.yaml.Key;
import io.sentryexporter.yaml.YamlMap;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/// A kind of collector: its name, documentation, settings and metrics.
///
/// @param name in the configuration and in the label `collector`
/// @param help description of the collector, in a sentence or two
/// @param cost requests to Sentry for each refresh of an organization with n projects, in words
/// @param usedByDefault whether it runs in a module that names no collectors
/// @param refreshInterval default refresh interval
/// @param endpoints that it requests; they determine the scopes that the token needs
/// @param keys its own settings
/// @param metrics in the order of the page, without the label `organization`
public record CollectorType(
    String name,
    String help,
    String cost,
    boolean usedByDefault,
    Duration refreshInterval,
    List<Endpoint> endpoints,
    List<Key<?>> keys,
    List<Metric> metrics,
    Function<YamlMap, Collector> reader) {
  public CollectorType {
    endpoints = List.copyOf(endpoints);
    keys = List.copyOf(keys);
    metrics = List.copyOf(metrics);
  }
}
