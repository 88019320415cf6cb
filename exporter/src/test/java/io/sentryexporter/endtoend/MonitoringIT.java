package io.sentryexporter.endtoend;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.app.App.StartException;
import io.sentryexporter.app.Demo;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.PrometheusServer;
import io.sentryexporter.testing.RealParts;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.TestTime;
import io.sentryexporter.time.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A real Prometheus with the shipped rules over the demo: which alerts fire, and whether every
/// query of every dashboard has data. The simulated Sentry lives through four hours in two minutes.
@Tag(RealParts.TAG)
class MonitoringIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration STEP = Duration.ofMinutes(16);
  private static final int STEPS = 15;

  /// As `parts.ts` has it.
  private static final int MOST_SERIES = 20;

  /// What the demo does wrong on purpose.
  private static final List<String> FIRING =
      List.of(
          "SentryCrashFreeBurnsFast",
          "SentryCrashFreeBurnsSlowly",
          "SentryDataStale",
          "SentryEventsDropped",
          "SentryIssuesEscalating",
          "SentryMonitorFailing",
          "SentryMonitorOverdue",
          "SentryProbeFailing",
          "SentryProjectEventsDropped",
          "SentryQuotaForecast",
          "SentryQuotaNearlyUsed",
          "SentryScopeMissing",
          "SentryUptimeDown");

  private static final String CONFIG =
      """
      global: {scrape_interval: 5s, scrape_timeout: 5s, evaluation_interval: 3s}
      rule_files: [alerts.yml]
      scrape_configs:
        - job_name: sentry
          http_sd_configs: [{url: 'http://127.0.0.1:DEMO/sd'}]
        - job_name: sentry_issues
          metrics_path: /probe
          params: {module: [issues_by_project], target: [acme/web]}
          static_configs: [{targets: ['127.0.0.1:DEMO'], labels: {instance: acme/web}}]
        - job_name: sentry_legacy
          metrics_path: /probe
          params: {module: [legacy], target: [acme/web]}
          static_configs: [{targets: ['127.0.0.1:LIMITED'], labels: {instance: acme/web}}]
        - job_name: sentry_limited
          metrics_path: /probe
          params: {target: [acme]}
          static_configs: [{targets: ['127.0.0.1:LIMITED'], labels: {instance: acme}}]
        - job_name: sentry_exporter
          static_configs: [{targets: ['127.0.0.1:DEMO', '127.0.0.1:LIMITED']}]
      """;

  private static final String COLLECTORS =
      """
          collectors:
            projects:
            outcomes:
            sessions:
            releases:
            issues: {top: 100}
            monitors:
            uptime:
      """;

  private final TimeSource real = TestTime.real();
  private final TestClock clock = new TestClock(real.instant().minus(STEP.multipliedBy(STEPS)));

  @TempDir Path work = Path.of("");

  @Test
  void theDemoFiresWhatItDoesWrongOnPurposeAndEveryPanelHasData()
      throws IOException, StartException {
    RealParts.assumeThereIsTime("monitoring");
    Files.writeString(
        work.resolve("alerts.yml"),
        Files.readString(Path.of("examples/alerts.yml"))
            .replaceAll("for: \\d+[mh]", "for: 1s")
            .replace("interval: 5m", "interval: 3s"));
    try (var demo = Demo.start(options(), clock);
        var exporter = RunningExporter.from(demo::config, clock);
        var sentry =
            SimulatedSentry.start(SimulatedWorld.demo(1), ServerOptions.onLoopback(clock));
        var limited = RunningExporter.withClock(bothProbers(sentry), clock, null);
        var prometheus = PrometheusServer.start(work, config(exporter, limited))) {
      for (int step = 0; step < STEPS; step++) {
        clock.advance(STEP);
        awaitScrapes(exporter);
      }
      Eventually.within(
          PATIENCE,
          () -> {
            clock.advanceTo(real.instant());
            assertThat(firing(prometheus, limited.port())).containsExactlyElementsOf(FIRING);
          });
      List<String> queries = queries("acme");
      Eventually.within(
          PATIENCE,
          () ->
              assertThat(queries.stream().filter(query -> prometheus.values(query, null).isEmpty()))
                  .as("queries without data")
                  .isEmpty());
    }
  }

  @Test
  void noPanelHasMoreSeriesForFiveHundredProjectsThanAreReadable() throws IOException {
    var world =
        SimulatedWorld.empty(1).withDenseOrganization("big", 500).withOrganization("one", 1);
    var server = ServerOptions.onLoopback(clock).withInstallation(Installation.SELF_HOSTED);
    var samples = new StringBuilder();
    try (var sentry = SimulatedSentry.start(world, server);
        var exporter =
            RunningExporter.withClock(
                RunningExporter.collecting(sentry.url(), COLLECTORS), clock, null)) {
      for (int scrape = 0; scrape < 2; scrape++) {
        clock.advance(STEP);
        for (String organization : List.of("big", "one")) {
          var page = exporter.probe(organization);
          assertThat(page.value("sentry_probe_success")).as(page.text()).isEqualTo(1);
          page.text()
              .lines()
              .filter(line -> !line.startsWith("#"))
              .forEach(line -> samples.append(sample(line, organization)));
        }
      }
    }
    Path file = Files.writeString(work.resolve("samples"), samples.append("# EOF\n"));
    try (var prometheus = PrometheusServer.over(work, file)) {
      assertThat(prometheus.values("count(sentry_project_info) > 500", clock.instant())).hasSize(1);
      for (String organization : List.of("big", "one")) {
        int answered = 0;
        for (String query : queries(organization)) {
          var values = prometheus.values(query, clock.instant());
          assertThat(values).as(query).hasSizeLessThanOrEqualTo(MOST_SERIES);
          answered += values.isEmpty() ? 0 : 1;
        }
        assertThat(answered).as("queries with data of " + organization).isGreaterThan(20);
      }
    }
  }

  /// A line of a page, with the labels and the time of its scrape.
  private String sample(String line, String organization) {
    int value = line.lastIndexOf(' ');
    String series = line.substring(0, value);
    String own = "instance=\"" + organization + "\",job=\"sentry\"";
    String labelled =
        series.endsWith("}")
            ? series.substring(0, series.length() - 1) + "," + own + "}"
            : series + "{" + own + "}";
    return labelled + line.substring(value) + " " + clock.instant().getEpochSecond() + "\n";
  }

  private static Demo.SentryOptions options() {
    return new Demo.SentryOptions("127.0.0.1:0", 1, 0, Duration.ZERO);
  }

  private static String config(RunningExporter demo, RunningExporter limited) {
    return CONFIG
        .replace("DEMO", Integer.toString(demo.port()))
        .replace("LIMITED", Integer.toString(limited.port()));
  }

  /// Until each of the three organizations has been scraped once more.
  private static void awaitScrapes(RunningExporter exporter) {
    double before = probes(exporter);
    Eventually.within(PATIENCE, () -> assertThat(probes(exporter)).isGreaterThan(before + 3));
  }

  private static double probes(RunningExporter exporter) {
    return exporter.get("/metrics").value("sentry_exporter_probes_total{module=\"sentry\"}");
  }

  /// The configuration of an exporter whose Sentry advertises limits, which the demo's does not.
  private static String bothProbers(SimulatedSentry sentry) {
    String http = RunningExporter.module("legacy", sentry.url() + "/api/0/projects/");
    return RunningExporter.collecting(sentry.url(), "") + http.replace("modules:\n", "");
  }

  /// The alerts that fire, without those of an exporter that is not the demo. What a project of
  /// initech loses of its transactions is a tenth of the organization's at times: then the alert is
  /// about that.
  private static List<String> firing(PrometheusServer prometheus, int other) {
    String query = "ALERTS{alertstate=\"firing\", instance!=\"127.0.0.1:" + other + "\"}";
    return prometheus.values(query, null).keySet().stream()
        .map(labels ->
            "initech".equals(labels.get("organization"))
                    && "transaction".equals(labels.get("category"))
                    && "SentryEventsDropped".equals(labels.get("alertname"))
                ? "SentryProjectEventsDropped"
                : labels.get("alertname"))
        .collect(toSet())
        .stream()
        .sorted()
        .toList();
  }

  /// The queries of all dashboards, with their variables filled in.
  private static List<String> queries(String organization) throws IOException {
    var queries = new ArrayList<String>();
    try (Stream<Path> files = Files.list(Path.of("deploy/grafana/dashboards"))) {
      for (Path file : files.filter(file -> file.toString().endsWith(".json")).toList()) {
        JsonNode dashboard = new JsonMapper().readTree(Files.readString(file));
        dashboard.findValues("expr").stream()
            .map(JsonNode::asString)
            .map(expression ->
                expression
                    .replace("$__rate_interval", "30s")
                    .replace("$__range", "10m")
                    .replace("$organization", organization)
                    .replace("$project", organization.equals("acme") ? "web" : "project-0001")
                    .replace("$instance", ".*"))
            .forEach(queries::add);
      }
    }
    assertThat(queries).hasSizeGreaterThan(60);
    return queries;
  }
}
