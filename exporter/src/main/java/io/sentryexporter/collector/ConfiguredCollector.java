package io.sentryexporter.collector;

import io.sentryexporter.sentry.CachePolicy;
import io.sentryexporter.yaml.Key;
import io.sentryexporter.yaml.YamlMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A collector of a module, with its settings.
///
/// @param settings of its own keys, as the file has them or by default
public record ConfiguredCollector(
    CollectorType type, Collector collector, CachePolicy policy, Map<String, Object> settings) {
  static final int STALE_REFRESHES = 5;

  static final Key<Duration> REFRESH_INTERVAL =
      Key.duration(
              "refresh_interval",
              "Maximum age of an answer of Sentry that serves scrapes without a new request."
                  + " Absent: the collector's own.")
          .where(interval -> !interval.isNegative(), "negative; write a duration such as 5m");
  static final Key<Duration> MAX_STALE =
      Key.duration(
              "max_stale",
              "Maximum age of the last good answer while Sentry fails. Beyond it the metrics are"
                  + " absent. Absent: five refresh intervals.")
          .where(age -> !age.isNegative(), "negative; write a duration such as 10m");

  public ConfiguredCollector {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /// All keys of a collector of this type: those that every collector has, then its own.
  public static List<Key<?>> keys(CollectorType type) {
    var keys = new ArrayList<Key<?>>(List.of(REFRESH_INTERVAL, MAX_STALE));
    keys.addAll(type.keys());
    return List.copyOf(keys);
  }

  /// Reads the settings below the collector's name.
  public static ConfiguredCollector read(CollectorType type, YamlMap yaml) {
    yaml.only(keys(type));
    Duration refresh =
        yaml.lacks(REFRESH_INTERVAL) ? type.refreshInterval() : yaml.get(REFRESH_INTERVAL);
    Duration maxStale =
        yaml.lacks(MAX_STALE) ? refresh.multipliedBy(STALE_REFRESHES) : yaml.get(MAX_STALE);
    if (maxStale.compareTo(refresh) < 0) {
      yaml.location(MAX_STALE)
          .error("shorter than refresh_interval; write at least as long a time");
      maxStale = refresh;
    }
    return new ConfiguredCollector(
        type,
        type.reader().apply(yaml),
        new CachePolicy(refresh, maxStale),
        yaml.written(type.keys()));
  }
}
