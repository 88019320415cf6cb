package io.sentryexporter.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.server.BcryptHash.NoHashException;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The hashes are those of libxcrypt.
class BcryptHashTest {
  private static final String ALICE =
      "$2b$04$abcdefghijklmnopqrstuuCiRP6uwuebOgMsb3sB1n0pjVVBf0O3K";
  private static final String LONG = "0123456789".repeat(8);

  @ParameterizedTest
  @CsvSource({
    "alice123, $2b$04$abcdefghijklmnopqrstuuCiRP6uwuebOgMsb3sB1n0pjVVBf0O3K",
    "bob456, $2y$04$ZYXWVUTSRQPONMLKJIHGFepU8f2gi7d.ZVdww2EFFI7VsCIuUHQim",
    "grüße, $2a$05$./ABCDEFGHIJKLMNOPQRSuh3HvWVCkJuvQ2kY3TyyDz7oa7XbdsoC",
    "a, $2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe",
    "~!@#$%^&*()      ~!@#$%^&*()PNBFRD,"
        + " $2a$06$fPIsBO8qRqkjj273rfaOI.HtSV9jLDpTbZn782DC6/t7qT67P6FfO",
    "0123456789012345678901234567890123456789012345678901234567890123456789,"
        + " $2b$04$abcdefghijklmnopqrstuuFp0dAXuXFYaW56f5FAmrZ5zZ3iTz1Va",
  })
  void aPasswordMatchesTheHashThatAnotherProgramHasMade(String password, String hash)
      throws NoHashException {
    assertThat(matches(hash, password)).isTrue();
    assertThat(matches(hash, password + "x")).isFalse();
    assertThat(matches(hash, "")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"$2$", "$2a$", "$2b$", "$2x$", "$2y$"})
  void theLetterBehindThe2MakesNoDifference(String version) throws NoHashException {
    assertThat(matches(ALICE.replace("$2b$", version), "alice123")).isTrue();
  }

  @Test
  void ofALongPasswordTheFirst72BytesCount() throws NoHashException {
    String hash = "$2b$04$abcdefghijklmnopqrstuum2G75IXDN/xsgbNa/hCiPSKyIHQd70S";
    assertThat(matches(hash, LONG)).isTrue();
    assertThat(matches(hash, LONG.substring(0, 72))).isTrue();
    assertThat(matches(hash, LONG.substring(0, 72) + "other")).isTrue();
    assertThat(matches(hash, LONG.substring(0, 71))).isFalse();
    assertThat(
            matches(
                "$2b$04$abcdefghijklmnopqrstuukow.iL/GuIgNNTSpCKVqIJG617.YQsi",
                LONG.substring(0, 71)))
        .isTrue();
    assertThat(
            matches(
                "$2b$04$abcdefghijklmnopqrstuukow.iL/GuIgNNTSpCKVqIJG617.YQsi",
                LONG.substring(0, 72)))
        .isFalse();
  }

  @Test
  void anEmptyPasswordIsOneToo() throws NoHashException {
    assertThat(matches("$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.", ""))
        .isTrue();
    assertThat(matches("$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.", "x"))
        .isFalse();
  }

  /// Else the time would show who is a user, where the costs of the hashes differ.
  @Test
  void aWrongPasswordTakesAsLongAsAHashOfTheCostOfFailure() throws NoHashException {
    var cheap = BcryptHash.parse(ALICE);
    var costly = BcryptHash.parse(ALICE.replace("$04$", "$11$"));
    long usual = cpuNanos(costly);

    assertThat(cpuNanos(cheap)).isBetween(usual / 3, usual * 3); // without it 1/128
  }

  private static long cpuNanos(BcryptHash hash) {
    var thread = ManagementFactory.getThreadMXBean();
    long start = thread.getCurrentThreadCpuTime();
    assertThat(hash.matches("wrong".getBytes(UTF_8), 11)).isFalse();
    return thread.getCurrentThreadCpuTime() - start;
  }

  @Test
  void aHashDoesNotShowInTexts() throws NoHashException {
    assertThat(BcryptHash.parse(ALICE)).hasToString("<secret>");
    assertThatThrownBy(() -> BcryptHash.parse("CANARY")).hasMessageNotContaining("CANARY");
  }

  private static boolean matches(String hash, String password) throws NoHashException {
    return BcryptHash.parse(hash).matches(password.getBytes(UTF_8), 0);
  }
}
