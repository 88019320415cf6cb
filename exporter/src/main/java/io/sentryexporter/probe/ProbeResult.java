package io.sentryexporter.probe;

import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.sentry.model.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How a probe ended.
///
/// @param failure why it did not succeed, null if it did
/// @param failed why collectors have no new data, by their names in the order of the page
/// @param figures the first part of the page, null if there is none; closed when it is sent
/// @param families the rest of the page, in its order
public record ProbeResult(
    @Nullable Reason failure,
    SequencedMap<String, Reason> failed,
    Duration duration,
    PageMemory.@Nullable Reading figures,
    List<MetricFamily> families) {
  /// The metrics that both probers have.
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

  private static final int MOST_NAMES = 3;

  public ProbeResult {
    failed = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(failed));
    families = List.copyOf(families);
  }

  /// The result of a probe whose page shares no part with others.
  ProbeResult(
      @Nullable Reason failure,
      SequencedMap<String, Reason> failed,
      Duration duration,
      List<MetricFamily> families) {
    this(failure, failed, duration, null, families);
  }

  /// The result of a probe without collectors.
  ProbeResult(@Nullable Reason failure, Duration duration, List<MetricFamily> families) {
    this(failure, new LinkedHashMap<>(), duration, families);
  }

  public boolean succeeded() {
    return failure == null;
  }

  /// Why the probe did not succeed, in a few words: each reason with its collectors; null if it
  /// did.
  @Nullable String failureText() {
    if (failure == null) {
      return null;
    }
    Map<Reason, List<String>> collectors = new LinkedHashMap<>();
    failed.forEach((collector, reason) ->
        collectors.computeIfAbsent(reason, _ -> new ArrayList<>()).add(collector));
    return collectors.isEmpty()
        ? failure.label()
        : collectors.entrySet().stream()
            .map(entry -> entry.getKey().label() + " (" + firstOf(entry.getValue()) + ")")
            .collect(Collectors.joining(", "));
  }

  private static String firstOf(List<String> names) {
    return names.size() <= MOST_NAMES
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, MOST_NAMES)) + ", …";
  }
}
