package io.sentryexporter.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// `docs/faults.md` names tests that exist.
class FaultsPageTest {
  private static final Path PAGE = Path.of("docs/faults.md");
  private static final Path TESTS = Path.of("exporter/src/test/java");
  private static final Pattern FAULT = Pattern.compile("(?m)^- \\*\\*(\\d+)\\. [^*]+\\*\\*:\\s");
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))\\.(\\w+)`");

  @Test
  void everyFaultHasItsNumberAndATest() throws IOException {
    String page = Files.readString(PAGE);
    List<MatchResult> faults = FAULT.matcher(page).results().toList();

    assertThat(faults)
        .extracting(fault -> Integer.valueOf(fault.group(1)))
        .hasSizeGreaterThanOrEqualTo(36)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, faults.size()).boxed().toList());
    for (int i = 0; i < faults.size(); i++) {
      int end = i + 1 < faults.size() ? faults.get(i + 1).start() : page.length();
      assertThat(page.substring(faults.get(i).start(), end)).containsPattern(TEST);
    }
  }

  @Test
  void everyTestThatThePageNamesIsThere() throws IOException {
    Map<String, String> classes = new HashMap<>();
    try (var files = Files.walk(TESTS)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".java")).toList()) {
        String name = file.getFileName().toString().replace(".java", "");
        classes.merge(name, Files.readString(file), String::concat);
      }
    }
    List<MatchResult> named = TEST.matcher(Files.readString(PAGE)).results().toList();

    assertThat(named).hasSizeGreaterThan(80);
    for (MatchResult test : named) {
      assertThat(classes.getOrDefault(test.group(1), ""))
          .as(test.group())
          .contains("  void " + test.group(2) + "(");
    }
  }
}
