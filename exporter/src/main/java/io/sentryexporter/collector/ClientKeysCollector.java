package io.sentryexporter.collector;

import static java.util.stream.Collectors.groupingBy;

import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.sentry.SentrySession;
import io.sentryexporter.sentry.api.ClientKeys;
import io.sentryexporter.sentry.api.ClientKeys.ClientKey;
import io.sentryexporter.sentry.model.Project;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Counts the client keys (DSNs) of each project, and those that are throttled. The DSN and secret
/// of a key are never read.
record ClientKeysCollector() implements Collector {
  static final Metric KEYS =
      Metric.gauge(
          "sentry_client_keys",
          "Client keys (DSNs) of a project that are active or disabled.",
          "project",
          "status");
  static final Metric RATE_LIMIT =
      Metric.gauge(
          "sentry_client_key_rate_limit_events_per_second",
          "Events that Sentry takes from a client key, as configured there; absent without a"
              + " limit.",
          "project",
          "key_id");

  static final CollectorType TYPE =
      new CollectorType(
          "client_keys",
          "Client keys (DSNs): how many are active or disabled, and their rate limits.",
          "1 for each 100 keys",
          false,
          Duration.ofHours(1),
          List.of(ClientKeys.ENDPOINT),
          List.of(),
          List.of(KEYS, RATE_LIMIT),
          _ -> new ClientKeysCollector());

  private static final Comparator<ClientKey> ORDER =
      Comparator.comparingLong(ClientKey::project).thenComparing(ClientKey::id);

  @Override
  public Supplier<List<MetricFamily>> collect(SentrySession sentry, Scope scope, Instant now)
      throws InterruptedException {
    List<ClientKey> keys = sentry.answer(new ClientKeys(scope.organization()));
    return () -> keys == null ? List.of() : families(scope, keys);
  }

  static List<MetricFamily> families(Scope scope, List<ClientKey> all) {
    var keys = all.stream().filter(key -> scope.contains(key.project())).sorted(ORDER).toList();
    Map<Long, List<ClientKey>> byProject = keys.stream().collect(groupingBy(ClientKey::project));
    var numbers = new ArrayList<Sample>();
    for (Project project : scope.accessibleOr(byProject.keySet())) {
      var ofProject = byProject.getOrDefault(project.id(), List.of());
      long active = ofProject.stream().filter(ClientKey::active).count();
      numbers.add(Sample.now((double) active, project.slug(), "active"));
      numbers.add(Sample.now((double) (ofProject.size() - active), project.slug(), "disabled"));
    }
    return List.of(
        new MetricFamily(KEYS, numbers), new MetricFamily(RATE_LIMIT, limits(scope, keys)));
  }

  private static List<Sample> limits(Scope scope, List<ClientKey> keys) {
    var limits = new ArrayList<Sample>();
    for (ClientKey key : keys) {
      Double limit = key.eventsPerSecond();
      Project project = scope.byId().get(key.project());
      if (limit != null && project != null) {
        limits.add(Sample.now(limit, project.slug(), key.id()));
      }
    }
    return limits;
  }
}
