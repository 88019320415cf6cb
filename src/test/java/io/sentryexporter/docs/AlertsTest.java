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
  private static final Path ALERTS = Path.of("src/dist/examples/alerts.yml").toAbsolutePath();
  private static final Path CASES = Path.of("src/test/resources/alerts.test.yml").toAbsolutePath();
  private static final Pattern METRIC = Pattern.compile("\\bsentry_[a-z_]+\\b(?=[ {])");

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
  void theyAskForNoMetricThatIsNotThere() throws IOException {
    Set<String> known =
        Stream.of(
                CollectorCatalog.ALL.stream().map(CollectorType::metrics).flatMap(List::stream),
                HttpProber.DECLARED.stream(),
                SentryProber.DECLARED.stream(),
                ExporterMetrics.DECLARED.stream())
            .flatMap(metrics -> metrics)
            .map(Metric::name)
            .collect(Collectors.toSet());
    List<String> expressions =
        Files.readAllLines(ALERTS).stream()
            .filter(line -> line.matches(" +(expr:|sentry_|unless|and|sum by|/ sum by).*"))
            .toList();

    assertThat(expressions).hasSizeGreaterThan(8);
    assertThat(expressions.stream().flatMap(AlertsTest::metrics))
        .hasSizeGreaterThan(8)
        .isSubsetOf(known);
  }

  private static Stream<String> metrics(String expression) {
    return METRIC
        .matcher(expression.replace("sentry_exporter\"", "") + " ")
        .results()
        .map(MatchResult::group);
  }
}
