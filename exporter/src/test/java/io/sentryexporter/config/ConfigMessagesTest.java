package io.sentryexporter.config;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.Golden;
import io.sentryexporter.yaml.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every message: a file with a fault, and all that is reported of it.
class ConfigMessagesTest {
  private static final Path FOLDER = Path.of("exporter/src/test/resources/config");

  @ParameterizedTest
  @MethodSource("badFiles")
  void aBadFileIsRefusedWithAllThatIsWrongInIt(String name) {
    var reading = new ConfigSource(FOLDER.resolve(name), true, Map.of()).get();

    assertThat(reading.config()).isNull();
    assertThat(reading.problems()).anyMatch(Problem::isError);
    assertMatches(name, ".bad.yml", reading.problems());
  }

  @ParameterizedTest
  @MethodSource("goodFiles")
  void aGoodFileIsLoadedWithItsWarnings(String name) {
    var reading = new ConfigSource(FOLDER.resolve(name), true, Map.of()).get();

    assertThat(reading.config()).isNotNull();
    assertMatches(name, ".good.yml", reading.problems());
  }

  @ParameterizedTest
  @MethodSource("badFiles")
  void noMessageQuotesWhatMayBeSecret(String name) {
    var problems = new ConfigSource(FOLDER.resolve(name), true, Map.of()).get().problems();

    assertThat(problems).noneMatch(problem -> problem.toString().contains("CANARY"));
  }

  static List<String> badFiles() {
    return files(".bad.yml");
  }

  static List<String> goodFiles() {
    return files(".good.yml");
  }

  private static List<String> files(String suffix) {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(suffix))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertMatches(String name, String suffix, List<Problem> problems) {
    var lines =
        problems.stream()
            .map(problem -> problem.toString().replace(FOLDER + "/", "") + "\n")
            .collect(joining());
    var expected = name.substring(0, name.length() - suffix.length()) + ".expected.txt";
    Golden.assertMatches(FOLDER.resolve(expected), lines);
  }
}
