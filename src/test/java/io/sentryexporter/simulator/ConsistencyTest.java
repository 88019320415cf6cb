package io.sentryexporter.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import tools.jackson.databind.JsonNode;

/// Whatever the seed, the figures agree with each other.
class ConsistencyTest {
  private static final String RECEIVED =
      "&category=error&outcome=accepted&outcome=filtered&outcome=rate_limited";

  private final long seed = RandomGenerator.getDefault().nextLong();
  private final Instant now =
      Instant.parse("2026-01-01T00:00:00Z").plusSeconds(Math.floorMod(seed, 365L * 86_400));
  private final SimulatedSentry sentry =
      SimulatedSentry.start(
          SimulatedWorld.demo(seed), ServerOptions.onLoopback(new TestClock(now)));
  private final Client client = new Client(sentry);

  @AfterEach
  void stop() {
    client.close();
    sentry.close();
  }

  @Test
  void bothGenerationsOfStatisticsTellTheSame(TestReporter reporter) throws Exception {
    reporter.publishEntry("seed", Long.toString(seed));
    for (var project : List.of("acme/web", "globex/storefront", "initech/migration")) {
      var organization = project.substring(0, project.indexOf('/'));
      var id = client.json("/api/0/projects/" + project + "/").get("id").asString();
      var first = client.json("/api/0/projects/" + project + "/stats/");
      var second =
          client.json(
              "/api/0/organizations/%s/stats_v2/?field=sum(quantity)&interval=1h&statsPeriod=23h%s&project=%s"
                  .formatted(organization, RECEIVED, id));

      assertThat(counts(first))
          .as("%s, seed %d", project, seed)
          .isEqualTo(counts(second.at("/groups/0/series/sum(quantity)"), 24));
    }
  }

  @Test
  void anOrganizationIsTheSumOfItsProjects(TestReporter reporter) throws Exception {
    reporter.publishEntry("seed", Long.toString(seed));
    var query = "?resolution=1d&since=" + now.minus(Duration.ofDays(40)).getEpochSecond();
    var organization = client.json("/api/0/organizations/globex/stats/" + query);
    var projects = 0L;
    for (var project : SimulatedWorld.demo(seed).projects("globex")) {
      projects += sum(client.json("/api/0/projects/globex/" + project + "/stats/" + query));
    }

    assertThat(sum(organization)).as("seed %d", seed).isEqualTo(projects).isPositive();
  }

  @Test
  void resolutionsAddUp(TestReporter reporter) throws Exception {
    reporter.publishEntry("seed", Long.toString(seed));
    var day = Math.floorDiv(now.getEpochSecond(), 86_400L) * 86_400 - 86_400;
    for (var project : List.of("acme/web", "acme/billing", "globex/orders")) {
      var path = "/api/0/projects/" + project + "/stats/?since=" + day;
      var days = client.json(path + "&resolution=1d&until=" + day);
      var hours = client.json(path + "&resolution=1h&until=" + (day + 86_399));
      var slots = client.json(path + "&resolution=10s&until=" + (day + 86_399));

      assertThat(days).hasSize(1);
      assertThat(hours).hasSize(24);
      assertThat(slots).hasSize(8_640);
      assertThat(sum(hours)).as("%s, seed %d", project, seed).isEqualTo(sum(days)).isPositive();
      assertThat(sum(slots)).as("%s, seed %d", project, seed).isEqualTo(sum(days));
      var firstHour = slots.valueStream().limit(360).mapToLong(point -> point.get(1).asLong());
      assertThat(firstHour.sum()).as("%s, seed %d", project, seed).isEqualTo(count(hours, 0));
    }
  }

  @Test
  void noCountEverFallsWhileTimePasses(TestReporter reporter) {
    reporter.publishEntry("seed", Long.toString(seed));
    for (var flow : SimulatedWorld.demo(seed).all().getFirst().projects().getFirst().flows()) {
      var from = now.getEpochSecond();
      var before = 0L;
      for (var second = 1; second < 5_000; second++) {
        var events = flow.events(from, from + second);
        assertThat(events).as("%s, seed %d", flow.kind(), seed).isGreaterThanOrEqualTo(before);
        before = events;
      }
    }
  }

  @Test
  void sameSeedAndClockAreTheSameBytes(TestReporter reporter) throws Exception {
    reporter.publishEntry("seed", Long.toString(seed));
    var options = ServerOptions.onLoopback(new TestClock(now));
    try (var other = SimulatedSentry.start(SimulatedWorld.demo(seed), options);
        var otherClient = new Client(other)) {
      for (var path :
          List.of(
              "/api/0/projects/acme/web/stats/",
              "/api/0/projects/acme/web/",
              "/api/0/organizations/acme/stats/?group=project",
              "/api/0/organizations/globex/stats_v2/?field=sum(quantity)&statsPeriod=14d"
                  + "&interval=1d&groupBy=reason&groupBy=category&groupBy=project")) {
        assertThat(withoutUrl(otherClient.get(path).body(), other))
            .isEqualTo(withoutUrl(client.get(path).body(), sentry));
      }
    }
  }

  @Test
  void anotherSeedIsAnotherWorld() {
    var from = now.minus(Duration.ofDays(1));

    assertThat(SimulatedWorld.demo(seed).received("acme", "web", from, now))
        .isNotEqualTo(SimulatedWorld.demo(seed + 1).received("acme", "web", from, now));
  }

  @Test
  void anotherOrganizationChangesNoFigureOfTheFirst() {
    var from = now.minus(Duration.ofDays(1));

    assertThat(
            SimulatedWorld.demo(seed)
                .withOrganization("big", 500)
                .received("acme", "web", from, now))
        .isEqualTo(SimulatedWorld.demo(seed).received("acme", "web", from, now));
  }

  private static String withoutUrl(String body, SimulatedSentry sentry) {
    return body.replace(sentry.url().toString(), "");
  }

  private static List<Long> counts(JsonNode points) {
    return points.valueStream().map(point -> point.get(1).asLong()).toList();
  }

  /// The last `size` numbers.
  private static List<Long> counts(JsonNode series, int size) {
    var all = series.valueStream().map(JsonNode::asLong).toList();
    return all.subList(all.size() - size, all.size());
  }

  private static long count(JsonNode points, int index) {
    return points.get(index).get(1).asLong();
  }

  private static long sum(JsonNode points) {
    return points.valueStream().mapToLong(point -> point.get(1).asLong()).sum();
  }
}
