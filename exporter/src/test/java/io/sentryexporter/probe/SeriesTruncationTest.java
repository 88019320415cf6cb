package io.sentryexporter.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.config.SentryModule.SeriesLimits;
import io.sentryexporter.metrics.Exposition.CreatedSeries;
import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.probe.ProbeMetrics.SeriesTruncation;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeriesTruncationTest {
  private static final Metric EVENTS = Metric.gauge("events", "Events.", "category", "project");
  private static final Metric TEAMS = Metric.gauge("teams", "Teams.", "team");

  private static final List<MetricFamily> PAGE =
      List.of(
          new MetricFamily(
              EVENTS,
              List.of(
                  Sample.now(1, "error", "web"),
                  Sample.now(2, "span", "web"),
                  Sample.now(3, "error", "api"),
                  Sample.now(4, "replay", "web"))),
          new MetricFamily(TEAMS, List.of(Sample.now(5, "a"), Sample.now(6, "b"))));

  @Test
  void aPageWithinTheLimitsStaysAsItIs() {
    var cut = new SeriesTruncation(new SeriesLimits(6, 3), CreatedSeries.LEFT_OUT);

    assertThat(cut.of(PAGE)).isEqualTo(PAGE);
    assertThat(cut.counts().page()).isZero();
    assertThat(cut.counts().project()).isZero();
  }

  @Test
  void aProjectWithTooManySeriesLosesTheLastAndNoOtherLosesAny() {
    var cut = new SeriesTruncation(new SeriesLimits(100, 2), CreatedSeries.LEFT_OUT);

    assertThat(values(cut.of(PAGE))).containsExactly(1.0, 2.0, 3.0, 5.0, 6.0);
    assertThat(cut.counts().project()).isOne();
    assertThat(cut.counts().page()).isZero();
  }

  @Test
  void aFullPageLosesItsEnd() {
    var cut = new SeriesTruncation(new SeriesLimits(4, 100), CreatedSeries.LEFT_OUT);

    assertThat(values(cut.of(PAGE))).containsExactly(1.0, 2.0, 3.0, 4.0);
    assertThat(cut.counts().page()).isEqualTo(2);
  }

  @Test
  void aCounterWhoseStartIsASeriesCountsTwice() {
    var counter = Metric.counter("outcomes_total", "Outcomes.", "category", "project");
    var family =
        MetricFamily.since(
            Instant.EPOCH,
            counter,
            List.of(
                Sample.now(1, "error", "web"),
                Sample.now(2, "span", "web"),
                Sample.now(3, "error", "api"),
                Sample.now(4, "error", "app")));

    var ofPage = new SeriesTruncation(new SeriesLimits(5, 100), CreatedSeries.WRITTEN);
    assertThat(values(ofPage.of(List.of(family)))).containsExactly(1.0, 2.0);
    assertThat(ofPage.counts().page()).isEqualTo(4);

    var ofProject = new SeriesTruncation(new SeriesLimits(100, 3), CreatedSeries.WRITTEN);
    assertThat(values(ofProject.of(List.of(family)))).containsExactly(1.0, 3.0, 4.0);
    assertThat(ofProject.counts().project()).isEqualTo(2);

    var one = new SeriesTruncation(new SeriesLimits(4, 2), CreatedSeries.LEFT_OUT);
    assertThat(one.of(List.of(family))).containsExactly(family);
  }

  private static List<Double> values(List<MetricFamily> families) {
    return families.stream()
        .flatMap(family -> family.samples().stream())
        .map(Sample::value)
        .toList();
  }
}
