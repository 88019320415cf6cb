package io.sentryexporter.probe;

import io.sentryexporter.collector.ConfiguredCollector;
import io.sentryexporter.config.SentryModule.SeriesLimits;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.metrics.Exposition.CreatedSeries;
import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.probe.ProbeResult.Failure;
import io.sentryexporter.sentry.model.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The page of a probe of `prober: sentry`: the metrics of its collectors, then its own; and the
/// metrics that both probers have.
final class ProbeMetrics {
  static final Metric SUCCESS =
      Metric.gauge(
          "sentry_probe_success",
          "Whether all data of the probe is fresh (1) or not (0). Collectors that this Sentry"
              + " server does not support are ignored, unless none has data.");
  static final Metric DURATION =
      Metric.gauge("sentry_probe_duration_seconds", "Duration of the probe.");
  static final Metric DATA_AGE =
      Metric.gauge(
          "sentry_probe_data_age_seconds",
          "Age of the oldest answer behind the data of the collector, which is http for prober:"
              + " http.",
          "collector");
  static final Metric FAILURE =
      Metric.info(
          "sentry_probe_failure_info",
          "Why data of the collector, which is http for prober: http, is missing or old.",
          "collector",
          "reason");
  static final Metric COLLECTOR_SUCCESS =
      Metric.gauge(
          "sentry_probe_collector_success",
          "Whether all data of the collector is fresh (1), or some is missing or old (0).",
          "collector");
  static final Metric COLLECTOR_DURATION =
      Metric.gauge(
          "sentry_probe_collector_duration_seconds", "Duration of the collector.", "collector");
  static final Metric SERIES_TRUNCATED =
      Metric.gauge(
          "sentry_probe_series_truncated",
          "Series left out of this page because it, or a project, has more than the limit that the"
              + " cause names.",
          "cause");

  static final String BEYOND_PAGE = "max_series";
  static final String BEYOND_PROJECT = "max_series_per_project";

  /// Maximum number of collectors named for a reason.
  private static final int MOST_NAMES = 3;

  private static final String ORGANIZATION = "organization";
  private static final Logger log = LoggerFactory.getLogger(ProbeMetrics.class);

  private final Map<String, CollectorResult> results = new LinkedHashMap<>();
  private final List<Sample> durations = new ArrayList<>();
  private final List<Sample> ages = new ArrayList<>();
  private final SequencedMap<String, Reason> failed = new LinkedHashMap<>();
  private final List<Failure> failures = new ArrayList<>();
  private @Nullable Reason failure;

  /// How a collector of a probe ended.
  ///
  /// @param families supplies the metric families
  /// @param basis answers that the families are made from
  /// @param age of the oldest answer behind the families; null if Sentry returned nothing
  /// @param failure why an answer is missing, or why an old one stands in; null if all are new
  record CollectorResult(
      Supplier<List<MetricFamily>> families,
      List<Object> basis,
      @Nullable Duration age,
      @Nullable Failure failure,
      Duration duration) {
    CollectorResult {
      basis = List.copyOf(basis);
    }

    /// The result of a collector without data.
    static CollectorResult failed(Failure failure, Duration duration) {
      return new CollectorResult(List::of, List.of(), null, failure, duration);
    }
  }

  void add(ConfiguredCollector collector, CollectorResult result) {
    String name = collector.type().name();
    results.put(name, result);
    if (result.age() != null) {
      ages.add(Sample.now(seconds(result.age()), name));
    }
    durations.add(Sample.now(seconds(result.duration()), name));
    if (result.failure() != null) {
      failed(name, result.failure());
    }
  }

  private void failed(String collector, Failure ended) {
    failures.add(ended);
    failed.put(collector, ended.reason());
    if (failure == null && ended.reason() != Reason.UNSUPPORTED) {
      failure = ended.reason();
    }
  }

  /// The answers that the metrics are made from.
  List<Object> basis() {
    return results.values().stream().map(CollectorResult::basis).<Object>map(b -> b).toList();
  }

  /// Makes the metrics of the collectors.
  Rendering.Made ofCollectors(String organization, SeriesTruncation cut, PageMemory.Room room)
      throws PageMemory.NoRoomException, PageMemory.GoneException {
    var byName = new LinkedHashMap<String, MetricFamily>();
    var broken = new HashSet<String>();
    long series = 0;
    for (Map.Entry<String, CollectorResult> each : results.entrySet()) {
      if (!room.isWanted()) {
        throw new PageMemory.GoneException();
      }
      try {
        for (MetricFamily family : each.getValue().families().get()) {
          series += family.samples().size();
          // collectors may share a metric: its family appears once, with the samples of all
          byName.merge(family.metric().name(), family, ProbeMetrics::joined);
        }
      } catch (RuntimeException e) { // a bug must not cost the other collectors
        log.atError()
            .addKeyValue("collector", each.getKey())
            .addKeyValue("organization", organization)
            .setCause(e)
            .log("internal error in a collector");
        broken.add(each.getKey());
      }
      room.has(series);
    }
    List<MetricFamily> families = cut.of(List.copyOf(byName.values()));
    return new Rendering.Made(
        new Exposition.Label(ORGANIZATION, organization), families, series, cut.counts(), broken);
  }

