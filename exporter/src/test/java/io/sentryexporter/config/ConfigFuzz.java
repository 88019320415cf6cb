package io.sentryexporter.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.fuzz.Sound;
import io.sentryexporter.yaml.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Any bytes as a configuration file: a configuration, or errors with places that show no secret.
/// What `/config` shows of one is a file that means the same.
public final class ConfigFuzz {
  private static final ConfigEnvironment ENVIRONMENT =
      new ConfigEnvironment(Path.of("/nowhere"), Map.of());

  private ConfigFuzz() {}

  public static void check(byte[] file) {
    Config.Result read = new ConfigReader("fuzz.yml", ENVIRONMENT).read(file);

    assertProblems(read.problems(), file);
    if (read.config() == null) {
      assertThat(read.problems()).anyMatch(Problem::isError);
      return;
    }
    assertThat(read.problems()).noneMatch(Problem::isError);
    String shown = read.config().toYaml();
    assertThat(shown).doesNotContain(Sound.CANARY);
    Config.Result again = new ConfigReader("shown.yml", ENVIRONMENT).read(shown);
    assertThat(again.errors()).as(shown).isEmpty();
    assertThat(Objects.requireNonNull(again.config()).toYaml()).isEqualTo(shown);
  }

  static void assertProblems(List<Problem> problems, byte[] file) {
    long lines = new String(file, UTF_8).split("\r\n|[\r\n\u0085\u2028\u2029]", -1).length;
    for (Problem problem : problems) {
      assertThat((long) problem.line()).as(problem.toString()).isBetween(0L, lines);
      assertThat(problem.column()).as(problem.toString()).isNotNegative();
    }
    Sound.assertMessages(problems.stream().map(Problem::toString).toList());
  }
}
