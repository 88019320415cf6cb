package io.sentryexporter.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.metrics.Exposition;
import java.util.Locale;

/// Any `Accept`, in the first line, and `Accept-Encoding`, in the second: a format that the header
/// names, or text; compression only where the header allows it; and the same for the same elements
/// in other letters, with more space around them.
public final class AcceptFuzz {
  /// A head is not longer.
  private static final int LONGEST = 16 << 10;

  private AcceptFuzz() {}

  public static void check(byte[] lines) {
    var text = new String(lines, 0, Math.min(LONGEST, lines.length), ISO_8859_1).split("\n", 2);
    String accept = text[0];
    Exposition format = Exposition.negotiate(accept);

    String lower = accept.toLowerCase(Locale.ROOT);
    String named =
        switch (format) {
          case TEXT -> "";
          case OPENMETRICS -> "application/openmetrics-text";
          case PROTOBUF -> "application/vnd.google.protobuf";
        };
    assertThat(lower).contains(named);
    assertThat(Exposition.negotiate(spaced(accept))).isEqualTo(format);
    assertThat(Exposition.negotiate(accept + ",")).isEqualTo(format);

    String encoding = text.length > 1 ? text[1] : "";
    boolean packs = Compression.acceptsGzip(encoding);
    boolean isNamed = encoding.toLowerCase(Locale.ROOT).contains("gzip") || encoding.contains("*");
    assertThat(!packs || isNamed).isTrue();
    assertThat(Compression.acceptsGzip(spaced(encoding))).isEqualTo(packs);
  }

  private static String spaced(String header) {
    return " " + header.replace(",", " , ").replace(";", " ; ").toUpperCase(Locale.ROOT);
  }
}
