package io.sentryexporter.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.sentry.api.Monitors.Monitor;
import io.sentryexporter.sentry.api.Monitors.Monitor.InEnvironment;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MonitorsCollectorTest {
  private static final Instant CHECKED = Instant.parse("2026-11-22T13:00:00.250Z");
  private static final Instant DEADLINE = Instant.parse("2026-11-22T14:05:00Z");
  private static final Instant BROKEN = Instant.parse("2026-11-21T03:00:00Z");

  private static final List<Monitor> MONITORS =
      List.of(
          new Monitor(
              "nightly-backup",
              "web",
              true,
              List.of(
                  new InEnvironment("production", "ok", false, CHECKED, DEADLINE, null),
                  new InEnvironment("staging", "error", true, CHECKED, DEADLINE, BROKEN))),
          new Monitor(
              "not-yet",
              "web",
              true,
              List.of(new InEnvironment("production", "active", false, null, null, null))),
          new Monitor(
              "mails",
              "api",
              false,
              List.of(
                  new InEnvironment(
                      "production", "missed_checkin", false, CHECKED, DEADLINE, null))),
          new Monitor("never-deployed", "api", true, List.of()));

  @Test
  void anOrganizationHasAllMonitors() {
    CollectorPage.assertMatches(
        "monitors.organization.prom",
        MonitorsCollector.TYPE,
        collector("{}").families(Acme.ORGANIZATION, MONITORS));
  }

  @Test
  void aProjectHasItsOwnOnly() {
    CollectorPage.assertMatches(
        "monitors.project.prom",
        MonitorsCollector.TYPE,
        collector("{}").families(Acme.PROJECT, MONITORS));
  }

  @Test
  void monitorsBeyondTheLimitAreCounted() {
    var page = CollectorPage.of(collector("limit: 3").families(Acme.ORGANIZATION, MONITORS));

    assertThat(page)
        .contains(
            "sentry_monitors_truncated{organization=\"acme\"} 1.0\n",
            "sentry_monitors{organization=\"acme\",project=\"web\"} 2.0\n",
            "monitor=\"nightly-backup\"")
        .doesNotContain("monitor=\"not-yet\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"active", "disabled", "something-new", ""})
  void aStatusThatIsNotOfACheckInHasNoValue(String status) {
    var in = new InEnvironment("production", status, false, CHECKED, DEADLINE, null);
    var monitors = List.of(new Monitor("job", "web", true, List.of(in)));

    assertThat(collector("{}").families(Acme.ORGANIZATION, monitors).getFirst().samples())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"ok, 1", "error, 0", "missed_checkin, 0", "timeout, 0"})
  void theLastCheckInDecidesWhetherAMonitorIsUp(String status, double up) {
    var in = new InEnvironment("production", status, false, CHECKED, DEADLINE, null);
    var monitors = List.of(new Monitor("job", "web", true, List.of(in)));

    assertThat(collector("{}").families(Acme.ORGANIZATION, monitors).getFirst().samples())
        .singleElement()
        .matches(sample -> sample.value() == up);
  }

  private static MonitorsCollector collector(String yaml) {
    return (MonitorsCollector) Acme.configured(MonitorsCollector.TYPE, yaml);
  }
}
