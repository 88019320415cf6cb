package io.sentryexporter.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.config.Config;
import io.sentryexporter.yaml.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Pages that people write, held against what there is.
class GuidesTest {
  private static final Pattern METRIC = Pattern.compile("\\bsentry_[a-z0-9_]*[a-z0-9]\\b(?!\\.)");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^):#]+)\\)");
  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  /// A name that a metric had, as the changes list it.
  private static final Pattern RENAMED = Pattern.compile("`(sentry_[a-z_]+)`\\s+→");

  /// The program, and the job that scrapes it.
  private static final Set<String> NO_METRICS = Set.of("sentry_exporter");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "docs/counters.md",
        "docs/decisions.md",
        "docs/migration.md"
      })
  void everyMetricAndEveryPageThatAPageNamesIsThere(String page) throws IOException {
    String text = Files.readString(Path.of(page));
    Set<String> metrics = matches(METRIC, Files.readString(Path.of("docs/metrics.md")), 0);

    Set<String> named = matches(METRIC, text, 0);
    named.removeAll(NO_METRICS);
    Set<String> renamed = matches(RENAMED, text, 1);
    named.removeAll(renamed);

    assertThat(metrics).containsAll(named);
    assertThat(renamed).noneMatch(metrics::contains);
    assertThat(matches(LINK, text, 1))
        .allSatisfy(link -> assertThat(Path.of(page).resolveSibling(link)).exists());
  }

  @Test
  void theReadmesConfigurationLoads() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    String yaml =
        matches(YAML, readme, 1).stream()
            .filter(text -> text.contains("instances:"))
            .findFirst()
            .orElseThrow();

    assertThat(Config.parse(yaml, "README.md").problems()).noneMatch(Problem::isError);
  }

  private static Set<String> matches(Pattern pattern, String text, int group) {
    return pattern
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(group))
        .collect(Collectors.toSet());
  }
}
