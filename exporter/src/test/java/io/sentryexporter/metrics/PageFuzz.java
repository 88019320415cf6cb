package io.sentryexporter.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.metrics.Exposition.CreatedSeries;
import io.sentryexporter.testing.TestMetrics;
import io.sentryexporter.text.Printable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Any texts as the values of labels, lines that begin with eight bytes of a value: pages of both
/// text formats are valid, and have the labels that were given, less what cannot be written.
public final class PageFuzz {
  private static final ExporterMetrics OWN = TestMetrics.create();
  private static final Metric GAUGE =
      Metric.gauge("sentry_fuzz", "A gauge with \"quotes\" and a \\.", "one", "two");
  private static final Metric COUNTER =
      Metric.counter("sentry_fuzz_events_total", "A counter.", "one", "two");

  private static final Pattern SERIES =
      Pattern.compile(
          "[a-z_]+\\{one=\"((?:[^\"\\\\]|\\\\[\"\\\\n])*)\",two=\"((?:[^\"\\\\]|\\\\[\"\\\\n])*)\"}"
              + " (NaN|[+-]Inf|-?[0-9.]+(?:E-?[0-9]+)?)"); // of one line
  private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) [a-z_]+ .+|# EOF");

  private PageFuzz() {}

  public static void check(byte[] input) {
    List<Sample> samples = samples(input);
    var given = new ArrayList<List<String>>();
    for (Sample sample : samples) {
      List<String> shown = sample.labelValues().stream().map(Sample::labelValue).toList();
      for (String value : shown) {
        assertThat(value.codePoints().count()).isLessThanOrEqualTo(128);
        assertThat(value.codePoints().noneMatch(Printable::isHidden)).isTrue();
        assertThat(Sample.labelValue(value)).isEqualTo(value);
      }
      given.add(shown);
    }
    var distinct = Set.copyOf(given);
    for (Exposition format : List.of(Exposition.TEXT, Exposition.OPENMETRICS)) {
      for (Metric metric : List.of(GAUGE, COUNTER)) {
        byte[] page =
            format.write(List.of(new MetricFamily(metric, samples)), CreatedSeries.LEFT_OUT, OWN);
        assertThat(labels(format, page)).containsExactlyInAnyOrderElementsOf(distinct);
      }
    }
  }

  private static List<Sample> samples(byte[] input) {
    var samples = new ArrayList<Sample>();
    var rest = ByteBuffer.wrap(input);
    while (rest.remaining() > 10 && samples.size() < 2_000) {
      double value = Math.abs(rest.getDouble());
      var one = text(rest, rest.get() & 0xff);
      var two = text(rest, rest.get() & 0xff);
      samples.add(Sample.now(Double.isFinite(value) ? value : 1, one, two));
    }
    return samples;
  }

  private static String text(ByteBuffer rest, int length) {
    var bytes = new byte[Math.min(length, Math.max(0, rest.remaining() - 1))];
    rest.get(bytes);
    return new String(bytes, UTF_8);
  }

  /// The labels of a page's series, after a check of each of its lines.
  private static List<List<String>> labels(Exposition format, byte[] page) {
    var text = new String(page, UTF_8);
    var labels = new ArrayList<List<String>>();
    var seen = new HashSet<String>();
    assertThat(text.isEmpty() || text.endsWith("\n")).isTrue();
    for (String line : text.split("\n", -1)) {
      var series = SERIES.matcher(line);
      if (series.matches()) {
        assertThat(seen.add(line.substring(0, line.lastIndexOf(' ')))).as(line).isTrue();
        labels.add(List.of(unescaped(series.group(1)), unescaped(series.group(2))));
      } else if (!line.isEmpty()) {
        assertThat(line).matches(COMMENT);
      }
    }
    assertThat(text.endsWith("# EOF\n")).isEqualTo(format == Exposition.OPENMETRICS);
    return labels;
  }

  private static String unescaped(String text) {
    return text.replace("\\\\", "\0")
        .replace("\\\"", "\"")
        .replace("\\n", "\n")
        .replace("\0", "\\");
  }
}
