package io.sentryexporter.config;

import io.sentryexporter.yaml.Key;
import io.sentryexporter.yaml.Problem;
import io.sentryexporter.yaml.Problems;
import io.sentryexporter.yaml.YamlEntry;
import io.sentryexporter.yaml.YamlFile;
import io.sentryexporter.yaml.YamlMap;
import io.sentryexporter.yaml.YamlText;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A configuration file without errors.
///
/// @param modules by name, in the order of the file; at least one
/// @param warnings what is doubtful in the file, in its order
public record Config(Map<String, Module> modules, List<Problem> warnings) {
  static final Key<YamlMap> MODULES =
      Key.named(
              "modules",
              "<name>",
              "Ways to probe. A probe names one by `?module=`; one that names none has `sentry`.",
              HttpModule.KEYS.toArray(Key<?>[]::new))
          .required()
          .where(modules -> !modules.entries().isEmpty(), "no module; write one, such as sentry:");
  static final List<Key<?>> KEYS = List.of(MODULES);

  public Config {
    modules = Collections.unmodifiableMap(new LinkedHashMap<>(modules));
    warnings = List.copyOf(warnings);
  }

  /// Reads a file whole, then as a configuration.
  public static ConfigReading read(Path file) {
    return ConfigFile.read(file);
  }

  /// Reads a text as a configuration.
  ///
  /// @param fileName what problems begin with
  public static ConfigReading parse(String text, String fileName) {
    var problems = new Problems(fileName);
    return read(YamlFile.read(text, KEYS, problems), problems);
  }

  static ConfigReading read(YamlMap yaml, Problems problems) {
    var modules = new LinkedHashMap<String, Module>();
    var modulesYaml = yaml.get(MODULES);
    modulesYaml.entries().forEach(entry -> modules.put(entry.name(), module(entry)));
    var found = problems.inOrder();
    return problems.hasErrors()
        ? new ConfigReading(null, found)
        : new ConfigReading(new Config(modules, found), found);
  }

  private static Module module(YamlEntry entry) {
    if (entry.name().isEmpty()) {
      entry.namePlace().error("a module without a name; write one");
    }
    var yaml = entry.map();
    if (yaml.lacks(Module.PROBER)) {
      yaml.only(HttpModule.KEYS); // it may be there, misspelt
      yaml.place(Module.PROBER).warn("missing; every probe will be refused; write prober: http");
    }
    var prober = yaml.get(Module.PROBER);
    return prober.equals(HttpModule.PROBER_NAME)
        ? HttpModule.read(entry.name(), yaml)
        : new UnknownProberModule(entry.name(), prober);
  }

  /// The warnings as text, a line each.
  public List<String> warningLines() {
    return warnings.stream().map(Problem::toString).toList();
  }

  /// As `/config` shows it: YAML with the defaults filled in and nothing secret.
  public String toYaml() {
    var shown = new LinkedHashMap<String, Object>();
    modules.forEach((name, module) -> shown.put(name, module.toYaml()));
    return YamlText.of(Map.of(MODULES.name(), shown));
  }

  /// One module in the same form.
  public static String toYaml(Module module) {
    return YamlText.of(Map.of(module.name(), module.toYaml()));
  }
}
