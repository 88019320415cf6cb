package io.sentryexporter.metrics;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.metrics.Exposition.CreatedSeries;
import io.sentryexporter.metrics.MetricFamily.Samples;
import io.sentryexporter.testing.TestMetrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpositionTest {
  private static final Metric SECOND = Metric.gauge("sentry_b", "Second.", "project");
  private static final Metric FIRST = Metric.gauge("sentry_z", "First.");
  private static final Metric FACT = Metric.info("sentry_fact_info", "A fact.", "reason");

  private static final Exposition.Label ACME = new Exposition.Label("organization", "acme");

  private final ExporterMetrics own = TestMetrics.create();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          -                                                          | TEXT
          *                                                          | TEXT
          text/html,application/xhtml+xml,*/*;q=0.8                  | TEXT
          application/openmetrics-text                               | OPENMETRICS
          application/openmetrics-text;version=1.0.0                 | OPENMETRICS
          application/openmetrics-text;version="1.0.0"               | OPENMETRICS
          application/openmetrics-text; version=2.0.0                | TEXT
          application/openmetrics-text;q=0                           | TEXT
          application/openmetrics-text;q=0.1,text/plain              | TEXT
          application/openmetrics-text;q=0.1,text/plain;q=0.05       | OPENMETRICS
          text/plain;version=0.0.4;q=0.5,application/openmetrics-text;q=high | TEXT
          application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1 | OPENMETRICS
          application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=1.0.0;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2 | OPENMETRICS
          image/png                                                  | TEXT
          application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited | PROTOBUF
          application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2 | PROTOBUF
          application/openmetrics-text;version=1.0.0;q=0.6,application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.5,*/*;q=0.2 | OPENMETRICS
          application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text | TEXT
          application/vnd.google.protobuf;proto=other.Message;encoding=delimited | TEXT
          application/vnd.google.protobuf                            | TEXT
          application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0 | TEXT
          """)
  void theAcceptHeaderChoosesTheFormatWithQualityValues(String accept, Exposition expected) {
    assertThat(Exposition.negotiate(accept)).isEqualTo(expected);
  }

  @Test
  void familiesKeepTheirOrderInBothFormats() {
    var families = List.of(MetricFamily.of(FIRST, 1.5), MetricFamily.of(SECOND, 4210, "web"));
    assertThat(new String(Exposition.TEXT.write(families, CreatedSeries.LEFT_OUT, own), UTF_8))
        .isEqualTo(
            """
            # HELP sentry_z First.
            # TYPE sentry_z gauge
            sentry_z 1.5
            # HELP sentry_b Second.
            # TYPE sentry_b gauge
            sentry_b{project="web"} 4210.0
            """);
    assertThat(
            new String(Exposition.OPENMETRICS.write(families, CreatedSeries.LEFT_OUT, own), UTF_8))
        .isEqualTo(
            """
            # TYPE sentry_z gauge
            # HELP sentry_z First.
            sentry_z 1.5
            # TYPE sentry_b gauge
            # HELP sentry_b Second.
            sentry_b{project="web"} 4210.0
            # EOF
            """);
  }

  /// The client's writers must go through the families by the iterator that is given to them.
  @ParameterizedTest
  @EnumSource(Exposition.class)
  void everyWriterTakesTheFamiliesOneByOneInTheirOrder(Exposition format) {
    var families = List.of(MetricFamily.of(FIRST, 1.5), MetricFamily.of(SECOND, 4210, "web"));

    var page = new String(format.write(families, CreatedSeries.LEFT_OUT, own), ISO_8859_1);

    assertThat(page).containsSubsequence("sentry_z", "First.", "sentry_b", "Second.", "web");
  }

  @Test
  void ofAPartEverySampleHasTheFirstLabelAndTheEndIsLeftOut() throws IOException {
    var families = List.of(MetricFamily.of(FIRST, 1.5), MetricFamily.of(SECOND, 4210, "web"));
    var page = new ByteArrayOutputStream();

    Exposition.OPENMETRICS.writePart(families, ACME, CreatedSeries.LEFT_OUT, own, page);

    assertThat(page.toString(UTF_8))
        .isEqualTo(
            """
            # TYPE sentry_z gauge
            # HELP sentry_z First.
            sentry_z{organization="acme"} 1.5
            # TYPE sentry_b gauge
            # HELP sentry_b Second.
            sentry_b{organization="acme",project="web"} 4210.0
            """);
  }

  @ParameterizedTest
  @EnumSource(Exposition.class)
  void aLargeFamilyIsOneWithEachOfItsSamplesAndThoseAroundIt(Exposition format) throws IOException {
    var counter = Metric.counter("sentry_c_total", "Large.", "project");
    var samples = new Samples.Builder();
    IntStream.range(0, 2_500).forEach(i -> samples.add(i, "project-" + i));
    samples.add(7, "project-0"); // of those that were written first
    var large = MetricFamily.since(Instant.ofEpochSecond(1_700_000_000), counter, samples.build());
    var families = List.of(MetricFamily.of(FIRST, 1), large, MetricFamily.of(SECOND, 2, "web"));
    var page = new ByteArrayOutputStream();

    format.writePart(families, ACME, CreatedSeries.WRITTEN, own, page);

    assertThat(new String(own.page(Exposition.TEXT), UTF_8))
        .contains("sentry_exporter_duplicate_series_total 1.0\n");
    String written = page.toString(ISO_8859_1);
    if (format == Exposition.PROTOBUF) {
      assertThat(written).containsOnlyOnce("sentry_c").containsOnlyOnce("sentry_b");
      assertThat(written.split("project-", -1)).hasSize(2_500 + 1);
      return;
    }
    String label = "{organization=\"acme\",project=\"";
    assertThat(written.lines().filter(line -> line.startsWith("# HELP")))
        .containsExactly(
            "# HELP sentry_z First.",
            format == Exposition.TEXT ? "# HELP sentry_c_total Large." : "# HELP sentry_c Large.",
            "# HELP sentry_b Second.");
    assertThat(written.lines().filter(line -> line.startsWith("# TYPE"))).hasSize(3);
    assertThat(written.lines().filter(line -> line.startsWith("sentry_c_total")))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 2_500)
                .mapToObj(i -> "sentry_c_total" + label + "project-" + i + "\"} " + (double) i)
                .toList());
    assertThat(written.lines().filter(line -> line.startsWith("sentry_c_created")))
        .hasSize(format == Exposition.OPENMETRICS ? 2_500 : 0);
    assertThat(written).endsWith("sentry_b" + label + "web\"} 2.0\n").doesNotContain("# EOF");
  }

  @Test
  void aDuplicateSeriesIsLeftOutAndCountedAndThePageStands() {
    var family = new MetricFamily(SECOND, List.of(Sample.now(1, "web"), Sample.now(2, "web")));
    assertThat(
            new String(Exposition.TEXT.write(List.of(family), CreatedSeries.LEFT_OUT, own), UTF_8))
        .endsWith("sentry_b{project=\"web\"} 1.0\n");
    assertThat(new String(own.page(Exposition.TEXT), UTF_8))
        .contains("sentry_exporter_duplicate_series_total 1.0\n");
  }

  @Test
  void labelValuesFromOutsideCannotBreakThePage() {
    var family =
        MetricFamily.of(FACT, 1, "a\"b\\c\nd\u0000\u001b[31m" + "x".repeat(500) + "\ud800");
    assertThat(
            new String(Exposition.TEXT.write(List.of(family), CreatedSeries.LEFT_OUT, own), UTF_8))
        .endsWith(
            "sentry_fact_info{reason=\"a\\\"b\\\\c\ufffdd\ufffd\ufffd[31m"
                + "x".repeat(106)
                + "~"
                + HexFormat.of()
                    .toHexDigits(
                        ("a\"b\\c\nd\u0000\u001b[31m" + "x".repeat(500) + "\ud800").hashCode())
                + "\"} 1\n");
    String shown = Sample.labelValue("x".repeat(500) + "\ud83d\ude00");
    assertThat(Sample.labelValue(shown)).as("shown once more").isEqualTo(shown);
    assertThat(Sample.labelValue("caf\u00e9 \ud83d\ude00")).isEqualTo("caf\u00e9 \ud83d\ude00");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u202e", "\u200b", "\u2028", "\u2066", "\ufeff", "\u3164", "\u0000"})
  void charactersThatDoNotShowAreReplacedInLabelsAndTheirSeriesKeptApart(String hidden) {
    String shown = Sample.labelValue("we" + hidden + "b");

    assertThat(shown).startsWith("we\ufffdb~").hasSize(13);
    assertThat(shown).isNotEqualTo(Sample.labelValue("we\u0001b"));
    own.probeEnded("a" + hidden, false, Duration.ZERO);
    own.sentry().truncated("a" + hidden, "sessions");
    assertThat(new String(own.page(Exposition.TEXT), UTF_8))
        .doesNotContain(hidden)
        .contains("sentry_exporter_probes_total{module=\"a\ufffd~");
  }

  @Test
  void gaugesOfAnInstanceThatFailCostNoOthers() {
    own.sentry()
        .add(() -> {
          throw new IllegalStateException("planted");
        });
    own.sentry().add(() -> List.of(MetricFamily.of(SentryMetrics.CLOCK_SKEW, 7, "good")));

    assertThat(new String(own.page(Exposition.TEXT), UTF_8))
        .contains(
            "sentry_exporter_clock_skew_seconds{sentry_instance=\"good\"} 7.0\n",
            "sentry_exporter_build_info{");
  }

  @Test
  void aNameMustFitItsType() {
    assertThatThrownBy(() -> Metric.gauge("sentry_events_total", "Events."))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Metric.info("sentry_fact", "Fact."))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> MetricFamily.of(SECOND, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
