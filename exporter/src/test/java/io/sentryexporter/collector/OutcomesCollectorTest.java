package io.sentryexporter.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Totals;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutcomesCollectorTest {
  private static final Instant MONTH = Instant.parse("2026-11-01T00:00:00Z");
  private static final Instant NOW = Instant.parse("2026-11-22T13:17:00Z");

  private static final Map<OutcomeKey, Long> OF_WEB =
      Map.of(
          new OutcomeKey("error", "accepted"), 1_200L,
          new OutcomeKey("error", "filtered"), 30L,
          new OutcomeKey("error", "client_discard"), 7L,
          new OutcomeKey("span", "accepted"), 9_007_199_254L,
          new OutcomeKey("attachment", "accepted"), 5_368_709_120L,
          new OutcomeKey("log_byte", "rate_limited"), 1_024L,
          new OutcomeKey("profile_duration_ui", "accepted"), 12_345L,
          new OutcomeKey("something_new", "quarantined"), 3L);

  private static final Totals SUMS =
      totals(
          Map.of(
              Acme.WEB.id(),
              OF_WEB,
              Acme.API.id(),
              Map.of(new OutcomeKey("error", "accepted"), 40L),
              Acme.GONE,
              Map.of(new OutcomeKey("error", "accepted"), 5L)));

  private static final Totals WHY =
      totals(
          Map.of(
              Totals.WHOLE_ORGANIZATION,
              Map.of(
                  new OutcomeKey("error", "accepted", "none"), 1_245L,
                  new OutcomeKey("error", "filtered", "browser-extensions"), 20L,
                  new OutcomeKey("error", "filtered", "legacy-browsers"), 10L,
                  new OutcomeKey("span", "filtered", "Sampled:1000"), 50L,
                  new OutcomeKey("span", "filtered", "Sampled:1001"), 60L,
                  new OutcomeKey("log_byte", "rate_limited", "key_quota"), 1_024L)));

  private static final Totals HOUR =
      new Totals(
          Instant.parse("2026-11-22T12:00:00Z"),
          Instant.parse("2026-11-22T13:00:00Z"),
          Map.of(Acme.WEB.id(), Map.of(new OutcomeKey("error", "accepted"), 6L)));

  @Test
  void anOrganizationHasAllProjectsAndTheReasons() {
    CollectorPage.assertMatches(
        "outcomes.organization.prom",
        OutcomesCollector.TYPE,
        collector("closed_hour: true").families(Acme.ORGANIZATION, SUMS, WHY, HOUR));
  }

  @Test
  void aProjectHasItsOwnOnly() {
    CollectorPage.assertMatches(
        "outcomes.project.prom",
        OutcomesCollector.TYPE,
        collector("closed_hour: true").families(Acme.PROJECT, SUMS, null, HOUR));
  }

  @Test
  void onlyTheWantedCategoriesAreThereAndAllOfThemWithZeros() {
    var families =
        collector("categories: [error, replay]").families(Acme.ORGANIZATION, SUMS, WHY, null);

    assertThat(labels(families, "sentry_outcomes_total", 1)).containsOnly("error", "replay");
    assertThat(CollectorPage.of(families))
        .contains(
            """
            sentry_outcomes_total{category="replay",organization="acme",outcome="filtered",project="new"} 0.0
            """)
        .doesNotContain("span", "_bytes", "_duration");
  }

  @Test
  void aQuietOrganizationHasZerosOfErrorsOnly() {
    var families =
        collector("{}").families(Acme.ORGANIZATION, totals(Map.of()), totals(Map.of()), null);

    assertThat(labels(families, "sentry_outcomes_total", 1)).containsOnly("error");
    assertThat(families.getFirst().samples()).hasSize(9).allMatch(sample -> sample.value() == 0);
  }

  @Test
  void countersHaveTheirStartTime() {
    var page =
        CollectorPage.openMetrics(collector("{}").families(Acme.ORGANIZATION, SUMS, WHY, null));

    assertThat(page)
        .contains("sentry_outcomes_created{", "sentry_outcome_reasons_created{")
        .doesNotContainPattern("_created\\{.*\\} (?!1793491200.000)");
  }

  @Test
  void whatTheProjectsLackOfTheOrganizationsTotalIsExposed() {
    var total =
        totals(
            Map.of(
                Totals.WHOLE_ORGANIZATION,
                Map.of(
                    new OutcomeKey("error", "accepted", "none"), 1_300L, // the projects have 1,245
                    new OutcomeKey("error", "filtered", "browser-extensions"), 29L, // and 30
                    new OutcomeKey("replay", "accepted", "none"), 9L, // and none
                    new OutcomeKey("attachment", "accepted", "none"), 6_000_000_000L))); // bytes

    var rest =
        family(
            collector("{}").families(Acme.ORGANIZATION, SUMS, total, null),
            "sentry_outcomes_unattributed");

    assertThat(rest.samples())
        .containsExactly(
            Sample.now(55, "error", "accepted"),
            Sample.now(0, "error", "filtered"),
            Sample.now(9, "replay", "accepted"));
  }

  @Test
  void aReasonThatBeginsWithAColonIsExposedWhole() {
    var why =
        totals(
            Map.of(
                Totals.WHOLE_ORGANIZATION, Map.of(new OutcomeKey("error", "invalid", ":odd"), 3L)));

    var families = collector("{}").families(Acme.ORGANIZATION, SUMS, why, null);

    assertThat(labels(families, "sentry_outcome_reasons_total", 2)).containsExactly(":odd");
  }

  @Test
  void moreThanFiftyReasonsAreFoldedAndReportedAsTruncated() {
    var families = collector("{}").families(Acme.ORGANIZATION, SUMS, reasons(53), null);

    assertThat(labels(families, "sentry_outcome_reasons_total", 2))
        .hasSize(51)
        .contains("reason-10", "reason-59", "__other__")
        .doesNotContain("reason-60");
    assertThat(CollectorPage.of(families))
        .contains(
            "category=\"error\",organization=\"acme\",outcome=\"invalid\",reason=\"__other__\"} "
                + (60.0 + 61 + 62)
                + "\n",
            "sentry_outcome_reasons_truncated{category=\"error\",organization=\"acme\","
                + "outcome=\"invalid\"} 3.0\n");
  }

  @Test
  void aReasonThatTurnsUpLateNeverMakesTheTruncatedOnesFall() {
    var before = other(collector("{}").families(Acme.ORGANIZATION, SUMS, reasons(53), null));
    var more = new HashMap<>(reasons(53).of(Totals.WHOLE_ORGANIZATION));
    more.put(new OutcomeKey("error", "invalid", "a-new-one"), 1L);
    var after =
        other(
            collector("{}")
                .families(
                    Acme.ORGANIZATION,
                    SUMS,
                    totals(Map.of(Totals.WHOLE_ORGANIZATION, more)),
                    null));

    assertThat(after).isGreaterThan(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "epoch: week           | x.yml:1:8: epoch: \"week\" is not known here; write month or day",
        "categories: [Errors!] | x.yml:1:14: categories[0]: \"Errors!\" is not a category; write"
            + " a category of Sentry, such as error",
        "categories: [errors]  | x.yml:1:14: warning: categories[0]: \"errors\" is a category not"
            + " known here; did you mean \"error\"?",
        "categories: [quux]    | x.yml:1:14: warning: categories[0]: \"quux\" is a category not"
            + " known here; leave it if Sentry has it",
        "reasons: some         | x.yml:1:10: reasons: \"some\" is not a boolean; write true or"
            + " false",
      })
  void wrongSettingsAreReported(String yaml, String message) {
    assertThat(Acme.problems(OutcomesCollector.TYPE, yaml)).containsExactly(message);
  }

  private static OutcomesCollector collector(String yaml) {
    return (OutcomesCollector) Acme.configured(OutcomesCollector.TYPE, yaml);
  }

  private static Totals totals(Map<Long, Map<OutcomeKey, Long>> byProject) {
    return new Totals(MONTH, NOW, byProject);
  }

  /// So many reasons of invalid errors, `reason-10` 10 times, `reason-11` 11 times, and so on.
  private static Totals reasons(int number) {
    var byKind =
        IntStream.range(10, 10 + number)
            .boxed()
            .collect(
                Collectors.toMap(
                    i -> new OutcomeKey("error", "invalid", "reason-" + i), Integer::longValue));
    return totals(Map.of(Totals.WHOLE_ORGANIZATION, byKind));
  }

  private static double other(List<MetricFamily> families) {
    return family(families, "sentry_outcome_reasons_total").samples().stream()
        .filter(sample -> sample.labelValues().contains(DropReasons.OTHER))
        .findFirst()
        .orElseThrow()
        .value();
  }

  private static List<String> labels(List<MetricFamily> families, String metric, int label) {
    return family(families, metric).samples().stream()
        .map(sample -> sample.labelValues().get(label))
        .toList();
  }

  private static MetricFamily family(List<MetricFamily> families, String metric) {
    return families.stream()
        .filter(family -> family.metric().name().equals(metric))
        .findFirst()
        .orElseThrow();
  }
}
