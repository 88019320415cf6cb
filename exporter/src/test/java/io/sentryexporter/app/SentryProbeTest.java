package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.metrics.Exposition.CreatedSeries;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import io.sentryexporter.testing.TestSentry;
import io.sentryexporter.testing.TestTime;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `prober: sentry` over HTTP, against the simulated Sentry.
class SentryProbeTest {
  private static final String ERRORS_OF_WEB =
      "sentry_outcomes_total{category=\"error\",organization=\"acme\",outcome=\"accepted\","
          + "project=\"web\"} ";
  private static final List<String> DEFAULTS =
      List.of("projects", "outcomes", "sessions", "issues", "monitors");

  private final TestClock clock = new TestClock(Scene.START);
  @AutoClose private final SimulatedSentry sentry = TestSentry.start(clock);

  @AutoClose
  private final RunningExporter exporter =
      RunningExporter.withClock(RunningExporter.collecting(sentry.url(), ""), clock, null);

  @Test
  void anOrganizationReturnsTheMetricsOfAllDefaultCollectors() {
    Reply page = exporter.probe("acme");

    assertSucceeded(page);
    assertThat(page.value("sentry_projects{organization=\"acme\"}")).isPositive();
    assertThat(page.text()).contains(ERRORS_OF_WEB);
  }

  @Test
  void aProjectReturnsItsOwnMetricsOnly() {
    Reply page = exporter.probe("acme/web");

    Scene.assertSucceeded(page);
    assertThat(page.text())
        .contains(ERRORS_OF_WEB)
        .doesNotContain("project=\"api\"", "sentry_projects{");
  }

  @Test
  void everyMetricOfACollectorHasTheOrganizationAsALabel() {
    assertThat(exporter.probe("acme").text().lines())
        .filteredOn(line -> line.startsWith("sentry_") && !line.startsWith("sentry_probe_"))
        .isNotEmpty()
        .allMatch(line -> line.contains("organization=\"acme\""));
  }

  @Test
  void noFamilyStandsTwiceOnAPage() {
    assertThat(exporter.probe("acme").text().lines())
        .filteredOn(line -> line.startsWith("# TYPE"))
        .doesNotHaveDuplicates();
  }

  @Test
  void theSecondProbeAndThoseOfProjectsSendNoFurtherRequestForTheOrganization() {
    assertSucceeded(exporter.probe("acme"));
    long requests = sentry.requests().total();

    assertSucceeded(exporter.probe("acme"));

    assertThat(sentry.requests().total()).isEqualTo(requests);
  }

