package io.sentryexporter.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/// A token that stands nowhere by chance, and the search for it, or for parts of it, in what a
/// program gave out: as it is, encoded for a URL, and in base64 behind anything that comes before
/// it.
public final class Canary {
  /// As long as Sentry's, and with characters that a URL must encode.
  public static final String TOKEN =
      "sntrys_c4n4ryQ7Zr2Xw9LkPv5Hs8Jt1Bd6Gf3/Ny+Ma4Ue0To7Ci2Vb9Kx==";

  private static final int PART = 10;
  private static final Set<String> PARTS = parts();

  private Canary() {}

  /// The token as it stands in a URL.
  public static String inUrl() {
    return URLEncoder.encode(TOKEN, UTF_8);
  }

  /// Asserts that no part of the token is in a text.
  public static void assertAbsent(String where, String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    var found =
        IntStream.rangeClosed(0, lower.length() - PART)
            .mapToObj(i -> lower.substring(i, i + PART))
            .filter(PARTS::contains)
            .findFirst();
    assertThat(found).as("a part of the token in %s", where).isEmpty();
  }

  private static Set<String> parts() {
    var parts = new HashSet<String>();
    addParts(parts, TOKEN);
    addParts(parts, inUrl());
    for (String before : List.of("", "x", "xx")) {
      byte[] bytes = (before + TOKEN).getBytes(UTF_8);
      // the first four characters depend on what comes before
      addParts(parts, Base64.getEncoder().withoutPadding().encodeToString(bytes).substring(4));
      addParts(parts, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).substring(4));
    }
    return parts;
  }

  private static void addParts(Set<String> parts, String text) {
    for (int i = 0; i + PART <= text.length(); i++) {
      parts.add(text.substring(i, i + PART).toLowerCase(Locale.ROOT));
    }
  }
}
