package io.sentryexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecretTest {
  @Test
  void itIsHiddenInOtherTextsInAnyCaseOfItsLetters() {
    var secret = new Secret("sntryu_$1.*");

    assertThat(secret.hiddenIn("x sntryu_$1.* y SNTRYU_$1.* sntryu_$1.x"))
        .isEqualTo("x <secret> y <secret> sntryu_$1.x");
    assertThat(new Secret("").hiddenIn("all")).isEqualTo("all");
    assertThat(new Secret("aa").hiddenIn("aaaaa")).isEqualTo("<secret><secret>a");
    assertThat(new Secret("<secret>").hiddenIn("a <secret>")).isEqualTo("a <secret>");
  }
}
