package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.testing.RunningExporter.Reply;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What a collector requests by its settings and its target, counted where it arrives.
class CollectorRequestsTest {
  @ParameterizedTest
  @CsvSource({
    "reasons: true, acme, groupBy=reason, 1",
    "reasons: true, acme/web, groupBy=reason, 0",
    "reasons: false, acme, groupBy=reason, 0",
    "closed_hour: true, acme, interval=1h, 1",
    "closed_hour: true, acme/web, interval=1h, 1",
    "closed_hour: false, acme, interval=1h, 0",
  })
  void reasonsAreRequestedForOrganizationsAndAClosedHourForBothWhereTheyAreWanted(
      String setting, String target, String part, int requests) {
    try (var scene = Scene.collecting("{outcomes: {" + setting + "}}")) {
      Scene.assertSucceeded(scene.probe(target));
      assertThat(scene.sentry().requests().last())
          .filteredOn(request -> request.query().contains(part))
          .hasSize(requests);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SELF_HOSTED_20_6", "GLITCHTIP"})
  void aServerThatDoesNotGroupByReasonHasCountersWithoutFailure(Installation installation) {
    try (var scene = Scene.collecting(installation, "{outcomes: {}}")) {
      Reply page = scene.probe("acme");
      Scene.assertSucceeded(page);
      assertThat(page.text()).contains("sentry_outcomes_total{");
    }
  }
}
