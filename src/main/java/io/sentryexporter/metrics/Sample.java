package io.sentryexporter.metrics;

import java.util.HexFormat;
import java.util.List;

/// One value of a metric, with the values of its labels in the order of [Metric#labels()].
///
/// Label values come from outside: control characters and lone surrogates become U+FFFD, and what
/// is beyond 128 code points is cut, so that any text can be written and read back. A value that is
/// changed ends in `~` and eight digits of the whole text, so that two of them stay apart.
public record Sample(double value, List<String> labelValues) {
  private static final int LONGEST_LABEL_VALUE = 128;
  private static final int REPLACEMENT = 0xFFFD;

  /// The length of [#mark].
  private static final int MARK = 9;

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
    String clean = clean(text, LONGEST_LABEL_VALUE);
    return clean.equals(text) ? text : clean(text, LONGEST_LABEL_VALUE - MARK) + mark(text);
  }

  private static String clean(String text, int codePoints) {
    return text.codePoints()
        .limit(codePoints)
        .map(point ->
            isPlain(point) || Character.isSupplementaryCodePoint(point) ? point : REPLACEMENT)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /// Keeps apart texts that are the same once they are cut or cleaned.
  private static String mark(String text) {
    return "~" + HexFormat.of().toHexDigits(text.hashCode());
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
