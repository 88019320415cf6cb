package io.sentryexporter.metrics;

import io.sentryexporter.text.Printable;
import java.util.HexFormat;
import java.util.List;

/// One value of a metric, with the values of its labels in the order of [Metric#labels()].
///
/// Label values come from outside: invisible characters become U+FFFD, and values over 128 code
/// points are cut, so that any text can be written and read back. A changed value ends in `~` and
/// eight digits derived from the whole text, so that different texts stay distinct.
public record Sample(double value, List<String> labelValues) {
  private static final int LONGEST_LABEL_VALUE = 128;
  private static final char REPLACEMENT = 0xFFFD;

  /// The length of [#mark].
  private static final int MARK = 9;

  public Sample {
    labelValues =
        areWritable(labelValues)
            ? List.copyOf(labelValues)
            : labelValues.stream().map(Sample::labelValue).toList();
  }

  public static Sample now(double value, String... labelValues) {
    return new Sample(value, List.of(labelValues));
  }

  /// Whether all values can be written as they are; nearly always.
  private static boolean areWritable(List<String> values) {
    for (String value : values) {
      if (!isWritable(value)) {
        return false;
      }
    }
    return true;
  }

  /// The text as the value of a label: what cannot be written is replaced, and what is too long
  /// cut.
  public static String labelValue(String text) {
    if (isWritable(text)) {
      return text;
    }
    String clean = Printable.replaced(cut(text, LONGEST_LABEL_VALUE), REPLACEMENT);
    return clean.equals(text) ? text : cut(clean, LONGEST_LABEL_VALUE - MARK) + mark(text);
  }

  private static String cut(String text, int codePoints) {
    return text.codePointCount(0, text.length()) <= codePoints
        ? text
        : text.substring(0, text.offsetByCodePoints(0, codePoints));
  }

  /// Distinguishes texts that are the same once they are cut or cleaned.
  private static String mark(String text) {
    return "~" + HexFormat.of().toHexDigits(text.hashCode());
  }

  /// Whether the text is short and plain ASCII.
  private static boolean isWritable(String text) {
    if (text.length() > LONGEST_LABEL_VALUE) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) >= 0x7f) {
        return false;
      }
    }
    return true;
  }
}
