package io.sentryexporter.config;

import java.time.Duration;
import java.util.Map;

/// A module whose prober does not exist; its probes are refused one by one.
///
/// @param prober as the file names it; empty if it names none
public record UnknownProberModule(String name, String prober) implements Module {
  @Override
  public Duration timeout() {
    return Duration.ZERO;
  }

  @Override
  public Map<String, ?> toYaml() {
    return Map.of(PROBER.name(), prober);
  }
}
