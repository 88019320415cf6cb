package io.sentryexporter.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.RunningExporter.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Debian's Prometheus on a free port of loopback, queried through its own API.
public final class PrometheusServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final JsonMapper JSON = new JsonMapper();

  private final String address = "127.0.0.1:" + FreePort.find();
  private final Program program;

  private PrometheusServer(Path work, Path config, Path data) {
    program =
        Program.start(
            work,
            RealParts.program("prometheus", "prometheus"),
            "--config.file=" + config,
            "--storage.tsdb.path=" + data,
            "--storage.tsdb.retention.time=10y",
            "--web.listen-address=" + address);
  }

  /// Starts with a configuration, and nothing stored.
  public static PrometheusServer start(Path work, String config) {
    try {
      Path file = Files.writeString(work.resolve("prometheus.yml"), config);
      return new PrometheusServer(work, file, work.resolve("prometheus"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Starts without anything to scrape, over samples of the past.
  ///
  /// @param openMetrics a file that ends in `# EOF`, each sample with its time
  public static PrometheusServer over(Path work, Path openMetrics) {
    Path data = work.resolve("prometheus");
    Program.read(
        Program.NO_INPUT,
        work,
        RealParts.program("promtool", "prometheus"),
        "tsdb",
        "create-blocks-from",
        "openmetrics",
        openMetrics,
        data);
    var server = start(work, "scrape_configs: []\n");
    Eventually.within(PATIENCE, () -> server.values("vector(1)", null));
    return server;
  }

  /// The values of the series that match, by their labels.
  ///
  /// @param at null for now
  public Map<Map<String, String>, Double> values(String query, @Nullable Instant at) {
    String time = at == null ? "" : "&time=" + at;
    Reply reply =
        Fetch.get(
            "http://" + address + "/api/v1/query?query=" + URLEncoder.encode(query, UTF_8) + time);
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    var json = JSON.readTree(reply.text());
    assertThat(json.path("status").asString()).as(json.toString()).isEqualTo("success");
    var values = new HashMap<Map<String, String>, Double>();
    for (var series : json.path("data").path("result")) {
      var labels = new HashMap<String, String>();
      series
          .path("metric")
          .properties()
          .forEach(label -> labels.put(label.getKey(), label.getValue().asString()));
      values.put(labels, Double.valueOf(series.path("value").path(1).asString()));
    }
    return values;
  }

  /// The values of the series that match now, by one of their labels.
  public Map<String, Double> now(String query, String label) {
    var values = new HashMap<String, Double>();
    values(query, null)
        .forEach((labels, value) -> values.put(labels.getOrDefault(label, ""), value));
    return values;
  }

  /// How the last evaluation of an alerting rule ended: `ok`, `err` or `unknown`.
  public String health(String alert) {
    var rules = JSON.readTree(Fetch.get("http://" + address + "/api/v1/rules").text());
    for (var group : rules.path("data").path("groups")) {
      for (var rule : group.path("rules")) {
        if (rule.path("name").asString().equals(alert)) {
          return rule.path("health").asString() + rule.path("lastError").asString("");
        }
      }
    }
    throw new AssertionError("no rule " + alert + " in:\n" + rules);
  }

  /// What it has logged.
  public String log() {
    return program.err();
  }

  @Override
  public void close() {
    program.close();
  }
}
