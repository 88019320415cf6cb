package io.sentryexporter.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import tools.jackson.databind.JsonNode;

/// The data is consistent with any seed.
class ConsistencyTest {
  private static final String RECEIVED =
      "&category=error&outcome=accepted&outcome=filtered&outcome=rate_limited";

  private final long seed =
      Long.getLong("consistency.seed", RandomGenerator.getDefault().nextLong());
  private final String story = "-Dconsistency.seed=" + seed;
  private final Instant now =
      Instant.parse("2026-01-01T00:00:00Z").plusSeconds(Math.floorMod(seed, 365L * 86_400));

  @AutoClose
  private final SimulatedSentry sentry =
      SimulatedSentry.start(
          SimulatedWorld.demo(seed), ServerOptions.onLoopback(new TestClock(now)));

  @AutoClose private final Client client = new Client(sentry);

  @BeforeEach
  void publishSeed(TestReporter reporter) {
    reporter.publishEntry("seed", story);
  }

  @Test
  void bothGenerationsOfStatisticsReturnTheSame() throws Exception {
    for (var project : List.of("acme/web", "globex/storefront", "initech/migration")) {
      var organization = project.substring(0, project.indexOf('/'));
      var id = client.json("/api/0/projects/" + project + "/").get("id").asString();
      var first = client.json("/api/0/projects/" + project + "/stats/");
      var second =
          client.json(
              "/api/0/organizations/%s/stats_v2/?field=sum(quantity)&interval=1h&statsPeriod=23h%s&project=%s"
                  .formatted(organization, RECEIVED, id));

      assertThat(counts(first))
          .as("%s, %s", project, story)
          .isEqualTo(counts(second.at("/groups/0/series/sum(quantity)"), 24));
    }
  }

  @Test
  void anOrganizationIsTheSumOfItsProjects() throws Exception {
    var query = "?resolution=1d&since=" + now.minus(Duration.ofDays(40)).getEpochSecond();
    var organization = client.json("/api/0/organizations/globex/stats/" + query);
    var projects = 0L;
    for (var project : SimulatedWorld.demo(seed).projects("globex")) {
      projects += sum(client.json("/api/0/projects/globex/" + project + "/stats/" + query));
    }

    assertThat(sum(organization)).as(story).isEqualTo(projects).isPositive();
  }

  @Test
  void sessionsAreTheSessionCategoryOfStatistics() throws Exception {
    var time = "&project=-1&interval=1h&statsPeriod=2d&";
    var sessions =
        client.json(
            "/api/0/organizations/acme/sessions/?field=sum(session)&groupBy=project" + time);
    var statistics =
        client.json(
            "/api/0/organizations/acme/stats_v2/?field=sum(quantity)&category=session&groupBy=project"
                + time);

    assertThat(byProject(sessions, "sum(session)"))
        .as(story)
        .isEqualTo(byProject(statistics, "sum(quantity)"))
        .hasSize(11);
  }

  @Test
  void sessionsOfReleasesEnvironmentsAndStatusesAddUp() throws Exception {
    var path =
        "/api/0/organizations/acme/sessions/?project=-1&interval=1d&statsPeriod=20d&includeSeries=0&field=sum(session)";
    var whole = client.json(path).at("/groups/0/totals/sum(session)").asLong();
    for (var dimension : List.of("project", "release", "environment", "session.status")) {
      var groups = client.json(path + "&groupBy=" + dimension).get("groups");
      var sum =
          groups.valueStream().mapToLong(group -> group.at("/totals/sum(session)").asLong()).sum();

      assertThat(groups.size()).as(dimension).isGreaterThan(1);
      assertThat(sum).as("%s, %s", dimension, story).isEqualTo(whole).isPositive();
    }
  }

  @Test
  void crashFreeRatesAreThoseOfTheCounts() throws Exception {
    var path =
        "/api/0/organizations/globex/sessions/?project=-1&interval=1h&statsPeriod=1d&includeSeries=0&groupBy=project";
    var counts =
        client
            .json(path + "&field=sum(session)&groupBy=session.status")
            .get("groups")
            .valueStream()
            .collect(
                Collectors.toMap(
                    group -> group.at("/by/project") + group.at("/by/session.status").asString(),
                    group -> group.at("/totals/sum(session)").asLong()));
    var rates = client.json(path + "&field=sum(session)&field=crash_free_rate(session)");

    for (var group : rates.get("groups")) {
      var crashed = counts.getOrDefault(group.at("/by/project") + "crashed", -1L);
      var all = group.at("/totals/sum(session)").asLong();
      assertThat(group.at("/totals/crash_free_rate(session)").asDouble())
          .as(story)
          .isEqualTo(1 - (double) crashed / all);
    }
  }

