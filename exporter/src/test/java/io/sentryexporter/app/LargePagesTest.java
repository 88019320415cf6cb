package io.sentryexporter.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.expositionformats.generated.com_google_protobuf_4_36_1.Metrics;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Fetch;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Scrapes of one page at the same time, in every format and coding.
class LargePagesTest {
  private static final String PROTOBUF =
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";
  private static final String OPENMETRICS = "application/openmetrics-text;version=1.0.0";

  @AutoClose private final Scene scene = Scene.demo(Installation.SELF_HOSTED);

  private Reply scrape(String accept, String coding) {
    return scene.exporter().get("/probe?target=acme", "Accept", accept, "Accept-Encoding", coding);
  }

  private static byte[] plain(Reply page) throws IOException {
    byte[] body = page.http().body();
    return page.header("Content-Encoding").equals("gzip")
        ? new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes()
        : body;
  }

  private double shared() {
    return scene.exporter().get("/metrics").value("sentry_exporter_pages_shared_total");
  }

  @ParameterizedTest
  @CsvSource({
    "text/plain, identity",
    "text/plain, gzip",
    OPENMETRICS + ", identity",
    OPENMETRICS + ", gzip",
    PROTOBUF + ", identity",
    PROTOBUF + ", gzip",
  })
  void aSecondScrapeFromTheSameAnswersGetsTheSameValuesAndItsOwnAges(String format, String coding)
      throws IOException {
    Map<String, Double> first = series(scrape(format, coding), format);
    scene.advance(Duration.ofSeconds(2));
    Map<String, Double> second = series(scrape(format, coding), format);

    assertThat(shared()).isEqualTo(1);
    assertThat(second.keySet()).isEqualTo(first.keySet());
    assertThat(values(second)).isEqualTo(values(first)).hasSizeGreaterThan(200);
    String age = "sentry_probe_data_age_seconds{collector=\"outcomes\"}";
    assertThat(second.get(age)).isGreaterThanOrEqualTo(2).isGreaterThan(first.get(age));
  }

  @ParameterizedTest
  @CsvSource({OPENMETRICS, PROTOBUF})
  void everyFormatHasTheSeriesOfTheTextFormat(String format) throws IOException {
    Map<String, Double> text = series(scrape("text/plain", "gzip"), "text/plain");
    Map<String, Double> other = series(scrape(format, "gzip"), format);

    assertThat(other.keySet()).isEqualTo(text.keySet());
    assertThat(values(other)).isEqualTo(values(text));
    assertThat(shared()).as("each format is rendered by itself").isZero();
  }

  @Test
  void newAnswersGiveNewValues() throws IOException {
    Map<String, Double> first = series(scrape("text/plain", "gzip"), "text/plain");
    scene.advance(Duration.ofMinutes(10));
    Map<String, Double> second = series(scrape("text/plain", "gzip"), "text/plain");

    assertThat(shared()).isZero();
    assertThat(values(second)).isNotEqualTo(values(first));
  }

  @Test
  void aNewListOfProjectsGivesANewPageAlthoughAllElseIsKept() {
    String kept = "{refresh_interval: 2h, max_stale: 3h}";
    String settings = "    collectors: {outcomes: " + kept + "}\n";
    var world = SimulatedWorld.demo(1);
    try (var other = Scene.of(world, Installation.SELF_HOSTED, settings)) {
      Reply before = other.probe("acme");
      String list =
          Fetch.get(
                  other.sentry().url() + "/api/0/organizations/acme/projects/",
                  "Authorization",
                  "Bearer " + SimulatedSentry.TOKEN)
              .text()
              .replace("\"slug\":\"web\"", "\"slug\":\"site\"");
      other.fault("projects", new Fault.Body(200, "application/json", list));
      other.advance(Duration.ofMinutes(11));
      Reply after = other.probe("acme");

      assertThat(before.text()).contains("project=\"web\"");
      assertThat(after.text()).contains("project=\"site\"").doesNotContain("project=\"web\"");
      assertThat(Scene.age(after, "outcomes")).isGreaterThan(600);
    }
  }

  @Test
  void protobufHasTheStartOfEachCounterWithAKnownOne() throws IOException {
    long month = Instant.parse("2026-11-01T00:00:00Z").getEpochSecond();
    assertThat(families(plain(scrape(PROTOBUF, "gzip"))))
        .filteredOn(family -> family.getName().equals("sentry_outcomes_total"))
        .flatExtracting(Metrics.MetricFamily::getMetricList)
        .isNotEmpty()
        .allSatisfy(metric ->
            assertThat(metric.getCounter().getCreatedTimestamp().getSeconds()).isEqualTo(month));
  }

  @Test
  void theExportersOwnMetricsAreThereInProtobufToo() throws IOException {
    Reply own = scene.exporter().get("/metrics", "Accept", PROTOBUF);

    assertThat(own.header("Content-Type"))
        .isEqualTo(
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily;"
                + " encoding=delimited");
    assertThat(families(plain(own)))
        .extracting(Metrics.MetricFamily::getName)
        .contains("sentry_exporter_build_info", "sentry_exporter_probes_in_flight");
  }

  private static Map<String, Double> values(Map<String, Double> series) {
    return series.entrySet().stream()
        .filter(each -> !each.getKey().startsWith("sentry_probe_"))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static Map<String, Double> series(Reply page, String format) throws IOException {
    byte[] plain = plain(page);
    return format.equals(PROTOBUF) ? protobuf(plain) : text(new String(plain, UTF_8));
  }

  private static Map<String, Double> text(String page) {
    var series = new TreeMap<String, Double>();
    page.lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(line -> {
          int end = line.lastIndexOf(' ');
          series.put(line.substring(0, end), Double.valueOf(line.substring(end + 1)));
        });
    return series;
  }

  private static Map<String, Double> protobuf(byte[] page) throws IOException {
    var series = new TreeMap<String, Double>();
    for (Metrics.MetricFamily family : families(page)) {
      for (Metrics.Metric metric : family.getMetricList()) {
        String labels =
            metric.getLabelList().stream()
                .map(label -> label.getName() + "=\"" + label.getValue() + '"')
                .collect(Collectors.joining(",", "{", "}"));
        series.put(
            family.getName() + (labels.equals("{}") ? "" : labels),
            metric.hasCounter() ? metric.getCounter().getValue() : metric.getGauge().getValue());
      }
    }
    return series;
  }

  private static List<Metrics.MetricFamily> families(byte[] page) throws IOException {
    var families = new ArrayList<Metrics.MetricFamily>();
    var in = new ByteArrayInputStream(page);
    while (true) {
      Metrics.MetricFamily family = Metrics.MetricFamily.parseDelimitedFrom(in);
      if (family == null) {
        return families;
      }
      families.add(family);
    }
  }
}
