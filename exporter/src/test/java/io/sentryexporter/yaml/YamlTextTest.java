package io.sentryexporter.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlTextTest {
  @ParameterizedTest
  @ValueSource(strings = {"\u202e", "\u200b", "\u2028", "\u2066", "\ufeff", "\u3164", "\u0000"})
  void charactersThatDoNotShowAreEscaped(String hidden) {
    assertThat(YamlText.of(Map.of("a" + hidden, "b" + hidden)))
        .startsWith("\"a\\")
        .contains("\"b\\")
        .doesNotContain(hidden);
  }

  @Test
  void whatCanBeSeenStaysAsItIs() {
    assertThat(YamlText.of(Map.of("Zürich", "東京 😀"))).contains("Zürich: 東京 😀");
  }
}
