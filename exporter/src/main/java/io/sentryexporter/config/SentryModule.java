package io.sentryexporter.config;

import io.sentryexporter.collector.CollectorCatalog;
import io.sentryexporter.collector.ConfiguredCollector;
import io.sentryexporter.text.Misspelling;
import io.sentryexporter.yaml.DurationText;
import io.sentryexporter.yaml.Key;
import io.sentryexporter.yaml.YamlMap;
import io.sentryexporter.yaml.YamlMap.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A module of `prober: sentry`: the collectors of an organization or a project.
///
/// @param instance name of the instance of Sentry
/// @param timeout zero: no limit of its own
/// @param collectors at least one, in the order of the catalog
public record SentryModule(
    String name,
    String instance,
    Duration timeout,
    List<ConfiguredCollector> collectors,
    SeriesLimits limits)
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
      List.of(PROBER, INSTANCE, TIMEOUT, COLLECTORS, MAX_SERIES, MAX_SERIES_PER_PROJECT);

  public SentryModule {
    collectors = List.copyOf(collectors);
  }

  static SentryModule read(String name, YamlMap yaml) {
    yaml.only(KEYS, HttpModule.KEYS, "prober: http");
    return new SentryModule(
        name,
        yaml.get(INSTANCE),
        Module.timeout(yaml),
        collectors(yaml),
        new SeriesLimits(yaml.get(MAX_SERIES), yaml.get(MAX_SERIES_PER_PROJECT)));
  }

  private static List<ConfiguredCollector> collectors(YamlMap yaml) {
    var entries = yaml.get(COLLECTORS).entries();
    entries.forEach(SentryModule::refuseUnknown);
    var collectors = new ArrayList<ConfiguredCollector>();
    for (CollectorCatalog.Entry each : CollectorCatalog.ALL) {
      if (yaml.lacks(COLLECTORS) && each.type().get().usedByDefault()) {
        collectors.add(ConfiguredCollector.read(each.type().get(), YamlMap.empty()));
      }
      for (Entry entry : entries) {
        if (entry.name().equals(each.name())) {
          collectors.add(ConfiguredCollector.read(each.type().get(), entry.map()));
        }
      }
    }
    return collectors;
  }

  private static void refuseUnknown(Entry entry) {
    var names = CollectorCatalog.ALL.stream().map(CollectorCatalog.Entry::name).toList();
    if (!names.contains(entry.name())) {
      String instead =
          Misspelling.closest(entry.name(), names)
              .map(closest -> "did you mean \"" + closest + "\"?")
              .orElseGet(() -> "known: " + String.join(", ", names));
      entry.location().error("unknown collector; " + instead);
    }
  }

  @Override
  public String prober() {
    return PROBER_NAME;
  }

  @Override
  public Map<String, ?> toYaml() {
    var shownCollectors = new LinkedHashMap<String, Object>();
    collectors.forEach(
        collector -> shownCollectors.put(collector.type().name(), toYaml(collector)));
    var yaml = new LinkedHashMap<String, Object>();
    yaml.put(PROBER.name(), PROBER_NAME);
    yaml.put(INSTANCE.name(), instance);
    yaml.put(TIMEOUT.name(), DurationText.of(timeout));
    yaml.put(COLLECTORS.name(), shownCollectors);
    yaml.put(MAX_SERIES.name(), limits.page());
    yaml.put(MAX_SERIES_PER_PROJECT.name(), limits.project());
    return yaml;
  }

  private static Map<String, Object> toYaml(ConfiguredCollector collector) {
    var policy = collector.policy();
    var yaml = new LinkedHashMap<String, Object>();
    yaml.put("refresh_interval", DurationText.of(policy.refreshInterval()));
    yaml.put("max_stale", DurationText.of(policy.maxStale()));
    yaml.putAll(collector.settings());
    return yaml;
  }

  /// The maximum numbers of series that a probe returns.
  ///
  /// @param page all of them
  /// @param project those of one project
  public record SeriesLimits(int page, int project) {
    public SeriesLimits {
      if (page < 1 || project < 1) {
        throw new IllegalArgumentException("page " + page + ", project " + project);
      }
    }
  }
}
