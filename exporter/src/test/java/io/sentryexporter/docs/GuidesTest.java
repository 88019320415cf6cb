package io.sentryexporter.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.config.Config;
import io.sentryexporter.yaml.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Pages name metrics and tests that exist, and link pages that exist.
class GuidesTest {
  private static final Pattern METRIC =
      Pattern.compile("(?<![:\\w])sentry_[a-z0-9_]*[a-z0-9]\\b(?!\\.)");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^):#]*)(#[^)]+)?\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  /// A class of tests, and one of its tests.
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))(?:\\.(\\w+))?`");

  /// A name that a metric had, as the changes list it.
  private static final Pattern RENAMED = Pattern.compile("`(sentry_[a-z0-9_]+)`\\s+→");

  /// The comment of a query: metrics of other exporters that it replaces.
  private static final Pattern REPLACED = Pattern.compile("(?m)(?:^# [^→\\n]*\\n)*^# [^→\\n]*→");

  /// The program, and the jobs of Prometheus.
  private static final Set<String> NO_METRICS = Set.of("sentry_exporter", "sentry_legacy");

  @ParameterizedTest
  @MethodSource("pages")
  void everyMetricAndEveryPageThatAPageNamesIsThere(Path page) throws IOException {
    String text = Files.readString(page);
    Set<String> metrics = matches(METRIC, Files.readString(Path.of("docs/metrics.md")), 0);

    Set<String> named = matches(METRIC, text, 0);
    named.removeAll(NO_METRICS);
    Set<String> renamed = matches(RENAMED, text, 1);
    matches(REPLACED, text, 0).forEach(comment -> renamed.addAll(matches(METRIC, comment, 0)));
    named.removeAll(renamed);

    assertThat(metrics).containsAll(named);
    assertThat(renamed).noneMatch(metrics::contains);
    for (MatchResult link : LINK.matcher(text).results().toList()) {
      Path linked = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
      assertThat(linked).exists();
      if (link.group(2) != null) {
        assertThat(anchors(Files.readString(linked))).contains(link.group(2));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyTestThatAPageNamesIsThere(Path page) throws IOException {
    for (MatchResult test : TEST.matcher(Files.readString(page)).results().toList()) {
      String method = test.group(2);
      assertThat(testClass(test.group(1)))
          .content()
          .contains(method == null ? "class " + test.group(1) : "void " + method + "(");
    }
  }

  @Test
  void theDocumentationsContentsLinkEveryPage() throws IOException {
    Path contents = Path.of("docs/README.md");
    Set<Path> linked =
        matches(LINK, Files.readString(contents), 1).stream()
            .map(link -> contents.resolveSibling(link).normalize())
            .collect(Collectors.toSet());

    assertThat(linked)
        .containsAll(
            pages().stream()
                .filter(page -> !page.equals(contents) && !page.startsWith("docs/runbooks"))
                .toList());
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

  private static Path testClass(String name) throws IOException {
    for (String module : List.of("exporter", "simulator")) {
      try (Stream<Path> files = Files.walk(Path.of(module, "src/test/java"))) {
        var found = files.filter(file -> file.endsWith(name + ".java")).findFirst();
        if (found.isPresent()) {
          return found.get();
        }
      }
    }
    throw new AssertionError("no " + name);
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> root = Files.list(Path.of(""));
        Stream<Path> docs = Files.walk(Path.of("docs"))) {
      return Stream.concat(root, docs)
          .filter(page -> page.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  /// The ends of links to headings, as GitHub makes them.
  private static List<String> anchors(String page) {
    return matches(HEADING, page, 1).stream()
        .map(heading -> heading.toLowerCase(Locale.ROOT).replaceAll("[^\\w -]", ""))
        .map(heading -> "#" + heading.replace(' ', '-'))
        .toList();
  }

  private static Set<String> matches(Pattern pattern, String text, int group) {
    return pattern
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(group))
        .collect(Collectors.toSet());
  }
}
