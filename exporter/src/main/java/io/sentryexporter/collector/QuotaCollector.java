package io.sentryexporter.collector;

import io.sentryexporter.collector.CategoryName.Unit;
import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.sentry.SentrySession;
import io.sentryexporter.sentry.api.Outcomes;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.text.Quoted;
import io.sentryexporter.yaml.Key;
import io.sentryexporter.yaml.Location;
import io.sentryexporter.yaml.YamlMap;
import io.sentryexporter.yaml.YamlMap.Entry;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Exposes the quota of the organization, and how much of it is used. Sentry does not report the
/// quota, so it comes from the configuration.
///
/// @param limits by category, in events, bytes or seconds, as the category is counted
/// @param startDay of the month, 1 to 28
record QuotaCollector(Map<String, Long> limits, int startDay, ZoneId timeZone)
    implements Collector {
  static final Key<YamlMap> LIMITS =
      Key.mapOf(
          "limits",
          "<category>: <number>",
          "What the plan allows in a period, by category: events, for `attachment`, `log_byte` and"
              + " `trace_metric_byte` bytes, for `profile_duration` and `profile_duration_ui`"
              + " seconds. A category that is not named has no limit.");
  static final Key<Integer> PERIOD_START_DAY =
      Key.integer(
          "period_start_day",
          1,
          31,
          "The day of the month on which the billing period begins; in a shorter month its last"
              + " day.");
  static final Key<ZoneId> TIME_ZONE =
      Key.<ZoneId>text(
          "time_zone",
          "<zone>",
          "Time zone in which that day begins, such as `Europe/Berlin`. Absent: UTC.",
          ZoneOffset.UTC,
          QuotaCollector::readZone);

  static final Metric LIMIT =
      Metric.gauge(
          "sentry_quota_limit",
          "Events that the plan allows in a period, as configured.",
          "category");
  static final Metric LIMIT_BYTES =
      Metric.gauge(
          "sentry_quota_limit_bytes",
          "Bytes that the plan allows in a period, as configured.",
          "category");
  static final Metric LIMIT_SECONDS =
      Metric.gauge(
          "sentry_quota_limit_seconds",
          "Profiled time that the plan allows in a period, as configured.",
          "category");
  static final Metric USED =
      Metric.gauge(
          "sentry_quota_used",
          "Events accepted since the UTC day in which the period began.",
          "category");
  static final Metric USED_BYTES =
      Metric.gauge(
          "sentry_quota_used_bytes",
          "Bytes accepted since the UTC day in which the period began.",
          "category");
  static final Metric USED_SECONDS =
      Metric.gauge(
          "sentry_quota_used_seconds",
          "Profiled time accepted since the UTC day in which the period began.",
          "category");
  static final Metric PERIOD_START =
      Metric.gauge("sentry_quota_period_start_timestamp_seconds", "Start time of the period.");
  static final Metric PERIOD_END =
      Metric.gauge("sentry_quota_period_end_timestamp_seconds", "Start time of the next period.");

  static final CollectorType TYPE =
      new CollectorType(
          "quota",
          "What the plan allows and what is used of it, of the organization as a whole. Nothing"
              + " for a single project.",
          "1",
          false,
          Duration.ofMinutes(5),
          List.of(Endpoint.ORGANIZATION_STATS_V2),
          List.of(LIMITS, PERIOD_START_DAY, TIME_ZONE),
          List.of(
              LIMIT,
              LIMIT_BYTES,
              LIMIT_SECONDS,
              USED,
              USED_BYTES,
              USED_SECONDS,
              PERIOD_START,
              PERIOD_END),
          yaml ->
              new QuotaCollector(
                  readLimits(yaml.get(LIMITS)), yaml.get(PERIOD_START_DAY), yaml.get(TIME_ZONE)));

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  QuotaCollector {
    limits = Map.copyOf(limits);
  }

  /// A billing period.
  ///
  /// @param end exclusive
  record Period(Instant start, Instant end) {
    /// The start of the UTC day in which the period begins: Sentry counts whole days. Up to a day
    /// of the period before is counted too, so that the usage is never reported too low.
    Instant countedFrom() {
      return start.truncatedTo(ChronoUnit.DAYS);
    }
  }

  @Override
  public Supplier<List<MetricFamily>> collect(SentrySession sentry, Scope scope, Instant now)
      throws InterruptedException {
    if (!scope.isOfOrganization()) {
      return List::of;
    }
    Period period = period(now);
    Totals accepted =
        sentry.answer(new Outcomes.Accepted(scope.organization(), period.countedFrom()));
    return () -> families(period, accepted);
  }

  @Override
  public boolean needsProjects(Scope scope) {
    return false;
  }

  /// The period that `now` is in.
  Period period(Instant now) {
    LocalDate today = LocalDate.ofInstant(now, timeZone);
    var thisMonth = YearMonth.from(today);
    YearMonth month = startIn(thisMonth).isAfter(today) ? thisMonth.minusMonths(1) : thisMonth;
    return new Period(
        startIn(month).atStartOfDay(timeZone).toInstant(),
        startIn(month.plusMonths(1)).atStartOfDay(timeZone).toInstant());
  }

  private LocalDate startIn(YearMonth month) {
    return month.atDay(Math.min(startDay, month.lengthOfMonth()));
  }

  /// The configured quota, and its usage if that is known.
  ///
  /// @param accepted null if it is not
  List<MetricFamily> families(Period period, @Nullable Totals accepted) {
    SortedMap<String, Long> used = accepted == null ? new TreeMap<>() : used(accepted);
    var families = new ArrayList<MetricFamily>();
    for (Unit unit : Unit.values()) {
      families.add(new MetricFamily(limitMetric(unit), limitSamples(unit)));
      families.add(new MetricFamily(usedMetric(unit), usedSamples(unit, used)));
    }
    families.add(MetricFamily.of(PERIOD_START, (double) period.start().getEpochSecond()));
    families.add(MetricFamily.of(PERIOD_END, (double) period.end().getEpochSecond()));
    return families;
  }

  private SortedMap<String, Long> used(Totals accepted) {
    var used = new TreeMap<String, Long>();
    for (String category : limits.keySet()) {
      if (accepted.isZero(
          Totals.WHOLE_ORGANIZATION, new OutcomeKey(category, OutcomeKey.ACCEPTED))) {
        used.put(category, 0L);
      }
    }
    accepted
        .of(Totals.WHOLE_ORGANIZATION)
        .forEach(
            (OutcomeKey kind, Long quantity) -> used.merge(kind.category(), quantity, Long::sum));
    return used;
  }

  private static Metric limitMetric(Unit unit) {
    return switch (unit) {
      case EVENTS -> LIMIT;
      case BYTES -> LIMIT_BYTES;
      case SECONDS -> LIMIT_SECONDS;
    };
  }

  private static Metric usedMetric(Unit unit) {
    return switch (unit) {
      case EVENTS -> USED;
      case BYTES -> USED_BYTES;
      case SECONDS -> USED_SECONDS;
    };
  }

  /// As configured, which is in base units already.
  private List<Sample> limitSamples(Unit unit) {
    return new TreeMap<>(limits)
        .entrySet().stream()
            .filter(entry -> Unit.of(entry.getKey()) == unit)
            .map(entry -> Sample.now((double) entry.getValue(), entry.getKey()))
            .toList();
  }

  private static List<Sample> usedSamples(Unit unit, SortedMap<String, Long> used) {
    return used.entrySet().stream()
        .filter(entry -> Unit.of(entry.getKey()) == unit)
        .map(entry -> Sample.now(unit.in(entry.getValue()), entry.getKey()))
        .toList();
  }

  private static Map<String, Long> readLimits(YamlMap yaml) {
    var limits = new TreeMap<String, Long>();
    for (Entry entry : yaml.entries()) {
      String category = CategoryName.read(entry.name(), entry.nameLocation());
      Long limit = entry.text().map(text -> readLimit(text, entry.location())).orElse(null);
      if (category != null && limit != null) {
        limits.put(category, limit);
      }
    }
    return limits;
  }

  private static @Nullable Long readLimit(String text, Location location) {
    if (NUMBER.matcher(text).matches()) {
      return Long.valueOf(text);
    }
    location.error(
        text.isEmpty()
            ? "without a value; write a number, or remove the key: no limit"
            : Quoted.of(text) + " is not a whole number; write digits only, such as 100000");
    return null;
  }

  private static @Nullable ZoneId readZone(String text, Location location) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException _) {
      location.error(
          Quoted.of(text) + " is not a time zone; write one such as Europe/Berlin or UTC");
      return null;
    }
  }
}
