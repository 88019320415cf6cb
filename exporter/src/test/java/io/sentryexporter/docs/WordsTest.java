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
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Guides, HELP texts, messages, comments and names of tests use the usual words of the field.
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

  /// What people read of a Java file: texts, comments and names of tests.
  private static final Pattern PART =
      Pattern.compile(
          "\"\"\"(?s:.*?)\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*\"|'(?:\\\\.|[^'\\\\\n])+'"
              + "|(?<comment>//[^\n]*)|(?m:^  void (?<name>\\w+)\\()");

  /// A reference to code in a comment.
  private static final Pattern REFERENCE = Pattern.compile("\\[[#\\w. ]+]|@param \\w+");

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

  @Test
  void commentsMessagesAndNamesOfTestsUseTheUsualWords() throws IOException {
    var found = new ArrayList<String>();
    for (Path file : sources()) {
      unusualWords(prose(Files.readString(file), file.toString().contains("src/test")))
          .forEach(word -> found.add(file + ", " + word));
    }

    assertThat(String.join("\n", found)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/// The figures of a process.",
        "int x; // nobody told us",
        "String s = \"Sentry says no\";",
        "String s = \"\"\"\n    Sentry says no\n    \"\"\";",
      })
  void anUnusualWordOfACommentOrAMessageIsFound(String java) {
    assertThat(unusualWords(prose(java, false))).hasSize(1);
  }

  @Test
  void anUnusualWordOfATestsNameIsFound() {
    assertThat(unusualWords(prose("  @Test\n  void theServerTellsItsLimit() {", true)))
        .containsExactly("line 2: Tells");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "int figures = ask(question);",
        "/// @param told time and value",
        "/// Calls [Sentry#ask] and `tell`.",
        "  void tell(Answer answer);",
      })
  void identifiersAreLeftAlone(String java) {
    assertThat(unusualWords(prose(java, false))).isEmpty();
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

  /// Comments of a Java file, and its texts or, of a test, the names of its tests; each in its
  /// line.
  private static String prose(String java, boolean isTest) {
    var prose = new StringBuilder();
    int end = 0;
    for (MatchResult part : PART.matcher(java).results().toList()) {
      prose.append(java.substring(end, part.start()).replaceAll("[^\n]", ""));
      prose.append(read(part, isTest));
      end = part.end();
    }
    return prose.toString();
  }

  private static String read(MatchResult part, boolean isTest) {
    String comment = part.group("comment");
    if (comment != null) {
      return REFERENCE.matcher(comment).replaceAll("``");
    }
    String name = part.group("name");
    if (isTest == (name == null)) {
      return part.group().replaceAll("[^\n]", "");
    }
    return name == null ? part.group() : name.replaceAll("(?=[A-Z])", " ");
  }

  private static List<Path> sources() throws IOException {
    var sources = new ArrayList<Path>();
    for (String folder : List.of("build", "exporter/src", "simulator/src")) {
      try (Stream<Path> files = Files.walk(Path.of(folder))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    return sources;
  }

  private static List<Path> guides() throws IOException {
    try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
      Stream<Path> pages =
          docs.filter(page -> page.toString().endsWith(".md") && !page.equals(MEASURED));
      Stream<Path> others =
          Stream.of(
                  "README.md",
                  "CONTRIBUTING.md",
                  "CHANGELOG.md",
                  "SECURITY.md",
                  "MAINTAINERS.md",
                  "bench/report.py",
                  "examples/alerts.yml",
                  "examples/prometheus.yml",
                  "examples/sentry_exporter.yml")
              .map(Path::of);
      return Stream.concat(pages, others).sorted().toList();
    }
  }

  private static Stream<Metric> metrics() {
    return Stream.of(
            CollectorCatalog.types().stream().map(CollectorType::metrics).flatMap(List::stream),
            HttpProber.DECLARED.stream(),
            SentryProber.DECLARED.stream(),
            ExporterMetrics.DECLARED.stream(),
            Stream.of(ExporterMetrics.DEMO))
        .flatMap(metrics -> metrics);
  }
}
