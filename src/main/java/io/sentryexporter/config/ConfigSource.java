package io.sentryexporter.config;

import io.sentryexporter.yaml.Problems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/// Where the configuration comes from: a file; without one where it would be, the environment.
public final class ConfigSource implements Supplier<ConfigReading> {
  static final String BUILT_IN = "modules: {sentry: {prober: sentry}}";

  private final Path file;
  private final Map<String, String> environment;
  private final AtomicBoolean mustBeThere;

  /// @param named whether somebody has named the file, which then has to be there
  public ConfigSource(Path file, boolean named, Map<String, String> environment) {
    this.file = file;
    this.environment = Map.copyOf(environment);
    this.mustBeThere = new AtomicBoolean(named);
  }

  /// Reads what there is now.
  ///
  /// A file that was there once has to stay: its loss must not pass for a wish to have none.
  @Override
  public ConfigReading get() {
    boolean isThere = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    if (isThere || mustBeThere.get()) {
      mustBeThere.set(true);
      return Config.read(file, environment);
    }
    var around = new Surroundings(Path.of(""), environment);
    return around.haveToken() ? Config.parse(BUILT_IN, "environment", around) : nothing(around);
  }

  private static ConfigReading nothing(Surroundings around) {
    var problems = new Problems("environment");
    List.of(Surroundings.TOKEN, Surroundings.URL, Surroundings.ORGANIZATIONS)
        .forEach(own -> around.reportForeign(own, problems));
    return new ConfigReading(problems.hasErrors() ? null : Config.NOTHING, problems.inOrder());
  }
}