  @Test
  void sessionsOfAProjectsReleasesAddUpToTheProjects() throws Exception {
    var web = client.json("/api/0/projects/acme/web/").get("id").asString();
    var releases = client.json("/api/0/organizations/acme/releases/?health=1&project=" + web);
    var health =
        releases.valueStream().map(release -> release.at("/projects/0/healthData")).toList();
    var whole = health.getFirst().get("totalProjectSessions24h").asLong();

    assertThat(health.stream().mapToLong(each -> each.get("totalSessions24h").asLong()).sum())
        .as(story)
        .isEqualTo(whole)
        .isPositive();
    assertThat(health.stream().mapToDouble(each -> each.get("sessionsAdoption").asDouble()).sum())
        .as(story)
        .isCloseTo(100, within(1e-6));
  }

  @Test
  void resolutionsAddUp() throws Exception {
    var day = Math.floorDiv(now.getEpochSecond(), 86_400L) * 86_400 - 86_400;
    for (var project : List.of("acme/web", "acme/billing", "globex/orders")) {
      var path = "/api/0/projects/" + project + "/stats/?since=" + day;
      var days = client.json(path + "&resolution=1d&until=" + day);
      var hours = client.json(path + "&resolution=1h&until=" + (day + 86_399));
      var slots = client.json(path + "&resolution=10s&until=" + (day + 86_399));

      assertThat(days).hasSize(1);
      assertThat(hours).hasSize(24);
      assertThat(slots).hasSize(8_640);
      assertThat(sum(hours)).as("%s, %s", project, story).isEqualTo(sum(days)).isPositive();
      assertThat(sum(slots)).as("%s, %s", project, story).isEqualTo(sum(days));
      var firstHour = slots.valueStream().limit(360).mapToLong(point -> point.get(1).asLong());
      assertThat(firstHour.sum()).as("%s, %s", project, story).isEqualTo(count(hours, 0));
    }
  }

  @Test
  void noCountEverFallsWhileTimePasses() {
    for (var flow : SimulatedWorld.demo(seed).all().getFirst().projects().getFirst().flows()) {
      var from = now.getEpochSecond();
      var before = 0L;
      for (var second = 1; second < 5_000; second++) {
        var events = flow.quantity(from, from + second);
        assertThat(events).as("%s, %s", flow.kind(), story).isGreaterThanOrEqualTo(before);
        before = events;
      }
    }
  }

  @Test
  void sameSeedAndClockAreTheSameBytes() throws Exception {
    var options = ServerOptions.onLoopback(new TestClock(now));
    try (var other = SimulatedSentry.start(SimulatedWorld.demo(seed), options);
        var otherClient = new Client(other)) {
      for (var path :
          List.of(
              "/api/0/projects/acme/web/stats/",
              "/api/0/projects/acme/web/",
              "/api/0/organizations/acme/stats/?group=project",
              "/api/0/organizations/acme/issues/?sort=freq&query=",
              "/api/0/organizations/acme/releases/?health=1&adoptionStages=1",
              "/api/0/organizations/acme/monitors/",
              "/api/0/organizations/acme/project-keys/",
              "/api/0/organizations/acme/events/?field=project&field=count()&field=p95(span.duration)",
              "/api/0/organizations/globex/sessions/?statsPeriod=2d&field=sum(session)&field=count_unique(user)&groupBy=release",
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

    assertThat(received(SimulatedWorld.demo(seed), from))
        .as(story)
        .isNotEqualTo(received(SimulatedWorld.demo(seed + 1), from));
  }

  /// Of all projects: two worlds may agree in one number by chance.
  private List<Long> received(SimulatedWorld world, Instant from) {
    return world.projects("acme").stream()
        .map(project -> world.received("acme", project, from, now))
        .toList();
  }

  @Test
  void anotherOrganizationChangesNoDataOfTheFirst() {
    var from = now.minus(Duration.ofDays(1));

    assertThat(
            SimulatedWorld.demo(seed)
                .withOrganization("big", 500)
                .received("acme", "web", from, now))
        .isEqualTo(SimulatedWorld.demo(seed).received("acme", "web", from, now));
  }

  private static Map<Long, Long> byProject(JsonNode answer, String field) {
    return answer
        .get("groups")
        .valueStream()
        .collect(
            Collectors.toMap(
                group -> group.at("/by/project").asLong(),
                group -> group.get("totals").get(field).asLong()));
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
