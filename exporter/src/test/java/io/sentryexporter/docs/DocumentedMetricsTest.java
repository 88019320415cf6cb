package io.sentryexporter.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.collector.CollectorCatalog;
import io.sentryexporter.collector.CollectorType;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.SentryMetrics;
import io.sentryexporter.probe.HttpProber;
import io.sentryexporter.probe.SentryProber;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.testing.Golden;
import io.sentryexporter.testing.TestMetrics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

        Generated from the metrics that the exporter declares; `mvn verify -Dgolden=update` writes it
        anew. Labels are in braces.

        ## On `/probe`, `prober: http`

        In this order. Data that Sentry did not return is absent, never 0.

        %s
        ## On `/probe`, `prober: sentry`

        By collector; [collectors](collectors.md) has the requests and settings of each. A counter
        (`…_total`) counts from the start of the UTC month, or day, on every exporter alike, so restarts
        and gaps lose nothing: [why](counters.md). With `--web.created-timestamps`, in OpenMetrics, each
        counter also has a series `…_created`: when its count began.

        %s
        ### The probe itself

        Those of `prober: http` have the same labels; its one collector is `http`.

        %s
        ## Reasons

        The values of the label `reason` of `sentry_probe_failure_info`, of both probers. The trace of a
        probe, at `/logs?target=…`, and a line of the log when the failure begins have the error itself.

        %s
        ## On `/metrics`

        The exporter's own metrics and, under their usual names, those of the JVM (`jvm_…`) and the
        process (`process_…`). Series of configured modules exist from the start.

        %s
        ## In `demo`

        On every page:

        %s\
        """
            .formatted(
                MetricList.of(HttpProber.DECLARED),
                collectors(),
                MetricList.of(SentryProber.DECLARED),
                reasons(),
                MetricList.of(ExporterMetrics.DECLARED),
                MetricList.of(List.of(ExporterMetrics.DEMO))));
  }

  @Test
  void aMetricOfBothProbersIsDeclaredOnceWithOneSetOfLabels() {
    Map<String, Set<Metric>> byName =
        declared().collect(Collectors.groupingBy(Metric::name, Collectors.toSet()));

    assertThat(byName.values()).allSatisfy(same -> assertThat(same).hasSize(1));
    assertThat(CollectorCatalog.types())
        .noneMatch(collector -> collector.name().equals(HttpProber.COLLECTOR));
  }

  @Test
  void whatIsNotAllIsCalledTruncatedEverywhere() {
    assertThat(declared().map(Metric::name))
        .noneMatch(name -> name.matches(".*(capped|omitted|folded|cut|left_out|series_dropped).*"))
        .anyMatch(name -> name.endsWith("_truncated"));
  }

  private static Stream<Metric> declared() {
    return Stream.of(
            CollectorCatalog.types().stream().map(CollectorType::metrics).flatMap(List::stream),
            HttpProber.DECLARED.stream(),
            SentryProber.DECLARED.stream(),
            ExporterMetrics.DECLARED.stream())
        .flatMap(metrics -> metrics);
  }

  @Test
  void thePageOfOwnMetricsHasNoOther() {
    var own = TestMetrics.create();
    own.modulesConfigured(List.of("sentry"));
    own.webConfigLoaded(true);
    own.apiRequest("project_stats", "200", java.time.Duration.ZERO);
    own.apiRetry("project_stats");
    own.insecure(List.of("default"), List.of());
    own.sentry().throttled("project_stats", java.time.Duration.ZERO);
    own.sentry().turnRefused("project_stats");
    own.sentry().corrected("outcomes", 1);
    own.sentry().truncated("acme", "outcomes");
    own.sentry().dropped("outcomes", "value");
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

  private static String reasons() {
    return Arrays.stream(Reason.values())
        .map(reason ->
            Paragraph.of(
                "- ",
                "  ",
                "`%s`: %s *What to do:* %s"
                    .formatted(reason.label(), reason.meaning(), reason.remedy())))
        .collect(Collectors.joining());
  }

  private static List<MetricFamily> gaugesOfAnInstance() {
    return List.of(
        MetricFamily.of(SentryMetrics.RATE_LIMIT, 40, "default", "projects", "limit"),
        MetricFamily.of(SentryMetrics.SNAPSHOT_AGE, 1, "default", "acme", "outcomes"),
        MetricFamily.of(SentryMetrics.ENDPOINT_AVAILABLE, 1, "default", "acme", "uptime"),
        MetricFamily.of(SentryMetrics.TOKEN_SCOPE_MISSING, 1, "default", "acme", "event:read"),
        MetricFamily.of(SentryMetrics.ENDPOINT_DEPRECATION, 1, "default", "project_stats"),
        MetricFamily.of(SentryMetrics.CLOCK_SKEW, 0, "default"),
        MetricFamily.of(SentryMetrics.RATE_NEEDED, 4.2, "sentry.io", "project_stats"),
        MetricFamily.of(SentryMetrics.RATE_GIVEN, 4.75, "sentry.io", "project_stats"),
        MetricFamily.of(SentryMetrics.COUNTERS_HELD, 1, "outcomes"),
        MetricFamily.of(SentryMetrics.COUNTERS_WITHHELD, 1, "outcomes"));
  }

  private static String collectors() {
    return CollectorCatalog.types().stream()
        .map(type ->
            "### Collector `%s`\n\n%s"
                .formatted(type.name(), MetricList.of(List.of("organization"), type.metrics())))
        .collect(Collectors.joining("\n"));
  }
}
