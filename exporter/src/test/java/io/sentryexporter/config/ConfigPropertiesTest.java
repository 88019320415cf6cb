package io.sentryexporter.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.CpuTime;
import io.sentryexporter.yaml.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What holds for every text, tried with random ones. A failure names its seed.
class ConfigPropertiesTest {
  private static final Path FOLDER = Path.of("exporter/src/test/resources/config");

  /// As long as a token of Sentry.
  private static final String CANARY = "CANARY" + "0123456789abcdef".repeat(4);

  private static final List<String> TOKENS =
      List.of(
          "\n",
          " ",
          "  ",
          "\t",
          "\r\n",
          ": ",
          ":",
          "- ",
          "? ",
          "[",
          "]",
          "{",
          "}",
          ",",
          "&a ",
          "*a ",
          "<<: ",
          "!x ",
          "!!str ",
          "!!binary ",
          "|",
          ">",
          "|2-",
          "\"",
          "'",
          "\\",
          "#",
          "%",
          "%YAML 1.1\n",
          "---\n",
          "...\n",
          "@",
          "`",
          "~",
          "null",
          "\0",
          "\u0085",
          "\u2028",
          "\uFEFF",
          "\uD83D\uDE00",
          "\uD800",
          "ü",
          CANARY,
          "modules:\n",
          "http:",
          "5s",
          "200");

  @ParameterizedTest
  @ValueSource(strings = {"full", "old-oddities"})
  void aMutilatedFileIsReadOrRefusedWithPlaces(String name) throws IOException {
    // A key and its certificate are tried with a signature, which takes longer than all else.
    var good =
        Files.readString(FOLDER.resolve(name + ".good.yml"))
            .replaceAll("(?m)^.*(cert|key)(_file)?:.*\\n", "");
    for (var seed = 0L; seed < 500; seed++) {
      assertSound(mutilated(good, new Random(seed)), name + " mutilated with seed " + seed);
    }
  }

  @Test
  void garbageIsRefusedWithPlaces() {
    for (var seed = 0L; seed < 3_000; seed++) {
      var random = new Random(seed);
      var text = new StringBuilder();
      random.ints(random.nextInt(30), 0, TOKENS.size()).mapToObj(TOKENS::get).forEach(text::append);
      assertSound(text.toString(), "tokens of seed " + seed);
    }
  }

  @Test
  void noProblemQuotesASecretWhereverItStands() throws IOException {
    var good = Files.readString(FOLDER.resolve("full.good.yml"));
    var forms = List.of(CANARY, "\"" + CANARY, "user:" + CANARY + "@");
    var words = good.split("(?<=[\\s:,{}\\[\\]])|(?=[\\s:,{}\\[\\]])", -1);
    for (var i = 0; i < words.length; i++) {
      var before = String.join("", List.of(words).subList(0, i));
      var after = String.join("", List.of(words).subList(i + 1, words.length));
      var secret = forms.get(i % forms.size()); // each would take a minute
      assertSound(before + secret + after, "word " + i + " replaced by " + secret);
    }
  }

  @Test
  void aTextMadeToExhaustIsRefusedInTime() {
    var laughs =
        IntStream.range(1, 60)
            .mapToObj(i -> "a%d: &a%d [*a%d,*a%d]\n".formatted(i, i, i - 1, i - 1))
            .reduce("a0: &a0 x\n", String::concat);
    var merges =
        IntStream.range(1, 900)
            .mapToObj(i -> "m%d: &m%d {<<: *m%d, k%d: x}\n".formatted(i, i, i - 1, i))
            .reduce("m0: &m0 {k: x}\n", String::concat);
    var texts =
        List.of(
            "[".repeat(1 << 18),
            "{".repeat(1 << 18),
            "- ".repeat(1 << 17),
            "? ".repeat(1 << 17),
            "a: ".repeat(60_000),
            "[x, ".repeat(50_000),
            "\n".repeat(1 << 18),
            "*a ".repeat(60_000),
            "\"" + "\\x41".repeat(1 << 18),
            "modules:\n" + "  ? ".repeat(50_000),
            "modules: {" + "a,".repeat(5_000) + "}",
            "modules: {a: {prober: http, timeout: " + "1".repeat(1 << 18) + "}}",
            "modules: {a: {prober: http, timeout: " + "1h".repeat(1 << 17) + "}}",
            "modules: {a: {prober: http, http: {prefix: 'http://" + "@".repeat(1 << 18) + "'}}}",
            "modules: {a: {prober: http, http: {headers: {a: '" + "{".repeat(1 << 18) + "'}}}}",
            "instances: {default: {auth_token: x, url: 'https://s" + "/a".repeat(1 << 17) + "'}}",
            "instances: {default: {tls_config: {ca: '"
                + "-----BEGIN A-----".repeat(50_000)
                + "'}}}",
            laughs,
            merges);
    for (var text : texts) {
      String begin = text.substring(0, 40);
      CpuTime.assertLessThan(Duration.ofSeconds(20), begin, () -> assertSound(text, begin));
    }
  }

  private static void assertSound(String text, String what) {
    var reading = Config.parse(text, "random.yml");

    var lines = text.split("\r\n|[\r\n\u0085\u2028\u2029]", -1);
    for (var problem : reading.problems()) {
      assertThat(problem.line()).as(what + ": " + problem).isBetween(0, lines.length);
      assertThat(problem.column()).as(what + ": " + problem).isNotNegative();
      assertThat(problem.toString()).as(what).doesNotContain("CANARY");
    }
    if (reading.config() == null) {
      assertThat(reading.problems()).as(what).anyMatch(Problem::isError);
    } else {
      var again = Config.parse(reading.config().toYaml(), "again.yml");
      assertThat(again.problems()).as(what).noneMatch(Problem::isError);
    }
  }

  private static String mutilated(String good, Random random) {
    var text = new StringBuilder(good);
    for (var i = random.nextInt(4); i >= 0; i--) {
      var at = random.nextInt(text.length() + 1);
      switch (random.nextInt(4)) {
        case 0 -> text.insert(at, TOKENS.get(random.nextInt(TOKENS.size())));
        case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(20)));
        case 2 -> text.setLength(at);
        default -> text.insert(at, text.substring(random.nextInt(at + 1), at));
      }
    }
    return text.toString();
  }
}
