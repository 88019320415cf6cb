package io.sentryexporter.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.net.URLEncoder;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SecretTest {
  private static final String TOKEN = "sntryu_0123456789abcdef/+\"x";

  static Stream<String> encodings() {
    return Stream.of(
        TOKEN,
        URLEncoder.encode(TOKEN, UTF_8),
        URLEncoder.encode(URLEncoder.encode(TOKEN, UTF_8), UTF_8),
        percent(TOKEN),
        TOKEN.replace("\"", "\\\"").replace("/", "\\/"),
        unicode(TOKEN),
        TOKEN.replace("\"", "&quot;"),
        numbered(TOKEN),
        HexFormat.of().formatHex(TOKEN.getBytes(UTF_8)),
        HexFormat.of().withUpperCase().formatHex(TOKEN.getBytes(UTF_8)),
        base64(TOKEN),
        base64("Bearer " + TOKEN),
        base64("me:" + TOKEN),
        base64("token:" + TOKEN + ":x"),
        Base64.getUrlEncoder().withoutPadding().encodeToString(("ab" + TOKEN).getBytes(UTF_8)),
        URLEncoder.encode(base64(TOKEN + "?"), UTF_8),
        base64(TOKEN).toUpperCase(Locale.ROOT));
  }

  @ParameterizedTest
  @MethodSource("encodings")
  void itIsHiddenInEveryEncoding(String encoded) {
    String shown = SecretRedactor.hide(new Secret(TOKEN), "a " + encoded + " z");

    assertThat(shown).startsWith("a ").contains("<secret>").endsWith(" z");
    // what stands before it in base64 may be shown
    for (int part = 12; part + 8 <= encoded.length(); part++) {
      assertThat(shown).doesNotContain(encoded.substring(part, part + 8));
    }
  }

  @Test
  void itIsHiddenWithEachCharacterEscapedInAWayOfItsOwn() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      var echo = new StringBuilder();
      for (int at = 0; at < TOKEN.length(); at++) {
        echo.append(escaped(TOKEN.charAt(at), random));
      }
      assertThat(SecretRedactor.hide(new Secret(TOKEN), "a " + echo + " z"))
          .as("seed %d, %s", seed, echo)
          .isEqualTo("a <secret> z");
    }
  }

  private static String escaped(char character, Random random) {
    String zeros = "0".repeat(random.nextInt(4));
    return switch (random.nextInt(7)) {
      case 0 -> "%" + "25".repeat(random.nextInt(3)) + "%02X".formatted((int) character);
      case 1 -> "\\".repeat(1 + random.nextInt(3)) + "u" + zeros + Integer.toHexString(character);
      case 2 -> "&#" + zeros + (int) character + ";";
      case 3 -> "&#x" + zeros + Integer.toHexString(character) + ";";
      case 4 -> "\\".repeat(random.nextInt(3)) + character;
      case 5 -> String.valueOf(Character.toUpperCase(character));
      default -> String.valueOf(character);
    };
  }

  /// A failed request has its texts searched, and in an outage each one fails.
  @Test
  void aTextIsSearchedForItWithoutMegabytesOfMemory() {
    String text = "403 Forbidden: you do not have permission, see /api/0/organizations/acme%20inc/";
    var secret = new Secret("sntrys_" + "eyJpYXQiOjE3".repeat(20));
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    SecretRedactor.hide(secret, text); // loads classes

    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 10; i++) {
      SecretRedactor.hide(secret, text);
    }

    assertThat((threads.getCurrentThreadAllocatedBytes() - before) / 10).isLessThan(100_000);
  }

  @Test
  void aTextWithoutItStaysAsItIs() {
    String text = "application/json; charset=utf-8, QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=";
    assertThat(SecretRedactor.hide(new Secret(TOKEN), text)).isEqualTo(text);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private static String percent(String text) {
    return text.chars().mapToObj("%%%02x"::formatted).collect(joining());
  }

  private static String unicode(String text) {
    return text.chars().mapToObj("\\u%04X"::formatted).collect(joining());
  }

  private static String numbered(String text) {
    return text.chars().mapToObj("&#%d;"::formatted).collect(joining());
  }

  @Test
  void itIsHiddenInOtherTextsInAnyCaseOfItsLetters() {
    var secret = new Secret("sntryu_$1.*");

    assertThat(SecretRedactor.hide(secret, "x sntryu_$1.* y SNTRYU_$1.* sntryu_$1.x"))
        .isEqualTo("x <secret> y <secret> sntryu_$1.x");
    assertThat(SecretRedactor.hide(new Secret(""), "all")).isEqualTo("all");
    assertThat(SecretRedactor.hide(new Secret("aa"), "aaaaa")).isEqualTo("<secret><secret>a");
    assertThat(SecretRedactor.hide(new Secret("<secret>"), "a <secret>")).isEqualTo("a <secret>");
  }
}
