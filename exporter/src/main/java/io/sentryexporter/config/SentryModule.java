package io.sentryexporter.config;

import io.sentryexporter.collector.CollectorCatalog;
import io.sentryexporter.collector.CollectorType;
import io.sentryexporter.collector.ConfiguredCollector;
import io.sentryexporter.text.Misspelling;
import io.sentryexporter.yaml.DurationText;
import io.sentryexporter.yaml.Key;
import io.sentryexporter.yaml.Problems;
import io.sentryexporter.yaml.YamlEntry;
import io.sentryexporter.yaml.YamlFile;
import io.sentryexporter.yaml.YamlMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A module of `prober: sentry`: the collectors of an organization or a project.
///
/// @param instance name of the instance of Sentry
/// @param timeout zero: no limit of its own
/// @param collectors at least one, in the order of the catalog
/// @param toYaml as `/config` shows it
public record SentryModule(
    String name,
    String instance,
    Duration timeout,
    List<ConfiguredCollector> collectors,
    SeriesLimits limits,
    Map<String, ?> toYaml)
    implements Module {
  static final String PROBER_NAME = "sentry";

  static final Key<String> INSTANCE =
      Key.string("instance", "Name of the instance of Sentry that `prober: sentry` reads from.")
          .byDefault(InstanceKeys.DEFAULT_NAME);
  static final Key<YamlMap> COLLECTORS =
      Key.mapOf(
              "collectors",
              "<collector>: <settings>",
              "What `prober: sentry` collects, each with its settings, or `{}` for none; see"
                  + " docs/collectors.md. Absent: those that are on by default there.")
          .where(
              collectors -> !collectors.entries().isEmpty(),
              "no collector; name one, or remove the key for the default set");
  static final Key<Integer> MAX_SERIES =
      Key.integer(
              "max_series",
              1,
              10_000_000,
              "Maximum number of series of Sentry's data on a page of `prober: sentry`, as"
                  + " Prometheus stores them. Further series are left out, and the page reports"
                  + " their number.")
          .byDefault(500_000);
  static final Key<Integer> MAX_SERIES_PER_PROJECT =
      Key.integer(
              "max_series_per_project",
              1,
              10_000_000,
              "The same for each project, so that one project cannot crowd out the others.")
          .byDefault(2_000);
  static final List<Key<?>> KEYS =
      List.of(PROBER, INSTANCE, HttpModule.TIMEOUT, COLLECTORS, MAX_SERIES, MAX_SERIES_PER_PROJECT);

  public SentryModule {
    collectors = List.copyOf(collectors);
    toYaml = Collections.unmodifiableMap(new LinkedHashMap<>(toYaml));
  }

  static SentryModule read(String name, YamlMap yaml) {
    yaml.only(KEYS, HttpModule.KEYS, "prober: http");
    var timeout = yaml.get(HttpModule.TIMEOUT);
    var read =
        new Reading(name, yaml.get(INSTANCE), timeout.isNegative() ? Duration.ZERO : timeout);
    read.collectors(yaml);
    var limits = new SeriesLimits(yaml.get(MAX_SERIES), yaml.get(MAX_SERIES_PER_PROJECT));
    return read.module(limits);
  }

  @Override
  public String prober() {
    return PROBER_NAME;
  }

  /// A module whose collectors are being read.
  private static final class Reading {
    private final String name;
    private final String instance;
    private final Duration timeout;
    private final Map<CollectorType, YamlMap> settings = new LinkedHashMap<>();

    Reading(String name, String instance, Duration timeout) {
      this.name = name;
      this.instance = instance;
      this.timeout = timeout;
    }

    void collectors(YamlMap yaml) {
      var entries = yaml.get(COLLECTORS).entries();
      for (CollectorType type : CollectorCatalog.ALL) {
        if (yaml.lacks(COLLECTORS) && type.usedByDefault()) {
          settings.put(type, withoutSettings(type));
        }
        for (YamlEntry entry : entries) {
          if (entry.name().equals(type.name())) {
            settings.put(type, entry.map());
          }
        }
      }
      entries.forEach(Reading::refuseUnknown);
    }

    private static YamlMap withoutSettings(CollectorType type) {
      return YamlFile.read("{}", ConfiguredCollector.keys(type), new Problems(""));
    }

    private static void refuseUnknown(YamlEntry entry) {
      var names = CollectorCatalog.ALL.stream().map(CollectorType::name).toList();
      if (!names.contains(entry.name())) {
        String instead =
            Misspelling.closest(entry.name(), names)
                .map(closest -> "did you mean \"" + closest + "\"?")
                .orElseGet(() -> "known: " + String.join(", ", names));
        entry.location().error("unknown collector; " + instead);
      }
    }

    SentryModule module(SeriesLimits limits) {
      var collectors = new ArrayList<ConfiguredCollector>();
      var shownCollectors = new LinkedHashMap<String, Object>();
      settings.forEach((type, yaml) -> {
        var collector = ConfiguredCollector.read(type, yaml);
        collectors.add(collector);
        shownCollectors.put(type.name(), shown(collector, yaml));
      });
      var shown = new LinkedHashMap<String, Object>();
      shown.put(PROBER.name(), PROBER_NAME);
      shown.put(INSTANCE.name(), instance);
      shown.put(HttpModule.TIMEOUT.name(), DurationText.of(timeout));
      shown.put(COLLECTORS.name(), shownCollectors);
      shown.put(MAX_SERIES.name(), limits.page());
      shown.put(MAX_SERIES_PER_PROJECT.name(), limits.project());
      return new SentryModule(name, instance, timeout, collectors, limits, shown);
    }

    private static Map<String, Object> shown(ConfiguredCollector collector, YamlMap yaml) {
      var policy = collector.policy();
      var shown = new LinkedHashMap<String, Object>();
      shown.put("refresh_interval", DurationText.of(policy.refreshInterval()));
      shown.put("max_stale", DurationText.of(policy.maxStale()));
      shown.putAll(yaml.written(collector.type().keys()));
      return shown;
    }
  }
}
