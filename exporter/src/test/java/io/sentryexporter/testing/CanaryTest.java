package io.sentryexporter.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CanaryTest {
  @Test
  void aTextWithoutTheTokenPasses() {
    Canary.assertAbsent("a log line", "level=INFO msg=\"probe failed\" header=<secret>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "u:", "me:", "you:", "Bearer "})
  void theTokenIsFoundInBase64BehindAnything(String before) {
    byte[] bytes = (before + Canary.TOKEN).getBytes(UTF_8);
    assertFound("Basic " + Base64.getEncoder().encodeToString(bytes));
    assertFound("Basic " + Base64.getUrlEncoder().encodeToString(bytes));
  }

  @Test
  void theTokenIsFoundWholeInPartsInUrlsAndInOtherLetters() {
    assertFound("Bearer " + Canary.TOKEN);
    assertFound("token " + Canary.TOKEN.substring(0, 12) + "...");
    assertFound("http://u:" + Canary.inUrl() + "@sentry.example/");
    assertFound(Canary.TOKEN.toUpperCase(Locale.ROOT));
  }

  private static void assertFound(String text) {
    assertThatThrownBy(() -> Canary.assertAbsent("text", text)).isInstanceOf(AssertionError.class);
  }
}
