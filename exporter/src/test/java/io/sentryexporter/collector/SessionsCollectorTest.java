package io.sentryexporter.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.sentry.api.Sessions;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Totals;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionsCollectorTest {
  private static final Totals SUMS =
      new Totals(
          Instant.parse("2026-11-01T00:00:00Z"),
          Instant.parse("2026-11-22T13:17:00Z"),
          Map.of(
              Acme.WEB.id(),
              Map.of(
                  new OutcomeKey("session", "total"), 50_000L,
                  new OutcomeKey("session", "crashed"), 25L,
                  new OutcomeKey("session", "abnormal"), 3L,
                  new OutcomeKey("session", "errored"), 400L),
              Acme.GONE,
              Map.of(new OutcomeKey("session", "total"), 12L)));

  private static final Map<Duration, Map<Long, Sessions.ProjectHealth>> HEALTH = health();

  private static Map<Duration, Map<Long, Sessions.ProjectHealth>> health() {
    var health = new LinkedHashMap<Duration, Map<Long, Sessions.ProjectHealth>>();
    health.put(
        Duration.ofHours(24),
        Map.of(
            Acme.WEB.id(), new Sessions.ProjectHealth(0.9995, 0.999, 310L),
            Acme.API.id(), new Sessions.ProjectHealth(null, null, 0L)));
    health.put(
        Duration.ofDays(7), Map.of(Acme.WEB.id(), new Sessions.ProjectHealth(0.9991, null, null)));
    return health;
  }

  private static List<MetricFamily> families(Scope scope) {
    var families = new ArrayList<>(SessionsCollector.counters(scope, SUMS));
    families.addAll(SessionsCollector.gauges(scope, HEALTH));
    return families;
  }

  @Test
  void aCountThatMakesNoSenseIsAbsentAndNotZero() {
    var totals =
        new Totals(
            SUMS.start(),
            SUMS.end(),
            Map.of(Acme.WEB.id(), Map.of(new OutcomeKey("session", "total"), 5L)),
            Set.of(new Totals.Series(Acme.WEB.id(), new OutcomeKey("session", "crashed"))),
            Totals.Coverage.EVERYTHING);

    assertThat(CollectorPage.of(SessionsCollector.counters(Acme.ORGANIZATION, totals)))
        .contains(
            "sentry_sessions_total{organization=\"acme\",project=\"web\"} 5.0",
            "sentry_sessions_crashed_total{organization=\"acme\",project=\"api\"} 0.0",
            "sentry_sessions_abnormal_total{organization=\"acme\",project=\"web\"} 0.0")
        .doesNotContain("sentry_sessions_crashed_total{organization=\"acme\",project=\"web\"}");
    assertThat(
            CollectorPage.of(
                SessionsCollector.gauges(
                    Acme.ORGANIZATION,
                    Map.of(
                        Duration.ofHours(24),
                        Map.of(Acme.WEB.id(), new Sessions.ProjectHealth(null, null, null))))))
        .contains("sentry_users_active{organization=\"acme\",project=\"api\",window=\"24h\"} 0.0")
        .doesNotContain("sentry_users_active{organization=\"acme\",project=\"web\"");
  }

  @Test
  void anOrganizationHasAllProjects() {
    CollectorPage.assertMatches(
        "sessions.organization.prom", SessionsCollector.TYPE, families(Acme.ORGANIZATION));
  }

  @Test
  void aProjectHasItsOwnOnly() {
    CollectorPage.assertMatches(
        "sessions.project.prom", SessionsCollector.TYPE, families(Acme.PROJECT));
  }

  @Test
  void aDayIsTheDefaultWindow() {
    assertThat(collector("{}").windows()).containsExactly(Duration.ofHours(24));
    assertThat(collector("windows: [1h, 168h]").windows())
        .containsExactly(Duration.ofHours(1), Duration.ofDays(7));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "windows: [90m]      | x.yml:1:11: windows[0]: not a whole number of hours from 1h to"
            + " 2160h; write 1h, 24h or 168h",
        "windows: [0s]       | x.yml:1:11: windows[0]: not a whole number of hours from 1h to"
            + " 2160h; write 1h, 24h or 168h",
        "windows: [7d]       | x.yml:1:11: windows[0]: \"7d\" is in days, which is no unit here;"
            + " write 168h",
        "windows: [24h, 24h] | x.yml:1:10: windows: more than 5 windows, or one twice; write fewer",
      })
  void wrongSettingsAreReported(String yaml, String message) {
    assertThat(Acme.problems(SessionsCollector.TYPE, yaml)).containsExactly(message);
  }

  private static SessionsCollector collector(String yaml) {
    return (SessionsCollector) Acme.configured(SessionsCollector.TYPE, yaml);
  }
}
