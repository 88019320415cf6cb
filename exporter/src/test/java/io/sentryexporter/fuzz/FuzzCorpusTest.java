package io.sentryexporter.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.api.AnswerFuzz;
import io.sentryexporter.text.SecretRedactor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every input of the corpus, without Jazzer: `proof/fuzz` goes on from there. A file `found-…` is
/// an input on which the exporter was wrong, named after what was wrong.
class FuzzCorpusTest {
  private static final Path CORPUS = Path.of("exporter/src/test/resources/fuzz");
  private static final String CANARY_IN_TEXT =
      "CANARY0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  private static final int MOST_FILES = 300;
  private static final long MOST_BYTES = 500_000;

  static List<Path> files() {
    try (Stream<Path> files = Files.walk(CORPUS)) {
      return files.filter(Files::isRegularFile).map(CORPUS::relativize).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The limit is of a slow machine; an input that takes time with the square of its length takes
  /// minutes anywhere.
  @ParameterizedTest
  @MethodSource("files")
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD, unit = TimeUnit.SECONDS)
  void anInputIsReadOrRefusedAsDeclared(Path file) throws Exception {
    var target =
        FuzzTarget.valueOf(
            Objects.requireNonNull(file.getName(0)).toString().toUpperCase(Locale.ROOT));

    target.check(Files.readAllBytes(CORPUS.resolve(file)));
  }

  @ParameterizedTest
  @EnumSource
  void everyTargetHasACorpus(FuzzTarget target) {
    assertThat(CORPUS.resolve(target.label())).isNotEmptyDirectory();
  }

  @ParameterizedTest
  @EnumSource
  void everyTargetTakesNoInputAtAll(FuzzTarget target) throws Exception {
    target.check(new byte[0]);
  }

  @Test
  void theCorpusIsSmall() throws IOException {
    long bytes = 0;
    for (Path file : files()) {
      bytes += Files.size(CORPUS.resolve(file));
    }
    assertThat(files()).hasSizeLessThan(MOST_FILES);
    assertThat(bytes).isLessThan(MOST_BYTES);
  }

  @Test
  void everyRequestOfTheApiIsAnswered() {
    assertThat(AnswerFuzz.typesThatHaveNoNumber()).isEmpty();
  }

  @Test
  void aPartOfAnInputMayBeRepeated() {
    assertThat(Stretched.of("a\u001e*\u0003bc\u001e*d".getBytes(UTF_8)))
        .asString(UTF_8)
        .isEqualTo("a" + "bc".repeat(8) + "d");
    assertThat(Stretched.of("a\u001e*\u000fbc\u001e*d".getBytes(UTF_8)))
        .hasSize(1 + 2 * (1 << 15) + 1);
    for (String plain : List.of("", "\u001e", "\u001e*", "a\u001e*\u0003b", "\u001e*\u001e*")) {
      assertThat(Stretched.of(plain.getBytes(UTF_8))).asString(UTF_8).isEqualTo(plain);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two\nlines", "\u001b[31m", "a\u202eb", "token " + CANARY_IN_TEXT})
  void aMessageThatIsUnsoundIsAFinding(String message) {
    assertThatThrownBy(() -> Sound.assertMessage(message)).isInstanceOf(AssertionError.class);
  }

  @Test
  void theSecretOfTheCorpusLooksLikeOne() {
    assertThat(Sound.CANARY).isEqualTo(CANARY_IN_TEXT);
    assertThat(SecretRedactor.hasToken(Sound.CANARY)).isTrue();
  }
}
