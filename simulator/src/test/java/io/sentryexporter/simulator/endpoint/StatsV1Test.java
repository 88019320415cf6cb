package io.sentryexporter.simulator.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.Client;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class StatsV1Test {
  private static final Instant NOW = Instant.parse("2026-11-22T10:17:33Z");
  private static final String STATS = "/api/0/projects/acme/web/stats/";
  private static final String ORGANIZATION_STATS = "/api/0/organizations/acme/stats/";

  private final TestClock clock = new TestClock(NOW);
  private final SimulatedWorld world = SimulatedWorld.demo(7).withOrganization("empty", 0);

  @AutoClose
  private final SimulatedSentry sentry =
      SimulatedSentry.start(world, ServerOptions.onLoopback(clock));

  @AutoClose private final Client client = new Client(sentry);

  @Test
  void theDefaultIsTwentyFourHourlyPointsOfWhichTheLastIsOpen() throws Exception {
    var points = client.json(STATS);

    assertThat(points).hasSize(24);
    assertThat(times(points)).isSorted();
    assertThat(points.get(23).get(0).asLong())
        .isEqualTo(Instant.parse("2026-11-22T10:00:00Z").getEpochSecond());
    assertThat(points.get(23).get(1).asLong())
        .isEqualTo(world.received("acme", "web", Instant.parse("2026-11-22T10:00:00Z"), NOW))
        .isPositive();
  }

  @Test
  void theOpenPointOnlyGrowsAndTheClosedOnesStand() throws Exception {
    var before = client.json(STATS);
    clock.advance(Duration.ofMinutes(20));
    var after = client.json(STATS);

    assertThat(after.get(23).get(1).asLong()).isGreaterThan(before.get(23).get(1).asLong());
    assertThat(after.valueStream().limit(23)).isEqualTo(before.valueStream().limit(23).toList());
  }

  @Test
  void tenSecondPointsStepBackFromUntilAsSentrysDo() throws Exception {
    var points = client.json(STATS + "?resolution=10s&since=1787018980&until=1787019025");

    assertThat(times(points))
        .containsExactly(1787018980L, 1787018990L, 1787019000L, 1787019010L, 1787019020L);
  }

  @ParameterizedTest
  @CsvSource({"3600, 10", "3601, 3600", "604800, 3600", "604801, 86400"})
  void withoutAResolutionTheFinestThatCoversTheSpanIsTaken(long span, long expected)
      throws Exception {
    var until = NOW.getEpochSecond();
    var times = times(client.json(STATS + "?since=" + (until - span) + "&until=" + until));

    assertThat(times.get(1) - times.get(0)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          resolution=5m             | Invalid resolution
          resolution=1w             | Invalid resolution
          resolution=h              | Invalid resolution
          since=2026-11-22T00:00:00 | since must be a numeric timestamp
          since=NaN                 | since must be a numeric timestamp
          until=now                 | until must be a numeric timestamp.
          since=20&until=10         | start must be before or equal to end
          """)
  void whatSentryRefusesIsRefused(String query, String detail) throws Exception {
    var response = client.get(STATS + "?" + query);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(Client.parse(response.body()).get("detail").asString()).isEqualTo(detail);
  }

  @Test
  void anUnknownStatIsRefusedWithAnArray() throws Exception {
    var response = client.get(STATS + "?stat=everything");

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(Client.parse(response.body()).isArray()).isTrue();
  }

  @Test
  void receivedIsAcceptedAndFilteredAndRateLimited() throws Exception {
    var received = sum(client.json(STATS + "?stat=received"));
    var accepted = sum(client.json(STATS + "?stat=generated"));
    var filtered = sum(client.json(STATS + "?stat=blacklisted"));
    var limited = sum(client.json(STATS + "?stat=rejected"));

    assertThat(List.of(accepted, filtered, limited)).allMatch(count -> count > 0);
    assertThat(received).isEqualTo(accepted + filtered + limited);
  }

  @Test
  void aFilterCanBeRequestedByName() throws Exception {
    var extensions = sum(client.json(STATS + "?stat=browser-extensions"));
    var crawlers = sum(client.json(STATS + "?stat=web-crawlers"));
    var csp = sum(client.json(STATS + "?stat=invalid-csp"));

    assertThat(extensions + crawlers + csp)
        .isEqualTo(sum(client.json(STATS + "?stat=blacklisted")));
    assertThat(extensions).isPositive();
  }

  @Test
  void aSilentProjectHasZeros() throws Exception {
    var points = client.json("/api/0/projects/acme/sandbox/stats/");

    assertThat(points).hasSize(24);
    assertThat(sum(points)).isZero();
  }

  @Test
  void anOrganizationIsTheSumOfItsProjects() throws Exception {
    var organization = client.json(ORGANIZATION_STATS);
    var byProject = client.json(ORGANIZATION_STATS + "?group=project");

    assertThat(byProject).hasSize(12);
    assertThat(sum(organization))
        .isEqualTo(byProject.valueStream().mapToLong(StatsV1Test::sum).sum())
        .isPositive();
  }

  @Test
  void anOrganizationWithoutProjectsHasAnEmptyArrayWhereOthersHaveAnObject() throws Exception {
    assertThat(client.get("/api/0/organizations/empty/stats/?group=project").body())
        .isEqualTo("[]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"?group=team", "?stat=everything"})
  void oldOrganizationStatisticsFailOnWhatTheyDoNotKnow(String query) throws Exception {
    assertThat(client.get(ORGANIZATION_STATS + query).statusCode()).isEqualTo(500);
  }

  @Test
  void aProjectIsFoundByItsIdToo() throws Exception {
    var id = client.json("/api/0/projects/acme/web/").get("id").asString();

    assertThat(client.json("/api/0/projects/acme/" + id + "/stats/")).isEqualTo(client.json(STATS));
  }

  private static List<Long> times(JsonNode points) {
    return points.valueStream().map(point -> point.get(0).asLong()).toList();
  }

  private static long sum(JsonNode points) {
    return points.valueStream().mapToLong(point -> point.get(1).asLong()).sum();
  }
}
