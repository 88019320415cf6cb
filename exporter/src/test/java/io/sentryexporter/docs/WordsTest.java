package io.sentryexporter.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.collector.CollectorCatalog;
import io.sentryexporter.collector.CollectorType;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Metric;
import io.sentryexporter.probe.HttpProber;
import io.sentryexporter.probe.SentryProber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The guides and HELP texts use the usual words of the field.
class WordsTest {
  /// Words and phrases that have a plainer one, as regular expressions.
  private static final List<String> UNUSUAL =
      List.of(
          "figures?",
          "ask(s|ed|ing)?",
          "questions?",
          "tell(s|ing)?|told",
          "say(s|ing)?|said",
          "mend(s|ed|ing)?",
          "besides?",
          "whoever",
          "whatever",
          "who does not",
          "the one who",
          "it is 0 but on",
          "how long ago",
          "since when",
          "doubtful",
          "of Sentry's(?! \\w)",
          "of this program",
          "as a user of it wants",
          "of ours",
          "our bug");

  private static final Pattern UNUSUAL_WORD =
      Pattern.compile(
          "\\b(" + String.join("|", UNUSUAL).replace(" ", "\\s+") + ")(?!\\w)",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern CODE = Pattern.compile("`[^`\n]*`");

  /// Written by `bench/report.py`, whose text is checked instead.
  private static final Path MEASURED = Path.of("docs/benchmarks.md");

  @ParameterizedTest
  @MethodSource("guides")
  void aGuideUsesTheUsualWords(Path guide) throws IOException {
    assertThat(unusualWords(Files.readString(guide))).isEmpty();
  }

  @Test
  void helpTextsUseTheUsualWords() {
    assertThat(metrics())
        .hasSizeGreaterThan(50)
        .allSatisfy(metric -> assertThat(unusualWords(metric.help())).as(metric.name()).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "The figures of the process.",
        "Asks Sentry.",
        "the server tells its limit",
        "as the answer says",
        "a token of Sentry's, or none",
        "how long\nago",
        "| `code` | since when | `code` |"
      })
  void anUnusualWordIsFound(String text) {
    assertThat(unusualWords("First line.\n\n" + text)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP status of Sentry's answer.",
        "a record of `Question` in `sentry.question`",
        "Tasks, intellect and essays."
      })
  void usualWordsAndCodeAreLeftAlone(String text) {
    assertThat(unusualWords(text)).isEmpty();
  }

  @Test
  void aWordIsReportedWithItsLine() {
    assertThat(unusualWords("One.\n`told` two.\nMended, and told.\n"))
        .containsExactly("line 3: Mended", "line 3: told");
  }

  private static List<String> unusualWords(String text) {
    String prose = CODE.matcher(text).replaceAll("``");
    return UNUSUAL_WORD
        .matcher(prose)
        .results()
        .map(word ->
            "line %d: %s".formatted(prose.substring(0, word.end()).lines().count(), word.group()))
        .toList();
  }

  private static List<Path> guides() throws IOException {
    try (Stream<Path> docs = Files.list(Path.of("docs"))) {
      Stream<Path> pages =
          docs.filter(page -> page.toString().endsWith(".md") && !page.equals(MEASURED));
      Stream<Path> others =
          Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "bench/report.py")
              .map(Path::of);
      return Stream.concat(pages, others).sorted().toList();
    }
  }

  private static Stream<Metric> metrics() {
    return Stream.of(
            CollectorCatalog.ALL.stream().map(CollectorType::metrics).flatMap(List::stream),
            HttpProber.DECLARED.stream(),
            SentryProber.DECLARED.stream(),
            ExporterMetrics.DECLARED.stream(),
            Stream.of(ExporterMetrics.DEMO))
        .flatMap(metrics -> metrics);
  }
}
