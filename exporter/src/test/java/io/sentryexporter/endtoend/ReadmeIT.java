package io.sentryexporter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.FreePort;
import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.PrometheusServer;
import io.sentryexporter.testing.RealParts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What README and docs give users to write, run by a real Prometheus over the packaged exporter:
/// the files, the queries and the alerting rules.
@Tag(RealParts.TAG)
class ReadmeIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Instant A_JOB_FAILS = Instant.parse("2026-11-29T03:30:00Z");
  private static final Path OTHER_EXPORTERS = Path.of("docs/other-exporters.md");
  private static final Path EXAMPLES = Path.of("examples").toAbsolutePath();
  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  /// Queries of a page, each with a comment and apart by empty lines.
  private static final Pattern PROMQL = Pattern.compile("```promql\n(.*?)```", Pattern.DOTALL);

  private static final Pattern COMMENT = Pattern.compile("#.*\n");

  /// A query within a sentence: a metric in a function.
  private static final Pattern QUERY =
      Pattern.compile("`((?:sum by|max by|rate|increase|resets)[^`]*\\bsentry_\\w+[^`]*)`");

  private static final Pattern CONDITION = Pattern.compile(" (==|!=|<|>|<=|>=) [\\d.]+$");

  @AutoClose
  private final SimulatedSentry sentry =
      SimulatedSentry.start(
          SimulatedWorld.demo(1), ServerOptions.onLoopback(TestClock.ticking(A_JOB_FAILS)));

  @TempDir Path work = Path.of("");

  @Test
  void everyQueryOfTheReadmeHasDataWithTheReadmesOwnFiles() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    List<String> yaml = all(YAML, readme);
    List<String> queries = queries(readme);
    Files.writeString(
        work.resolve("sentry_exporter.yml"), exporter(yaml.get(1), "/run/secrets/sentry-token"));

    String port = "--web.listen-address=127.0.0.1:" + FreePort.find();
    try (var exporter = PackagedExporter.start(work, port);
        var prometheus = PrometheusServer.start(work, prometheus(yaml.get(0), exporter))) {
      List<String> whileAway =
          queries.stream().filter(query -> query.startsWith("sentry_probe_")).toList();
      assertThat(queries).hasSize(4);
      assertThat(whileAway).hasSize(1);
      queries.stream()
          .filter(query -> !whileAway.contains(query))
          .forEach(query -> awaitData(prometheus, query));
      assertThat(guides()).hasSizeGreaterThanOrEqualTo(3);
      guides().forEach(query -> awaitData(prometheus, CONDITION.matcher(query).replaceAll("")));

      sentry.close();
      exporter.program().close();
      try (var _ = PackagedExporter.start(work, port)) { // which has no answers kept
        whileAway.forEach(query -> awaitData(prometheus, query));
      }
    }
  }

  @Test
  void theExampleFilesWorkAndTheirRulesAreEvaluated() throws IOException {
    Files.copy(EXAMPLES.resolve("alerts.yml"), work.resolve("alerts.yml"));
    Files.copy(EXAMPLES.resolve("sentry_exporter.yml"), work.resolve("sentry_exporter.yml"));
    String config = Files.readString(EXAMPLES.resolve("prometheus.yml"));
    var environment =
        Map.of(
            "PATH", System.getenv("PATH"),
            "SENTRY_AUTH_TOKEN", SimulatedSentry.TOKEN,
            "SENTRY_URL", sentry.url().toString());

    try (var exporter = PackagedExporter.start(PackagedExporter.distribution(), work, environment);
        var prometheus = PrometheusServer.start(work, prometheus(config, exporter))) {
      awaitData(prometheus, "up{job=\"sentry\"} == 1 and on () up{job=\"sentry_exporter\"} == 1");
      awaitData(prometheus, "sentry_probe_success == 1");
      for (String rule : all(Pattern.compile("- alert: (\\w+)"), Files.readString(rules()))) {
        Eventually.within(
            PATIENCE,
            () -> assertThat(prometheus.health(rule)).as(prometheus.log()).isEqualTo("ok"));
      }
      // pending or firing; those about the data of this Sentry fire in time
      String faults = "ALERTS{alertname=~\"Sentry(Exporter|Probe|Token|Scope|Collector|Data).*\"}";
      Eventually.within(
          PATIENCE,
          () -> assertThat(prometheus.values(faults, null)).as(prometheus.log()).isEmpty());

      exporter.program().close();
      awaitData(prometheus, "ALERTS{alertname=\"SentryExporterDown\"}");
      Eventually.within( // targets are scraped one after the other
          PATIENCE,
          () ->
              assertThat(
                      prometheus.now(
                          "ALERTS{alertname=~\"SentryProbesDown|SentryProbeRefused\"}", ""))
                  .as("one alert for an exporter that is gone")
                  .isEmpty());
    }
  }

  /// The collectors are those that `migrate` prints for italux' exporter, and the targets come from
  /// the job that it prints.
  @Test
  void everyQueryThatReplacesAnotherExportersHasDataAfterAMigration() throws IOException {
    String page = Files.readString(OTHER_EXPORTERS);
    Path old =
        Files.writeString(
            work.resolve("old.env"),
            """
            SENTRY_AUTH_TOKEN=%s
            SENTRY_EXPORTER_ORG=my-organization
            SENTRY_SCRAPE_RATE_LIMIT_METRICS=True
            """
                .formatted(SimulatedSentry.TOKEN));
    String configuration = migrated(old, "--print=config");
    assertThat(all(YAML, page)).containsExactly(configuration);
    Files.writeString(
        work.resolve("sentry_exporter.yml"),
        configuration
            .replace("https://sentry.io", sentry.url().toString())
            .replace("my-organization", "acme"));

    var environment =
        Map.of("PATH", System.getenv("PATH"), "SENTRY_AUTH_TOKEN", SimulatedSentry.TOKEN);
    try (var exporter =
        PackagedExporter.start(PackagedExporter.distribution(), work, environment)) {
      String jobs =
          prometheus(migrated(old, "--print=jobs"), exporter)
              + "- {job_name: exporter, static_configs: [{targets: ['"
              + exporter.authority()
              + "']}]}\n";
      try (var prometheus = PrometheusServer.start(work, jobs)) {
        assertThat(queries(page)).hasSize(32);
        queries(page)
            .forEach(query -> awaitData(prometheus, CONDITION.matcher(query).replaceAll("")));
      }
    }
  }

  private String migrated(Path environment, String part) {
    Path launcher = PackagedExporter.distribution().resolve("sentry_exporter");
    try (var program =
        Program.start(work, launcher, "migrate", part, "--env-file=" + environment)) {
      assertThat(program.exitCode(PATIENCE)).as(program.err()).isZero();
      return program.out();
    }
  }

  private Path rules() {
    return work.resolve("alerts.yml");
  }

  /// The exporter's file with the simulated Sentry in it.
  private String exporter(String yaml, String tokenFile) throws IOException {
    Path token = Files.writeString(work.resolve("token"), SimulatedSentry.TOKEN);
    assertThat(yaml).contains("https://sentry.io", tokenFile);
    return yaml.replace("https://sentry.io", sentry.url().toString())
        .replace(tokenFile, token.toString());
  }

  /// Prometheus' file with this exporter and shorter intervals.
  private static String prometheus(String yaml, PackagedExporter exporter) {
    assertThat(yaml).contains("http://127.0.0.1:9412/sd", "timeout: 30s");
    return "global: {scrape_interval: 2s, scrape_timeout: 2s, evaluation_interval: 1s}\n"
        + yaml.replace("127.0.0.1:9412", exporter.authority())
            .replace("interval: 1m", "interval: 2s")
            .replace("timeout: 30s", "timeout: 2s");
  }

  private static void awaitData(PrometheusServer prometheus, String query) {
    Eventually.within(
        PATIENCE,
        () ->
            assertThat(prometheus.values(query, null))
                .as("%s; Prometheus logged:\n%s", query, prometheus.log())
                .isNotEmpty());
  }

  /// The queries in the guides.
  private static List<String> guides() {
    return Stream.of("docs/counters.md", "docs/migration.md", "docs/decisions.md")
        .map(page -> read(Path.of(page)))
        .flatMap(text -> Stream.concat(all(QUERY, text).stream(), queries(text).stream()))
        .toList();
  }

  private static List<String> queries(String page) {
    return all(PROMQL, page).stream()
        .flatMap(block -> Stream.of(block.split("\n\n", -1)))
        .map(query -> COMMENT.matcher(query).replaceAll("").strip())
        .toList();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(match -> match.group(1)).toList();
  }
}
