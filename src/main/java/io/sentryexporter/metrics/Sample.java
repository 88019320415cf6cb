package io.sentryexporter.metrics;

import java.util.List;

/// One value of a metric, with the values of its labels in the order of [Metric#labels()].
///
/// Label values come from outside: control characters and lone surrogates become U+FFFD, and what
/// is beyond 128 code points is cut, so that any text can be written and read back.
public record Sample(double value, List<String> labelValues) {
  private static final int LONGEST_LABEL_VALUE = 128;
  private static final int REPLACEMENT = 0xFFFD;

  public Sample {
    labelValues = labelValues.stream().map(Sample::labelValue).toList();
  }

  public static Sample now(double value, String... labelValues) {
    return new Sample(value, List.of(labelValues));
  }

  /// The text as the value of a label: what cannot be written is replaced, and what is too long
  /// cut.
  public static String labelValue(String text) {
    if (text.length() <= LONGEST_LABEL_VALUE && isPlain(text)) {
      return text;
    }
    return text.codePoints()
        .limit(LONGEST_LABEL_VALUE)
        .map(point ->
            isPlain(point) || Character.isSupplementaryCodePoint(point) ? point : REPLACEMENT)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isPlain(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlain(int point) {
    return !Character.isISOControl(point)
        && !(point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
  }
}
