package io.sentryexporter.collector;

import io.sentryexporter.metrics.Metric;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.yaml.Key;
import io.sentryexporter.yaml.YamlMap;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/// A kind of collector: what reads, documents and makes it.
///
/// @param name in the configuration and in the label `collector`
/// @param help what it tells, a sentence or two
/// @param cost requests to Sentry for each refresh, in words, of an organization of n projects
/// @param usedByDefault whether a module that names no collectors has it
/// @param refreshInterval unless the configuration says otherwise
/// @param endpoints that it asks; they tell which scopes the token needs
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
