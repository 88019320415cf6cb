package io.sentryexporter.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.sentry.api.UptimeMonitors.UptimeMonitor;
import java.util.List;
import org.junit.jupiter.api.Test;

class UptimeCollectorTest {
  private static final List<UptimeMonitor> MONITORS =
      List.of(
          new UptimeMonitor("12", "web", "Check https://acme.test/?k=1", "production", true, true),
          new UptimeMonitor("11", "web", "Cart", "", true, false),
          new UptimeMonitor("13", "api", "Status", "production", false, true));

  @Test
  void anOrganizationHasAllMonitors() {
    CollectorPage.assertMatches(
        "uptime.organization.prom",
        UptimeCollector.TYPE,
        collector("names: true").families(Acme.ORGANIZATION, MONITORS));
  }

  @Test
  void aProjectHasItsOwnOnly() {
    CollectorPage.assertMatches(
        "uptime.project.prom",
        UptimeCollector.TYPE,
        collector("names: true").families(Acme.PROJECT, MONITORS));
  }

  @Test
  void namesAreLeftOutByDefault() {
    assertThat(CollectorPage.of(collector("{}").families(Acme.ORGANIZATION, MONITORS)))
        .doesNotContain("Check", "Cart", "Status");
  }

  @Test
  void monitorsBeyondTheLimitAreCounted() {
    assertThat(CollectorPage.of(collector("limit: 2").families(Acme.ORGANIZATION, MONITORS)))
        .contains("sentry_uptime_truncated{organization=\"acme\"} 1.0\n", "monitor=\"11\"")
        .doesNotContain("monitor=\"12\"");
  }

  private static UptimeCollector collector(String yaml) {
    return (UptimeCollector) Acme.configured(UptimeCollector.TYPE, yaml);
  }
}
