package io.sentryexporter.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
  @ParameterizedTest
  @CsvSource({
    "0, PT0S",
    "+0, PT0S",
    "-0, PT0S",
    "5s, PT5S",
    "30s, PT30S",
    "1h30m, PT1H30M",
    "1m1h, PT1H1M",
    "500ms, PT0.5S",
    "1.5s, PT1.5S",
    ".5s, PT0.5S",
    "1.s, PT1S",
    "7us, PT0.000007S",
    "7µs, PT0.000007S",
    "7μs, PT0.000007S",
    "9ns, PT0.000000009S",
    "1.9ns, PT0.000000001S",
    "-5s, PT-5S",
    "+5s, PT5S",
    "-1m30.5s, PT-1M-30.5S",
    "0.3333333333333333333h, PT19M59.999999999S",
    "9223372036854775807ns, PT2562047H47M16.854775807S",
  })
  void whatGoReadsIsRead(String text, Duration duration) {
    assertThat(DurationText.parse(text)).contains(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "5",
        "-5",
        "abc",
        "1d",
        "5 s",
        " 5s",
        "5s ",
        "s",
        ".s",
        "+",
        "-",
        ".",
        "1.2.3s",
        "--5s",
        "5S",
        "5sec",
        "1h-5m",
        "1e3s",
        "0x5s",
        "1_000s",
        "٣s",
        "9223372036854775808ns",
        "9999999h"
      })
  void whatGoRefusesIsRefused(String text) {
    assertThat(DurationText.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0s",
    "PT5S, 5s",
    "PT90S, 1m30s",
    "PT24H, 24h",
    "PT1.5S, 1s500ms",
    "PT0.000000001S, 1ns",
    "PT-90S, -1m30s",
  })
  void theTextIsTheShortest(Duration duration, String text) {
    assertThat(DurationText.of(duration)).isEqualTo(text);
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    for (var seed = 0L; seed < 1_000; seed++) {
      var duration = Duration.ofNanos(new Random(seed).nextLong(-1L << 62, 1L << 62));

      assertThat(DurationText.parse(DurationText.of(duration)))
          .as("seed %d", seed)
          .contains(duration);
    }
  }
}
