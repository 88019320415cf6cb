package io.sentryexporter.config;

import io.sentryexporter.yaml.Problems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/// The source of the configuration: a file, or the environment if there is no file.
public final class ConfigSource implements Supplier<ConfigResult> {
  static final String BUILT_IN = "modules: {sentry: {prober: sentry}}";

  private final Path file;
  private final Map<String, String> environment;
  private final AtomicBoolean mustBeThere;

  /// @param named whether the file was named explicitly, and so must exist
  public ConfigSource(Path file, boolean named, Map<String, String> environment) {
    this.file = file;
    this.environment = Map.copyOf(environment);
    this.mustBeThere = new AtomicBoolean(named);
  }

  /// Reads the configuration as it is now.
  ///
  /// A file that existed once must continue to exist: its loss does not mean that none is wanted.
  @Override
  public ConfigResult get() {
    boolean isThere = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    if (isThere || mustBeThere.get()) {
      mustBeThere.set(true);
      return Config.read(file, environment);
    }
    var around = new ConfigEnvironment(Path.of(""), environment);
    return around.haveToken() ? Config.parse(BUILT_IN, "environment", around) : nothing(around);
  }

  private static ConfigResult nothing(ConfigEnvironment around) {
    var problems = new Problems("environment");
    List.of(ConfigEnvironment.TOKEN, ConfigEnvironment.URL, ConfigEnvironment.ORGANIZATIONS)
        .forEach(own -> around.reportForeign(own, problems));
    return new ConfigResult(problems.hasErrors() ? null : Config.NOTHING, problems.inOrder());
  }
}
