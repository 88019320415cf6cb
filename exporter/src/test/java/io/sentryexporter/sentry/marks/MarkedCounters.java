package io.sentryexporter.sentry.marks;

import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.sentry.api.CounterRequest;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.testing.TestMetrics;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// Counters of an organization and their marks, with a clock that a test moves by hand.
final class MarkedCounters {
  static final Instant NOVEMBER = Instant.parse("2026-11-01T00:00:00Z");
  static final Instant DECEMBER = Instant.parse("2026-12-01T00:00:00Z");
  static final OutcomeKey ACCEPTED = new OutcomeKey("error", "accepted");
  static final OutcomeKey FILTERED = new OutcomeKey("error", "filtered");
  static final Requested ACME = new Requested("acme", Epoch.MONTH);

  final TestClock clock = new TestClock(NOVEMBER);
  private final ExporterMetrics metrics = TestMetrics.create();

  /// A counter that a test feeds by hand.
  record Requested(String organization, Epoch epoch, Duration refreshInterval)
      implements CounterRequest {
    Requested(String organization, Epoch epoch) {
      this(organization, epoch, Duration.ofMinutes(1));
    }

    @Override
    public Counting counting() {
      return Counting.refreshedEach(refreshInterval, epoch);
    }

    @Override
    public String markName() {
      return "outcomes";
    }

    @Override
    public String name() {
      return "outcomes";
    }

    @Override
    public Totals fetch(Fetching sentry) {
      throw new UnsupportedOperationException();
    }
  }

  HighWaterMarks marks(MarksStorage storage) {
    return instances(storage).of("default", URI.create("https://sentry.example"));
  }

  InstanceMarks instances(MarksStorage storage) {
    return new InstanceMarks(storage, metrics.sentry(), clock::nanos);
  }

  long held() {
    return value("sentry_exporter_counters_held{collector=\"outcomes\"}");
  }

  long corrections() {
    return value("sentry_exporter_corrections_total{collector=\"outcomes\"}");
  }

  private long value(String series) {
    String page = new String(metrics.page(Exposition.TEXT), StandardCharsets.UTF_8);
    return page.lines()
        .filter(line -> line.startsWith(series))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .sum();
  }

  static Totals november(int second, long accepted, long filtered) {
    return new Totals(
        NOVEMBER,
        NOVEMBER.plusSeconds(second),
        Map.of(7L, Map.of(ACCEPTED, accepted, FILTERED, filtered)));
  }

  static Totals december(int second, long accepted, long filtered) {
    return new Totals(
        DECEMBER,
        DECEMBER.plusSeconds(second),
        Map.of(7L, Map.of(ACCEPTED, accepted, FILTERED, filtered)));
  }

  static long accepted(Totals totals) {
    return totals.of(7).getOrDefault(ACCEPTED, -1L);
  }
}
