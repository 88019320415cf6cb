package io.sentryexporter.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.collector.CollectorCatalog;
import io.sentryexporter.collector.CollectorType;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Metric;
import io.sentryexporter.probe.HttpProber;
import io.sentryexporter.probe.SentryProber;
import io.sentryexporter.testing.Golden;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RealParts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The recording and alerting rules of the distribution, their runbooks and their page.
class AlertsTest {
  private static final Path ALERTS = Path.of("examples/alerts.yml").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final Path RUNBOOKS = Path.of("docs/runbooks");

  /// Cases for promtool, by how often the rules are evaluated: what takes days need not be each
  /// minute.
  private static final List<Path> CASES =
      Stream.of("alerts", "alerts-days", "alerts-week")
          .map(name -> Path.of("exporter/src/test/resources/" + name + ".test.yml"))
          .map(Path::toAbsolutePath)
          .toList();

  private static final Pattern METRIC = Pattern.compile("(?<![:\\w])sentry_[a-z_]+\\b(?!:)");
  private static final Pattern RECORDED = Pattern.compile("\\b[a-z_]+:[a-z_]+:\\w+");
  private static final Pattern RULE =
      Pattern.compile(
          "- (alert|record): (\\S+)\n +expr:(.*?)(?=\n +(?:for|labels|- |#)|\n\n|$)",
          Pattern.DOTALL);
  private static final Pattern RUNBOOK =
      Pattern.compile("- alert: (\\w+)\n(?:(?!- alert).)*?runbook_url: (\\S+)", Pattern.DOTALL);
  private static final Pattern STATED =
      Pattern.compile(
          "- alert: (\\w+)\n(?:(?!- alert).)*?for: (\\S+)\n +labels: \\{severity: (\\w+)}",
          Pattern.DOTALL);
  private static final Pattern FIRING = Pattern.compile("alertname: (\\w+)\n +exp_alerts:");
  private static final Pattern QUIET = Pattern.compile("alertname: (\\w+)}");
  private static final Pattern SENTENCE = Pattern.compile("(?<=\\.)\\s");
  private static final Pattern ADDRESS = Pattern.compile("\n  <url>(.*)</url>");

  private static final String BEGINNING =
      """
      # Alerts

      Generated from [alerts.yml](../examples/alerts.yml) and the runbooks; `mvn verify
      -Dgolden=update` writes it anew.

      Load the file with `rule_files`, as [prometheus.yml](../examples/prometheus.yml) does. The jobs
      are named `sentry` or `sentry_legacy` for probes and `sentry_exporter` for the exporter's own
      metrics; for other names change the file. It is the `spec` of a PrometheusRule as it is. Every
      rule is tested, firing and quiet, and has a page that describes what to do: its `runbook_url`.
      `https://sentry-exporter.example/` in it is a placeholder: replace it by where you serve the
      folder `docs`, with the chart by its value `prometheusRule.runbooks`.

      One fault is one alert: a token that is refused is one for its job, however many targets and
      collectors it has; a Sentry that is away is one for each job; two exporters, or two targets, that
      show the same monitor are one.

      ## Rules

      """;

  private static final String OBJECTIVES =
      """

      ## Objectives

      Crash-free sessions are held against 99.5 % of all projects:
      `project:sentry_crash_free:objective`. Write another number there, or several rules of this
      name, each for projects of its own:

      ```yaml
      - record: project:sentry_crash_free:objective
        expr: max by (organization, project) (sentry_sessions_total{project!="kiosk"} * 0 + 0.999)
      - record: project:sentry_crash_free:objective
        expr: max by (organization, project) (sentry_sessions_total{project="kiosk"} * 0 + 0.98)
      ```

      Session counters are read every five minutes, so the windows of the burn rates are 1 h with
      20 min, 6 h with 1 h, and 3 d with 6 h. Quotas are those of the exporter's configuration; without
      `quota: {limits: …}` their rules are quiet.

      ## Recorded series

      Series that the rules record; dashboards use them too.

      """;

  @TempDir Path work = Path.of("");

  private record Rule(String kind, String name, String expression) {
    boolean isAlert() {
      return kind.equals("alert");
    }
  }

  @Test
  @Tag(RealParts.TAG)
  void promtoolTakesThemAndTheyFireWhenTheyShould() {
    Path promtool = RealParts.program("promtool", "prometheus");

    assertThat(Program.read(Program.NO_INPUT, work, promtool, "check", "rules", ALERTS))
        .contains("SUCCESS");
    for (Path cases : CASES) {
      try (var test = Program.start(work, promtool, "test", "rules", cases)) {
        assertThat(test.exitCode(PATIENCE)).as(test.out() + test.err()).isZero();
      }
    }
  }

