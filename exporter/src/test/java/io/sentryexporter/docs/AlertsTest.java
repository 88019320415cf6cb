package io.sentryexporter.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.collector.CollectorCatalog;
import io.sentryexporter.collector.CollectorType;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Metric;
import io.sentryexporter.probe.HttpProber;
import io.sentryexporter.probe.SentryProber;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RealParts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The alerting rules of the distribution.
class AlertsTest {
  private static final Path ALERTS = Path.of("examples/alerts.yml").toAbsolutePath();
  private static final Path CASES =
      Path.of("exporter/src/test/resources/alerts.test.yml").toAbsolutePath();
  private static final Pattern METRIC = Pattern.compile("\\bsentry_[a-z_]+\\b");
  private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");
  private static final Pattern EXPRESSION =
      Pattern.compile("expr:(.*?)\n +(?:for|labels):", Pattern.DOTALL);
  private static final Pattern FIRING = Pattern.compile("alertname: (\\w+)\n +exp_alerts:");
  private static final Pattern QUIET = Pattern.compile("alertname: (\\w+)}");

  @TempDir Path work = Path.of("");

  @Test
  @Tag(RealParts.TAG)
  void promtoolTakesThemAndTheyFireWhenTheyShould() {
    Path promtool = RealParts.program("promtool", "prometheus");

    assertThat(Program.read(Program.NO_INPUT, work, promtool, "check", "rules", ALERTS))
        .contains("SUCCESS");
    assertThat(Program.read(Program.NO_INPUT, work, promtool, "test", "rules", CASES))
        .contains("SUCCESS");
  }

  @Test
  void theyQueryOnlyMetricsThatExist() throws IOException {
    Set<String> known =
        Stream.of(
                CollectorCatalog.types().stream().map(CollectorType::metrics).flatMap(List::stream),
                HttpProber.DECLARED.stream(),
                SentryProber.DECLARED.stream(),
                ExporterMetrics.DECLARED.stream())
            .flatMap(metrics -> metrics)
            .map(Metric::name)
            .collect(Collectors.toSet());
    List<String> expressions = matches(EXPRESSION, Files.readString(ALERTS));

    assertThat(expressions).hasSameSizeAs(matches(ALERT, Files.readString(ALERTS)));
    assertThat(expressions.stream().flatMap(AlertsTest::metrics))
        .hasSizeGreaterThan(8)
        .isSubsetOf(known);
  }

  @Test
  void eachIsTestedWithItsFaultAndWithoutAnyFault() throws IOException {
    List<String> alerts = matches(ALERT, Files.readString(ALERTS));
    String cases = Files.readString(CASES);

    assertThat(matches(FIRING, cases)).containsAll(alerts);
    assertThat(matches(QUIET, cases)).containsAll(alerts);
  }

  private static List<String> matches(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(match -> match.group(1)).toList();
  }

  private static Stream<String> metrics(String expression) {
    return METRIC
        .matcher(expression.replaceAll("\"[^\"]*\"", ""))
        .results()
        .map(MatchResult::group);
  }
}
