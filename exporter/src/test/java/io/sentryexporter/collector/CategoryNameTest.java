package io.sentryexporter.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.collector.CategoryName.Unit;
import io.sentryexporter.simulator.world.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Compares categories with the list of Sentry's names.
class CategoryNameTest {
  static List<String> sentrysNames() throws IOException {
    return Files.readAllLines(Path.of("exporter/src/test/resources/collector/data-categories.txt"))
        .stream()
        .filter(line -> !line.startsWith("#"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("sentrysNames")
  void everyNameOfSentrysIsKnownInItsUnit(String line) {
    String name = line.split(" ", -1)[0];
    String unit = line.split(" ", -1)[1];
    String yaml = "limits: {" + name + ": 5}";

    assertThat(Unit.of(name))
        .isEqualTo(
            switch (unit) {
              case "bytes" -> Unit.BYTES;
              case "milliseconds" -> Unit.SECONDS;
              default -> Unit.EVENTS;
            });
    if (!List.of("default", "security").contains(name)) {
      assertThat(Acme.problems(QuotaCollector.TYPE, yaml)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "security"})
  void aNameThatSentryCountsAsErrorIsWarnedOf(String name) {
    assertThat(Acme.problems(QuotaCollector.TYPE, "limits: {" + name + ": 5}"))
        .singleElement()
        .asString()
        .endsWith("\"" + name + "\" is counted by Sentry as error; write \"error\"");
  }

  @Test
  void theSimulatedSentryKnowsTheSameNames() throws IOException {
    assertThat(Arrays.stream(Category.values()).map(Category::label))
        .containsExactlyInAnyOrderElementsOf(
            sentrysNames().stream().map(line -> line.split(" ", -1)[0]).toList());
  }
}