  /// Collectors whose metrics could not be made because of a bug in the exporter.
  void broken(Set<String> collectors) {
    var failed =
        new Failure(Reason.INTERNAL, "the collector's metrics cannot be made; see the log");
    collectors.forEach(collector -> failed(collector, failed));
  }

  private static MetricFamily joined(MetricFamily first, MetricFamily second) {
    if (!first.metric().equals(second.metric())) {
      log.atError()
          .addKeyValue("metric", first.metric().name())
          .log("two collectors declare one metric in two ways; only the first is served");
      return first;
    }
    var samples = new ArrayList<>(first.samples());
    samples.addAll(second.samples());
    return new MetricFamily(first.metric(), first.since(), samples);
  }

  /// Why the probe did not succeed, by the first collector that did not; null if it did.
  ///
  /// A probe without any data is not a success for any reason.
  @Nullable Reason failure() {
    return failure == null && ages.isEmpty() ? Reason.UNSUPPORTED : failure;
  }

  /// Why the probe did not succeed, in the order of its collectors. What this Sentry does not have
  /// counts only if there is no other reason.
  List<Failure> failures() {
    return failures.stream()
        .filter(one -> one.reason() != Reason.UNSUPPORTED || failure() == Reason.UNSUPPORTED)
        .toList();
  }

  /// The failure of each collector that has one.
  Map<String, Failure> failed() {
    var each = new LinkedHashMap<String, Failure>();
    results.forEach((collector, result) -> {
      if (result.failure() != null) {
        each.put(collector, result.failure());
      }
    });
    return each;
  }

  /// The first of the failures; null if the probe succeeded.
  @Nullable Failure cause() {
    Reason reason = failure();
    if (reason == null) {
      return null;
    }
    List<Failure> all = failures();
    return all.isEmpty() ? new Failure(reason, reason.meaning()) : all.getFirst();
  }

  /// The age of the oldest answer behind the data; null without data.
  @Nullable Duration age() {
    Duration oldest = null;
    for (CollectorResult result : results.values()) {
      Duration age = result.age();
      if (age != null && (oldest == null || age.compareTo(oldest) > 0)) {
        oldest = age;
      }
    }
    return oldest;
  }

  /// Why the probe did not succeed, in a few words; null if it did.
  @Nullable String failureText() {
    Reason reason = failure();
    if (reason == null) {
      return null;
    }
    return failed.isEmpty() ? reason.label() : text(failed);
  }

  /// Each reason with its collectors.
  static String text(SequencedMap<String, Reason> failed) {
    var collectors = new LinkedHashMap<Reason, List<String>>();
    failed.forEach((collector, reason) ->
        collectors.computeIfAbsent(reason, _ -> new ArrayList<>()).add(collector));
    return collectors.entrySet().stream()
        .map(entry -> entry.getKey().label() + " (" + firstOf(entry.getValue()) + ")")
        .collect(Collectors.joining(", "));
  }

  private static String firstOf(List<String> names) {
    return names.size() <= MOST_NAMES
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, MOST_NAMES)) + ", …";
  }

  /// The metrics of this probe alone, in the order of the page.
  List<MetricFamily> own(SeriesTruncation.Counts truncated, Duration duration) {
    var families = new ArrayList<MetricFamily>();
    families.add(MetricFamily.of(SUCCESS, failure() == null ? 1 : 0));
    families.add(MetricFamily.of(DURATION, seconds(duration)));
    families.add(new MetricFamily(COLLECTOR_SUCCESS, successes()));
    families.add(new MetricFamily(COLLECTOR_DURATION, durations));
    if (!ages.isEmpty()) {
      families.add(new MetricFamily(DATA_AGE, ages));
    }
    if (!failed.isEmpty()) {
      var samples = new ArrayList<Sample>();
      failed.forEach((collector, reason) -> samples.add(Sample.now(1, collector, reason.label())));
      families.add(new MetricFamily(FAILURE, samples));
    }
    families.add(
        new MetricFamily(
            SERIES_TRUNCATED,
            List.of(
                Sample.now((double) truncated.page(), BEYOND_PAGE),
                Sample.now((double) truncated.project(), BEYOND_PROJECT))));
    return families;
  }

  private List<Sample> successes() {
    return results.keySet().stream()
        .map(collector -> Sample.now(failed.containsKey(collector) ? 0 : 1, collector))
        .toList();
  }

  private static double seconds(Duration duration) {
    return Math.max(0, duration.toNanos() / 1e9);
  }

  /// Removes series beyond the limits from one page. Every probe loses the same series, because
  /// collectors return theirs in the same order. Series are counted as Prometheus stores them: a
  /// counter with its start time is two.
  static final class SeriesTruncation {
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
      List<Sample> samples = family.samples();
      var kept = new ArrayList<Sample>();
      boolean isCut = false;
      int project = family.metric().labels().indexOf(PROJECT);
      int series = created.seriesOfSample(family);
      for (int i = 0; i < samples.size(); i++) {
        Sample sample = samples.get(i);
        if (!hasPlace(sample, series, project)) {
          if (!isCut) {
            kept.addAll(samples.subList(0, i)); // a copy only where it differs
          }
          isCut = true;
        } else if (isCut) {
          kept.add(sample);
        }
      }
      return isCut ? new MetricFamily(family.metric(), family.since(), kept) : family;
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
}
