package io.sentryexporter.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.metrics.BuildInfo;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.SentryMetrics;
import io.sentryexporter.metrics.Simulated;
import io.sentryexporter.probe.HttpProber;
import io.sentryexporter.sentry.Reason;
import io.sentryexporter.testing.Golden;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `docs/metrics.md` lists what the program declares, and the program has no more of its own.
class DocumentedMetricsTest {

  @Test
  void everyMetricIsDocumentedAsItIsDeclared() {
    Golden.assertMatches(
        Path.of("docs/metrics.md"),
        """
        # Metrics

        Written by the build from what the program declares; `mvn verify -Dgolden=update` writes it anew.

        ## On `/probe`, `prober: http`

        In this order. A figure that Sentry did not give is absent, never 0.

        %s
        `reason` is one of %s.

        ## On `/metrics`

        The exporter's own figures and, under their usual names, those of the JVM (`jvm_…`) and the
        process (`process_…`). Series of configured modules exist from the start.

        %s
        ## In `demo`

        On every page:

        %s\
        """
            .formatted(
                table(HttpProber.DECLARED),
                Arrays.stream(Reason.values())
                    .map(reason -> "`" + reason.label() + "`")
                    .collect(Collectors.joining(", ")),
                table(ExporterMetrics.DECLARED),
                table(List.of(Simulated.METRIC))));
  }

  @Test
  void thePageOfOwnMetricsHasNoOther() {
    var own = new ExporterMetrics(new BuildInfo("1", "2", "3", "25"));
    own.modulesConfigured(List.of("sentry"));
    own.apiRequest("project_stats", "200", java.time.Duration.ZERO);
    own.apiRetry("project_stats");
    own.sentry().throttled("project_stats", java.time.Duration.ZERO);
    own.sentry().corrected("outcomes", 1);
    own.sentry().truncated("acme", "outcomes");
    own.sentry().add(DocumentedMetricsTest::gaugesOfAnInstance);
    String page = new String(own.page(Exposition.TEXT), StandardCharsets.UTF_8);
    var onPage =
        page.lines()
            .filter(line -> line.startsWith("# TYPE sentry_"))
            .map(line -> line.split(" ", -1)[2])
            .collect(Collectors.toCollection(TreeSet::new));
    var declared =
        ExporterMetrics.DECLARED.stream()
            .map(Metric::name)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(onPage).isEqualTo(declared);
  }

  private static List<MetricFamily> gaugesOfAnInstance() {
    return List.of(
        MetricFamily.of(SentryMetrics.RATE_LIMIT, 40, "default", "projects", "limit"),
        MetricFamily.of(SentryMetrics.SNAPSHOT_AGE, 1, "default", "acme", "outcomes"),
        MetricFamily.of(SentryMetrics.ENDPOINT_AVAILABLE, 1, "default", "acme", "uptime"),
        MetricFamily.of(SentryMetrics.TOKEN_SCOPE_MISSING, 1, "default", "acme", "event:read"),
        MetricFamily.of(SentryMetrics.CLOCK_SKEW, 0, "default"));
  }

  private static String table(List<Metric> metrics) {
    var header = Stream.of("| metric | type | labels | meaning |", "| --- | --- | --- | --- |");
    var rows =
        metrics.stream()
            .map(metric ->
                "| `%s` | %s | %s | %s |"
                    .formatted(
                        metric.name(),
                        metric.type().name().toLowerCase(Locale.ROOT),
                        metric.labels().stream()
                            .map(label -> "`" + label + "`")
                            .collect(Collectors.joining(", ")),
                        metric.help()));
    return Stream.concat(header, rows).collect(Collectors.joining("\n", "", "\n"));
  }
}
