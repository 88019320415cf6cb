package io.sentryexporter.probe;

import io.sentryexporter.config.SentryModule.SeriesLimits;
import io.sentryexporter.metrics.Exposition.CreatedSeries;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.Sample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Removes series beyond the limits from one page. Every probe loses the same series, because
/// collectors return theirs in the same order. Series are counted as Prometheus stores them: a
/// counter with its start time is two.
final class SeriesTruncation {
  private static final String PROJECT = "project";

  private final SeriesLimits limits;
  private final CreatedSeries created;
  private final Map<String, Integer> byProject = new HashMap<>();
  private int kept;
  private long beyondPage;
  private long beyondProject;

  SeriesTruncation(SeriesLimits limits, CreatedSeries created) {
    this.limits = limits;
    this.created = created;
  }

  /// Numbers of series left out.
  ///
  /// @param page because the page was full
  /// @param project because their project had too many
  record Counts(long page, long project) {
    static final Counts NONE = new Counts(0, 0);
  }

  /// Series left out so far.
  Counts counts() {
    return new Counts(beyondPage, beyondProject);
  }

  List<MetricFamily> of(List<MetricFamily> families) {
    long all =
        families.stream()
            .mapToLong(family -> (long) created.seriesOfSample(family) * family.samples().size())
            .sum();
    if (all <= Math.min(limits.page(), limits.project())) {
      return families;
    }
    return families.stream().map(this::of).toList();
  }

  private MetricFamily of(MetricFamily family) {
    var samples = new ArrayList<Sample>(family.samples().size());
    int project = family.metric().labels().indexOf(PROJECT);
    int series = created.seriesOfSample(family);
    for (Sample sample : family.samples()) {
      if (hasPlace(sample, series, project)) {
        samples.add(sample);
      }
    }
    return new MetricFamily(family.metric(), family.since(), samples);
  }

  /// @param series that Prometheus stores for it
  /// @param project position of the label `project`, negative if there is none
  private boolean hasPlace(Sample sample, int series, int project) {
    if (project >= 0) {
      int ofProject = byProject.merge(sample.labelValues().get(project), series, Integer::sum);
      if (ofProject > limits.project()) {
        beyondProject += series;
        return false;
      }
    }
    if (kept + series > limits.page()) {
      beyondPage += series;
      return false;
    }
    kept += series;
    return true;
  }
}
