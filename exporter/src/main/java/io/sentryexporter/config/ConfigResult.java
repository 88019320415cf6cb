package io.sentryexporter.config;

import io.sentryexporter.yaml.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The result of reading a configuration.
///
/// @param config null if a problem is an error
/// @param problems errors and warnings, in the order of the file
public record ConfigResult(@Nullable Config config, List<Problem> problems) {
  public ConfigResult {
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
