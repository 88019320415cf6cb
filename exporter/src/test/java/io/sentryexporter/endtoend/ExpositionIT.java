package io.sentryexporter.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RealParts;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import io.sentryexporter.testing.TestSentry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every page of metrics, read by Prometheus' own tools.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExpositionIT {
  private static final String OPENMETRICS = "application/openmetrics-text;version=1.0.0";
  private static final Path SAMPLES = Path.of("exporter/src/test/resources/endtoend/samples.py");

  /// What differs from one page to the next.
  private static final String FLEETING =
      "(sentry_probe_duration_seconds|sentry_probe_data_age_seconds)\\{.*";

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @AutoClose
  private final SimulatedSentry sentry = TestSentry.start(TestClock.at("2026-11-22T10:20:00Z"));

  private Path work;
  @AutoClose private PackagedExporter exporter;
  @AutoClose private PackagedExporter demo;

  /// The two forms of a page, between which no series has come or gone.
  private record Pages(Reply text, Reply openMetrics) {
    static Pages of(PackagedExporter exporter, String path) {
      var pages = new Pages(exporter.get(path), exporter.get(path, "Accept", OPENMETRICS));
      assertThat(series(exporter.get(path))).isEqualTo(series(pages.text));
      return pages;
    }

    private static List<String> series(Reply page) {
      return page.text()
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.substring(0, line.lastIndexOf(' ')))
          .toList();
    }
  }

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    work = folder;
    Files.writeString(
        work.resolve("sentry_exporter.yml"),
        RunningExporter.patient(RunningExporter.projects(sentry.url())));
    exporter = PackagedExporter.start(work);
    demo = PackagedExporter.start(work, "demo", "--sentry.listen-address=127.0.0.1:0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/probe?target=acme/web",
        "/probe?target=acme&module=organization",
        "/probe?target=acme/none",
        "/probe?target=acme/web&module=slow",
        "/probe?target=acme/web&module=behind_login",
        "/metrics"
      })
  @Tag(RealParts.TAG)
  void promtoolAndTheStrictOpenMetricsParserAcceptThePageAndReadTheSameFromBoth(String path)
      throws IOException {
    Path promtool = RealParts.program("promtool", "prometheus");
    Path python = RealParts.pythonWith("prometheus_client", "python3-prometheus-client");
    for (PackagedExporter each : List.of(exporter, demo)) {
      Pages pages = Eventually.within(PATIENCE, () -> Pages.of(each, path));
      Reply text = pages.text();
      Reply openMetrics = pages.openMetrics();
      if (text.status() == 400) {
        continue; // a module of the demo only
      }
      assertThat(text.header("Content-Type")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
      assertThat(openMetrics.header("Content-Type"))
          .isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
      assertThat(Program.read(page(text), work, promtool, "check", "metrics"))
          .as("what promtool objects to in %s", path)
          .isEmpty();
      var fromText = values(python, "text", text);
      var fromOpenMetrics = values(python, "openmetrics", openMetrics);
      assertThat(fromOpenMetrics).hasSizeGreaterThanOrEqualTo(5);
      if (each == demo || path.equals("/metrics")) { // by the clock on the wall
        assertThat(names(fromOpenMetrics)).isEqualTo(names(fromText));
      } else {
        assertThat(lasting(fromOpenMetrics)).isEqualTo(lasting(fromText));
      }
    }
  }

  @Test
  @Tag(RealParts.TAG)
  void promtoolAcceptsTheExampleOfAScrapeConfiguration() {
    Path promtool = RealParts.program("promtool", "prometheus");
    Path example = PackagedExporter.distribution().resolve("examples/prometheus.yml");
    assertThat(Program.read(Program.NO_INPUT, work, promtool, "check", "config", example))
        .contains("SUCCESS");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip | true",
        "br, gzip;q=0.2 | true",
        "* | true",
        "identity | false",
        "gzip;q=0 | false",
        "gzip;q=0, * | false",
        "*;q=0 | false",
        "'' | false"
      })
  void aPageIsCompressedForThoseWhoAcceptIt(String accepted, boolean compressed)
      throws IOException {
    for (String path : List.of("/metrics", "/probe?target=acme/web")) {
      Reply reply =
          accepted.isEmpty() ? demo.get(path) : demo.get(path, "Accept-Encoding", accepted);
      assertThat(reply.header("Content-Encoding")).isEqualTo(compressed ? "gzip" : "");
      assertThat(reply.http().headers().allValues("Vary")).contains("Accept-Encoding");
      assertThat(unpacked(reply)).contains("\nsentry_exporter_demo 1.0\n");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1 |"
            + " true",
        "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4 | false",
        "application/openmetrics-text;version=1.0.0;q=0,*/* | false",
        "application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5 | false",
        "text/html | false",
        "*/* | false"
      })
  void theFormatIsWhatTheScraperLikesBest(String accept, boolean openMetrics) {
    for (String path : List.of("/metrics", "/probe?target=acme/web")) {
      Reply reply = demo.get(path, "Accept", accept);
      assertThat(reply.header("Content-Type"))
          .startsWith(openMetrics ? "application/openmetrics-text; version=1.0.0" : "text/plain");
      assertThat(reply.text().endsWith("\n# EOF\n")).isEqualTo(openMetrics);
    }
  }

  private Path page(Reply reply) throws IOException {
    return Files.writeString(Files.createTempFile(work, "page", ".txt"), reply.text());
  }

  private List<String> values(Path python, String format, Reply reply) throws IOException {
    String script = SAMPLES.toAbsolutePath().toString();
    return Program.read(page(reply), work, python, script, format).lines().toList();
  }

  private static List<String> names(List<String> values) {
    return values.stream().map(value -> value.substring(0, value.lastIndexOf(' '))).toList();
  }

  private static List<String> lasting(List<String> values) {
    return values.stream().filter(value -> !value.matches(FLEETING)).toList();
  }

  private static String unpacked(Reply reply) throws IOException {
    var body = new ByteArrayInputStream(reply.http().body());
    boolean packed = reply.header("Content-Encoding").equals("gzip");
    try (InputStream in = packed ? new GZIPInputStream(body) : body) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
