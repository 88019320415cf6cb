package io.sentryexporter.config;

import io.sentryexporter.sentry.Instance;
import io.sentryexporter.text.Misspelling;
import io.sentryexporter.text.Quoted;
import io.sentryexporter.yaml.Location;
import io.sentryexporter.yaml.Problems;
import io.sentryexporter.yaml.YamlFile;
import io.sentryexporter.yaml.YamlMap;
import io.sentryexporter.yaml.YamlMap.Entry;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Reads one configuration: instances, then the modules that use them.
final class ConfigReader {
  /// Narrower than what messages leave out, for a name may be any long word.
  private static final Pattern TOKEN = Pattern.compile("(?i)sntry[a-z]{1,2}_.*|[0-9a-f]{32,}");

  static final String BUILT_IN = "modules: {sentry: {prober: sentry}}";

  private final Problems problems;
  private final ConfigEnvironment environment;
  private final Map<String, Instance> instances = new LinkedHashMap<>();
  private final Map<String, Module> modules = new LinkedHashMap<>();
  private final Set<String> asked = new HashSet<>();

  /// @param fileName name at the beginning of each problem
  ConfigReader(String fileName, ConfigEnvironment environment) {
    this.problems = new Problems(fileName);
    this.environment = environment;
  }

  Config.Result read(String text) {
    return read(YamlFile.read(text, Config.KEYS, problems));
  }

  Config.Result read(byte[] utf8) {
    return read(YamlFile.read(utf8, Config.KEYS, problems));
  }

  private Config.Result read(YamlMap yaml) {
    var instanceEntries = yaml.get(Config.INSTANCES).entries();
    for (Entry entry : instanceEntries) {
      refuseToken(entry);
      instances.put(entry.name(), InstanceKeys.read(entry, environment, problems));
    }
    var moduleEntries = moduleEntries(yaml);
    for (Entry entry : moduleEntries) {
      refuseToken(entry);
      modules.put(entry.name(), module(entry));
    }
    if (!problems.hasErrors()) {
      moduleEntries.forEach(this::warnIfAnonymous);
      warnIfProbesLackAModule(yaml);
      instanceEntries.forEach(this::warnIfUnused);
      warnIfAllowListIsUnused();
    }
    var found = problems.inOrder();
    return problems.hasErrors()
        ? new Config.Result(null, found)
        : new Config.Result(new Config(instances, modules, found, source()), found);
  }

  /// A name is shown on pages, in labels and in the log.
  private static void refuseToken(Entry entry) {
    if (TOKEN.matcher(entry.name()).matches()) {
      entry
          .nameLocation()
          .error("a token stands where a name belongs; write it as auth_token: of an instance");
    }
  }

  private String source() {
    List<String> variables =
        instances.containsKey(InstanceKeys.DEFAULT_NAME) ? environment.variables() : List.of();
    return String.join(
        ", ", Stream.concat(Stream.of(problems.file()), variables.stream()).toList());
  }

  /// Instances alone have the module that is built in.
  private List<Entry> moduleEntries(YamlMap yaml) {
    if (instances.isEmpty() || !yaml.lacks(Config.MODULES)) {
      return yaml.get(Config.MODULES).entries();
    }
    if (instances.containsKey(InstanceKeys.DEFAULT_NAME) || environment.haveToken()) {
      return YamlFile.read(BUILT_IN, Config.KEYS, problems).get(Config.MODULES).entries();
    }
    String name = instances.keySet().iterator().next();
    yaml.location(Config.MODULES)
        .error(
            "missing, and the built-in module needs an instance \"default\"; rename one so, or"
                + " write modules: {sentry: {prober: sentry, instance: "
                + Quoted.of(name)
                + "}}");
    return List.of();
  }

  /// The answer to such a probe names a module `sentry` that is not in the configuration.
  private void warnIfProbesLackAModule(YamlMap yaml) {
    if (!modules.containsKey(Config.DEFAULT_MODULE)) {
      yaml.location(Config.MODULES)
          .warn(
              "no module \"sentry\", which probes without ?module= have; they will be refused;"
                  + " write one, or module: in the params: of each scrape job");
    }
  }

  private void warnIfAnonymous(Entry module) {
    if (modules.get(module.name()) instanceof HttpModule http && http.isAnonymous()) {
      module
          .location()
          .warn("no header Authorization; Sentry answers 401, unless a proxy adds one");
    }
  }

  private void warnIfUnused(Entry instance) {
    if (!asked.contains(instance.name())) {
      instance
          .location()
          .warn(
              "no module uses it; write prober: sentry and instance: "
                  + Quoted.of(instance.name())
                  + " in one");
    }
  }

  /// An allow-list without effect lets more through than is meant.
  private void warnIfAllowListIsUnused() {
    if (environment.have(ConfigEnvironment.ORGANIZATIONS)
        && !instances.containsKey(InstanceKeys.DEFAULT_NAME)) {
      problems
          .at(ConfigEnvironment.ORGANIZATIONS)
          .warn(
              "is for the instance \"default\", which no module uses; write organizations: below"
                  + " the instances of the file");
    }
  }

  private Module module(Entry entry) {
    if (entry.name().isEmpty()) {
      entry.nameLocation().error("a module without a name; write one");
    }
    var yaml = entry.map();
    if (yaml.lacks(Module.PROBER)) {
      yaml.only(Config.MODULES.children()); // it may be there, misspelt
      String meant = yaml.lacks(HttpModule.HTTP) ? "sentry" : "http";
      yaml.location(Module.PROBER)
          .warn("missing; every probe will be refused; write prober: " + meant);
    }
    String prober = yaml.get(Module.PROBER);
    return switch (prober) {
      case HttpModule.PROBER_NAME -> HttpModule.read(entry.name(), yaml, environment);
      case SentryModule.PROBER_NAME -> {
        var module = SentryModule.read(entry.name(), yaml);
        ask(module.instance(), yaml.location(SentryModule.INSTANCE));
        yield module;
      }
      default -> new Module.UnknownProber(entry.name(), prober);
    };
  }

  /// Records that a module uses an instance; an instance that is not configured is the
  /// environment's, or an error.
  private void ask(String name, Location location) {
    asked.add(name);
    if (instances.containsKey(name)) {
      return;
    }
    if (name.equals(InstanceKeys.DEFAULT_NAME) && environment.haveToken()) {
      Instance instance = InstanceKeys.ofEnvironment(environment, problems);
      if (instance != null) {
        instances.put(name, instance);
      }
      return;
    }
    if (name.equals(InstanceKeys.DEFAULT_NAME)) {
      environment.reportForeign(ConfigEnvironment.TOKEN, problems);
    }
    location.error("no instance " + Quoted.of(name) + "; " + instead(name));
  }

  private String instead(String name) {
    var names = List.copyOf(instances.keySet());
    if (names.isEmpty()) {
      return "write it below instances:, or set the variable " + ConfigEnvironment.TOKEN;
    }
    return Misspelling.closest(name, names)
        .map(closest -> "did you mean " + Quoted.of(closest) + "?")
        .orElseGet(() -> "there is: " + String.join(", ", names.stream().map(Quoted::of).toList()));
  }
}
