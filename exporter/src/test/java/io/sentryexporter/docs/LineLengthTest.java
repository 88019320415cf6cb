package io.sentryexporter.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Documentation, code and scripts have lines of at most 100 characters.
class LineLengthTest {
  private static final int LONGEST = 100;

  /// Files that people write: by extension, or scripts without one.
  private static final Pattern WRITTEN =
      Pattern.compile("(.*\\.(css|java|lua|md|py|sh|xml|ya?ml)|[A-Za-z_]+)");

  /// Folders that a build, Git or the exporter makes.
  private static final Pattern MADE =
      Pattern.compile("(^|/)(\\.git|target|data|node_modules|__pycache__)(/|$)");

  /// The text of a test: tables of requests and answers, pages that are generated.
  private static final Pattern TEXT_BLOCK = Pattern.compile("\"\"\"\n.*?\"\"\"", Pattern.DOTALL);

  /// A line that is one word, such as a URL or an option, after at most a short sign.
  private static final Pattern ONE_WORD = Pattern.compile("\\W*\\S*|\\[.*]: \\S*");

  @Test
  void noFileHasALongerLine() throws IOException {
    var found = new ArrayList<String>();
    for (Path file : files()) {
      String text = Files.readString(file);
      boolean isTest = file.toString().contains("src/test/java");
      tooLong(isTest ? withoutTextBlocks(text) : text)
          .forEach(line -> found.add(file + ", " + line));
    }

    assertThat(String.join("\n", found)).isEmpty();
  }

  @Test
  void aLongerLineIsReportedUnlessItIsOneWord() {
    String words = "word ".repeat(21);
    String url = "https://" + "sentry".repeat(20);

    assertThat(tooLong("first\n" + words + "\n" + url + "\n# " + url + "\n" + "x y".repeat(33)))
        .containsExactly("line 2: 105 characters");
  }

  @Test
  void textBlocksOfATestMayBeWider() {
    String row = "| " + "cell | ".repeat(20) + "\n";

    assertThat(tooLong(withoutTextBlocks("class A {\n\"\"\"\n" + row + "\"\"\"\n" + row)))
        .containsExactly("line 5: 142 characters");
  }

  private static List<String> tooLong(String text) {
    List<String> lines = text.lines().toList();
    return IntStream.range(0, lines.size())
        .filter(i -> length(lines.get(i)) > LONGEST && !ONE_WORD.matcher(lines.get(i)).matches())
        .mapToObj(i -> "line %d: %d characters".formatted(i + 1, length(lines.get(i))))
        .toList();
  }

  private static int length(String line) {
    return line.codePointCount(0, line.length());
  }

  private static String withoutTextBlocks(String java) {
    return TEXT_BLOCK
        .matcher(java)
        .replaceAll(block -> "\n".repeat(block.group().split("\n", -1).length - 1));
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(Path.of(""))) {
      return all.filter(file -> WRITTEN.matcher(file.getFileName().toString()).matches())
          .filter(file -> !MADE.matcher(file.toString()).find() && !isData(file))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }

  /// Recorded or expected answers, and configurations that are wrong on purpose.
  private static boolean isData(Path file) {
    return file.toString().contains("src/test/resources/") && !file.toString().endsWith(".md");
  }
}
