package io.sentryexporter.probe;

import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.sentry.model.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How a probe ended.
///
/// @param failure why it did not succeed, null if it did
/// @param families what the scrape gets, in the order of the page
public record ProbeResult(
    @Nullable Reason failure, Duration duration, List<MetricFamily> families) {
  private static final int MOST_NAMES = 3;

  public ProbeResult {
    families = List.copyOf(families);
  }

  public boolean succeeded() {
    return failure == null;
  }

  /// Why it did not succeed, in a few words: each reason with the collectors it is of; null if it
  /// did.
  @Nullable String failureText() {
    if (failure == null) {
      return null;
    }
    Map<String, List<String>> collectors = new LinkedHashMap<>();
    for (MetricFamily family : families) {
      if (family.metric().equals(SentryPage.FAILURE)) {
        for (Sample sample : family.samples()) {
          var reason = sample.labelValues().getLast();
          collectors
              .computeIfAbsent(reason, _ -> new ArrayList<>())
              .add(sample.labelValues().getFirst());
        }
      }
    }
    return collectors.isEmpty()
        ? failure.label()
        : collectors.entrySet().stream()
            .map(entry -> entry.getKey() + " (" + firstOf(entry.getValue()) + ")")
            .collect(Collectors.joining(", "));
  }

  private static String firstOf(List<String> names) {
    return names.size() <= MOST_NAMES
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, MOST_NAMES)) + ", …";
  }
}
