package io.sentryexporter.config;

import io.sentryexporter.sentry.Instance;
import io.sentryexporter.yaml.Key;
import io.sentryexporter.yaml.Problem;
import io.sentryexporter.yaml.YamlMap;
import io.sentryexporter.yaml.YamlText;
import java.net.URI;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A configuration without errors.
///
/// @param instances of Sentry by name, in the order of the file, including every one that a module
///   uses
/// @param modules by name, in the order of the file; none only in [#NOTHING]
/// @param warnings warnings on the file, in its order
/// @param source the file, and the variables that are read as well
public record Config(
    Map<String, Instance> instances,
    Map<String, Module> modules,
    List<Problem> warnings,
    String source) {
  /// The module of a probe that names none.
  public static final String DEFAULT_MODULE = "sentry";

  static final Key<YamlMap> INSTANCES =
      Key.mapOf(
          "instances",
          "<name>",
          "Where Sentry is, for modules of `prober: sentry`. Without an instance `default` the"
              + " environment's token makes one.",
          InstanceKeys.KEYS.toArray(Key<?>[]::new));
  static final Key<YamlMap> MODULES =
      Key.mapOf(
              "modules",
              "<name>",
              "Ways to probe. A probe names one by `?module=`; one that names none has `sentry`."
                  + " Absent, where there are instances: the module `sentry` of `prober: sentry`,"
                  + " with the instance `default`.",
              moduleKeys())
          .required()
          .where(modules -> !modules.entries().isEmpty(), "no module; write one, such as sentry:");
  static final List<Key<?>> KEYS = List.of(INSTANCES, MODULES);

  /// The configuration without a file and without environment variables: no module.
  public static final Config NOTHING = new Config(Map.of(), Map.of(), List.of(), "");

  /// Hint for users who have configured nothing.
  public static final List<String> WAYS_TO_BEGIN =
      List.of(
          "set SENTRY_AUTH_TOKEN, or SENTRY_AUTH_TOKEN_FILE, to a Sentry token",
          "write a configuration file, sentry_exporter.yml, or name one with --config.file",
          "look around without an account: sentry_exporter demo");

  public Config {
    instances = Collections.unmodifiableMap(new LinkedHashMap<>(instances));
    modules = Collections.unmodifiableMap(new LinkedHashMap<>(modules));
    warnings = List.copyOf(warnings);
  }

  /// The keys of modules of every prober.
  private static Key<?>[] moduleKeys() {
    Set<Key<?>> keys = new LinkedHashSet<>(SentryModule.KEYS);
    keys.addAll(HttpModule.KEYS);
    return keys.toArray(Key<?>[]::new);
  }

  /// Reads a text as a configuration, with an empty environment.
  ///
  /// @param fileName name at the beginning of each problem
  public static Result parse(String text, String fileName) {
    return new ConfigReader(fileName, new ConfigEnvironment(Path.of(""), Map.of())).read(text);
  }

  /// Whether nothing is configured.
  public boolean isNothing() {
    return modules.isEmpty();
  }

  /// Describes in a few words which server a module requests, and what.
  public String requestsOf(SentryModule module) {
    var instance = Objects.requireNonNull(instances.get(module.instance()));
    return module.collectors().stream()
        .map(collector -> collector.type().name())
        .collect(Collectors.joining(", ", instance.url() + ": ", ""));
  }

  /// What is wrong with a host that cannot be Sentry's API; empty for any other.
  public static Optional<String> faultOfHost(URI url) {
    return SentryUrl.faultOfHost(url);
  }

  /// The warnings as text, a line each.
  public List<String> warningLines() {
    return warnings.stream().map(Problem::toString).toList();
  }

  /// As `/config` shows it: YAML with the defaults filled in and nothing secret.
  public String toYaml() {
    var shownInstances = new LinkedHashMap<String, Object>();
    instances.forEach((name, instance) -> shownInstances.put(name, InstanceKeys.toYaml(instance)));
    var shownModules = new LinkedHashMap<String, Object>();
    modules.forEach((name, module) -> shownModules.put(name, module.toYaml()));
    var shown = new LinkedHashMap<String, Object>();
    if (!instances.isEmpty()) {
      shown.put(INSTANCES.name(), shownInstances);
    }
    shown.put(MODULES.name(), shownModules);
    return YamlText.of(shown);
  }

  /// One module in the same form.
  public static String toYaml(Module module) {
    return YamlText.of(Map.of(module.name(), module.toYaml()));
  }

  /// The result of reading a configuration.
  ///
  /// @param config null if a problem is an error
  /// @param problems errors and warnings, in the order of the file
  public record Result(@Nullable Config config, List<Problem> problems) {
    public Result {
      problems = List.copyOf(problems);
      if ((config == null) != problems.stream().anyMatch(Problem::isError)) {
        throw new IllegalArgumentException("either a configuration or an error");
      }
    }

    /// The errors as text, one per line.
    public List<String> errors() {
      return problems.stream().filter(Problem::isError).map(Problem::toString).toList();
    }
  }
}
