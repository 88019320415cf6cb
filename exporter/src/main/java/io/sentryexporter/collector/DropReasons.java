package io.sentryexporter.collector;

import static java.util.stream.Collectors.summingLong;

import io.sentryexporter.collector.CategoryName.Unit;
import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Totals;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Reasons for which data of the organization was dropped, by category and outcome; their number is
/// bounded.
///
/// Sentry's reasons are free text, some with a number after a colon, such as `Sampled:1000`;
/// reasons that differ only there are one. Each category and outcome keeps the first 50 reasons by
/// name; the others are summed as `__other__`. The order is by name, not by quantity: then a reason
/// can move into `__other__` but never out of it, and no counter decreases.
final class DropReasons {
  static final Metric REASONS =
      Metric.counter(
          "sentry_outcome_reasons_total",
          "Events of the organization that were not accepted, by reason, since the start of the UTC"
              + " month, or day. Text after a colon is left out of the reason.",
          "category",
          "outcome",
          "reason");
  static final Metric TRUNCATED =
      Metric.gauge(
          "sentry_outcome_reasons_truncated",
          "Number of reasons counted as __other__ in sentry_outcome_reasons_total.",
          "category",
          "outcome");

  static final int MOST = 50;
  static final String OTHER = "__other__";

  private static final Comparator<OutcomeKey> ORDER =
      Comparator.comparing(OutcomeKey::category)
          .thenComparing(OutcomeKey::outcome)
          .thenComparing(OutcomeKey::reason);

  private DropReasons() {}

  /// @param isWanted of a category
  static List<MetricFamily> families(Totals totals, Predicate<String> isWanted) {
    var samples = new ArrayList<Sample>();
    var truncated = new ArrayList<Sample>();
    byKind(totals, isWanted)
        .forEach((kind, quantities) -> {
          int rest = Math.max(0, quantities.size() - MOST);
          long other = quantities.values().stream().skip(MOST).mapToLong(Long::longValue).sum();
          quantities.entrySet().stream()
              .limit(MOST)
              .forEach(entry -> samples.add(sample(kind, entry.getKey(), entry.getValue())));
          if (rest > 0) {
            samples.add(sample(kind, OTHER, other));
          }
          truncated.add(Sample.now(rest, kind.category(), kind.outcome()));
        });
    return List.of(
        MetricFamily.since(totals.start(), REASONS, samples),
        new MetricFamily(TRUNCATED, truncated));
  }

  private static Sample sample(OutcomeKey kind, String reason, long quantity) {
    return Sample.now((double) quantity, kind.category(), kind.outcome(), reason);
  }

  /// Quantities by reason, by category and outcome.
  private static SortedMap<OutcomeKey, SortedMap<String, Long>> byKind(
      Totals totals, Predicate<String> isWanted) {
    return totals.of(Totals.WHOLE_ORGANIZATION).entrySet().stream()
        .filter(entry -> isDropped(entry.getKey(), isWanted))
        .collect(
            Collectors.groupingBy(
                entry -> new OutcomeKey(entry.getKey().category(), entry.getKey().outcome()),
                () -> new TreeMap<OutcomeKey, SortedMap<String, Long>>(ORDER),
                Collectors.groupingBy(
                    entry -> plain(entry.getKey().reason()),
                    () -> new TreeMap<String, Long>(),
                    summingLong(Map.Entry::getValue))));
  }

  /// Whether a category is counted here. Bytes and time are not, because one family has one unit.
  private static boolean isDropped(OutcomeKey kind, Predicate<String> isWanted) {
    return !kind.outcome().equals(OutcomeKey.ACCEPTED)
        && Unit.of(kind.category()) == Unit.EVENTS
        && isWanted.test(kind.category());
  }

  /// A reason without its variable part.
  private static String plain(String reason) {
    int colon = reason.indexOf(':');
    return colon > 0 ? reason.substring(0, colon) : reason;
  }
}