  @Test
  void aProjectThatDoesNotExistFailsEveryCollectorAndHasNoData() {
    Reply page = exporter.probe("acme/none");

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.value("sentry_probe_success")).isZero();
    for (String collector : DEFAULTS) {
      assertFailed(page, collector, "not_found");
    }
    assertThat(page.text()).doesNotContain("organization=", "sentry_probe_data_age_seconds{");
  }

  @Test
  void aFailingCollectorCostsOnlyItsOwnMetrics() {
    sentry.faults().when(path -> path.contains("/sessions/"), new Fault.Status(500));

    Reply page = exporter.probe("acme");

    assertThat(page.value("sentry_probe_success")).isZero();
    assertFailed(page, "sessions", "upstream_5xx");
    assertThat(page.text()).doesNotContain("sentry_sessions_total{");
    assertThat(page.value("sentry_probe_collector_success{collector=\"outcomes\"}")).isOne();
    assertThat(page.text()).contains("sentry_outcomes_total{");
    assertThat(exporter.get("/logs?target=acme").text())
        .contains("msg=\"collector failed\"", "collector=sessions", "reason=upstream_5xx");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acme-",
        "acme_x",
        "acme/..",
        "acme/web/stats",
        "acme/",
        "/acme",
        "acme%2F..%2Fx",
        "acme%0Aweb",
        "acme%E2%80%AEweb",
        "http://169.254.169.254/",
        "@evil"
      })
  void aTargetThatIsNoSlugIs400AndShowsHowToWriteIt(String target) {
    Reply reply = exporter.probe(target);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text())
        .contains("is neither organization nor organization/project; write their slugs or ids")
        .hasLineCount(1)
        .doesNotContain("\u202e");
    assertThat(sentry.requests().total()).isZero();
  }

  @Test
  void aReloadThatLeavesTheInstanceAsItIsKeepsItsAnswers() {
    assertSucceeded(exporter.probe("acme"));
    long requests = sentry.requests().total();
    exporter.configure(RunningExporter.collecting(sentry.url(), "    max_series: 3"));

    assertThat(exporter.app().reload()).isEmpty();
    Reply page = exporter.probe("acme");

    assertThat(page.value("sentry_probe_success")).isOne();
    assertThat(sentry.requests().total()).isEqualTo(requests);
  }

  @Test
  void aReloadWithAnotherTokenRequestsEverythingAnew() {
    assertSucceeded(exporter.probe("acme"));
    exporter.configure(
        RunningExporter.collecting(sentry.url(), "")
            .replace("simulated-api-token", "another-api-token"));

    assertThat(exporter.app().reload()).isEmpty();

    assertFailed(exporter.probe("acme"), "outcomes", "auth");
  }

  @Test
  void beyondMaxSeriesThePageCountsTheSeriesLeftOut() {
    exporter.configure(RunningExporter.collecting(sentry.url(), "    max_series: 3"));
    exporter.app().reload();

    Reply page = exporter.probe("acme");

    assertThat(page.text().lines())
        .filteredOn(line -> line.contains("organization=\"acme\""))
        .hasSize(3);
    assertThat(page.value("sentry_probe_series_truncated{cause=\"max_series\"}")).isPositive();
    assertThat(
            exporter
                .get("/metrics")
                .value("sentry_exporter_series_truncated_total{cause=\"max_series\"}"))
        .isEqualTo(page.value("sentry_probe_series_truncated{cause=\"max_series\"}"));
  }

  @ParameterizedTest
  @EnumSource(CreatedSeries.class)
  void maxSeriesCountsWhatPrometheusStoresOfAnOpenMetricsPage(CreatedSeries created) {
    String yaml = RunningExporter.collecting(sentry.url(), "    max_series: 100");
    var time = new TestTime(clock, (_, _) -> {});
    try (var other = RunningExporter.withTime(yaml, time, web -> web.withCreated(created))) {
      Reply page = other.get("/probe?target=acme", "Accept", "application/openmetrics-text");

      assertThat(page.text().lines())
          .filteredOn(line -> line.contains("organization=\"acme\""))
          .hasSize(100);
      assertThat(page.text().contains("_created{")).isEqualTo(created == CreatedSeries.WRITTEN);
    }
  }

  @Test
  void manyProbesAtOnceOfAWarmOrganizationAllSucceed() {
    assertSucceeded(exporter.probe("acme"));

    var statuses =
        IntStream.range(0, 200)
            .parallel()
            .mapToObj(_ -> exporter.probe("acme").value("sentry_probe_success"))
            .toList();

    assertThat(statuses).hasSize(200).containsOnly(1.0);
  }

  @Test
  void theLandingPageShowsTheModuleAndAnOrganizationThatWasProbed() {
    exporter.probe("acme");

    assertThat(exporter.get("/").text())
        .contains(sentry.url() + ": projects, outcomes", "/probe?target=acme&amp;module=sentry");
  }

  private static void assertSucceeded(Reply page) {
    assertThat(page.status()).as(page.text()).isEqualTo(200);
    assertThat(page.value("sentry_probe_success")).as(page.text()).isOne();
    for (String collector : DEFAULTS) {
      String label = "{collector=\"" + collector + "\"}";
      assertThat(page.value("sentry_probe_collector_success" + label)).isOne();
      assertThat(page.value("sentry_probe_collector_duration_seconds" + label)).isNotNegative();
      assertThat(page.value("sentry_probe_data_age_seconds" + label)).isBetween(0.0, 60.0);
    }
    assertThat(page.text()).doesNotContain("sentry_probe_failure_info{");
  }

  private static void assertFailed(Reply page, String collector, String reason) {
    assertThat(page.value("sentry_probe_collector_success{collector=\"" + collector + "\"}"))
        .isZero();
    assertThat(page.text())
        .contains(
            "sentry_probe_failure_info{collector=\""
                + collector
                + "\",reason=\""
                + reason
                + "\"} 1");
  }
}