  @Test
  void theyQueryOnlyMetricsThatExistAndSeriesThatAreRecorded() throws IOException {
    Set<String> known =
        Stream.of(
                CollectorCatalog.types().stream().map(CollectorType::metrics).flatMap(List::stream),
                HttpProber.DECLARED.stream(),
                SentryProber.DECLARED.stream(),
                ExporterMetrics.DECLARED.stream())
            .flatMap(metrics -> metrics)
            .map(Metric::name)
            .collect(Collectors.toSet());
    String text = Files.readString(ALERTS);
    Set<String> recorded =
        rules().stream()
            .filter(rule -> !rule.isAlert())
            .map(Rule::name)
            .collect(Collectors.toSet());

    assertThat(rules()).hasSize(all(Pattern.compile("(?m)^ +(expr):"), text).size());
    assertThat(rules().stream().flatMap(rule -> found(METRIC, rule.expression())))
        .hasSizeGreaterThan(8)
        .isSubsetOf(known);
    assertThat(found(RECORDED, text)).containsAll(recorded).isSubsetOf(recorded);
  }

  @Test
  void eachIsTestedWithItsFaultAndWithoutAnyFault() throws IOException {
    var cases = new StringBuilder();
    for (Path file : CASES) {
      cases.append(Files.readString(file));
    }

    assertThat(all(FIRING, cases.toString())).containsAll(alerts());
    assertThat(all(QUIET, cases.toString())).containsAll(alerts());
  }

  @Test
  void eachHasARunbookBelowTheAddressOfTheProject() throws IOException {
    var address = ADDRESS.matcher(Files.readString(Path.of("pom.xml")));
    assertThat(address.find()).isTrue();
    String runbooks = address.group(1) + "/docs/runbooks/";
    String text = Files.readString(ALERTS);

    Golden.assertMatches(
        ALERTS,
        RUNBOOK
            .matcher(text)
            .replaceAll(rule -> {
              String url = runbooks + rule.group(1) + ".md";
              return rule.group().substring(0, rule.start(2) - rule.start()) + url;
            }));
    assertThat(all(RUNBOOK, text)).isEqualTo(alerts());
    try (Stream<Path> pages = Files.list(RUNBOOKS)) {
      assertThat(pages.map(page -> page.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              alerts().stream().map(alert -> alert + ".md").toList());
    }
    for (String alert : alerts()) {
      assertThat(Files.readString(RUNBOOKS.resolve(alert + ".md")))
          .startsWith("# " + alert + "\n\n")
          .contains("\n## What to look at\n\n- ", "\n## What to do\n\n- ");
    }
  }

  @Test
  void theirPageListsThem() throws IOException {
    String text = Files.readString(ALERTS);
    var page = new StringBuilder(BEGINNING);
    for (MatchResult rule : STATED.matcher(text).results().toList()) {
      String alert = rule.group(1);
      String runbook = Files.readString(RUNBOOKS.resolve(alert + ".md"));
      String meaning = SENTENCE.split(runbook.split("\n\n", -1)[1], 2)[0];
      page.append(
          Paragraph.of(
              "- ",
              "  ",
              "[%s](runbooks/%s.md) (%s, after %s): %s"
                  .formatted(alert, alert, rule.group(3), rule.group(2), meaning)));
    }
    assertThat(STATED.matcher(text).results().count()).isEqualTo(alerts().size());
    page.append(OBJECTIVES);
    for (Rule rule : rules()) {
      if (!rule.isAlert()) {
        page.append("- `").append(rule.name()).append("`\n");
      }
    }
    Golden.assertMatches(Path.of("docs/alerts.md"), page.toString());
  }

  private static List<Rule> rules() throws IOException {
    return RULE.matcher(Files.readString(ALERTS))
        .results()
        .map(rule -> new Rule(rule.group(1), rule.group(2), rule.group(3)))
        .toList();
  }

  private static List<String> alerts() throws IOException {
    return rules().stream().filter(Rule::isAlert).map(Rule::name).toList();
  }

  private static List<String> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(match -> match.group(1)).toList();
  }

  private static Stream<String> found(Pattern pattern, String expression) {
    return pattern
        .matcher(expression.replaceAll("\"[^\"]*\"", ""))
        .results()
        .map(MatchResult::group);
  }
}
