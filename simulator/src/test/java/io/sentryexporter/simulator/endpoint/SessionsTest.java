package io.sentryexporter.simulator.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.Client;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class SessionsTest {
  private static final String SESSIONS = "/api/0/organizations/acme/sessions/?project=-1";
  private static final String STATUS = "session.status";

  private final TestClock clock = TestClock.at("2026-11-22T10:17:33Z");
  private final SimulatedWorld world = SimulatedWorld.demo(7).withDenseOrganization("dense", 1_300);

  @AutoClose
  private final SimulatedSentry sentry =
      SimulatedSentry.start(world, ServerOptions.onLoopback(clock));

  @AutoClose private final Client client = new Client(sentry);

  @Test
  void countsByStatusAreTheTruthOfTheWorld() throws Exception {
    var web = client.json("/api/0/projects/acme/web/").get("id").asString();
    var groups =
        client
            .json(
                "/api/0/organizations/acme/sessions/?project="
                    + web
                    + "&statsPeriod=1d&interval=1h&includeSeries=0&field=sum(session)&groupBy=session.status")
            .get("groups");

    var start = Instant.parse("2026-11-21T10:00:00Z");
    assertThat(groups).hasSize(4);
    for (var group : groups) {
      var status = group.get("by").get(STATUS).asString();
      assertThat(group.get("series")).isEmpty();
      assertThat(group.at("/totals/sum(session)").asLong())
          .as(status)
          .isEqualTo(world.sessions("acme", "web", status, start, clock.instant()))
          .isPositive();
    }
  }

  @Test
  void aSilentProjectIsAbsentAndARateWithoutSessionsIsNull() throws Exception {
    var groups = client.json(SESSIONS + "&field=sum(session)&groupBy=project&statsPeriod=1h");
    var future =
        client.json(
            SESSIONS
                + "&field=crash_free_rate(session)&start=2026-11-22T10:00:00Z&end=2026-11-22T12:00:00Z");

    assertThat(groups.get("groups")).hasSize(11);
    assertThat(future.at("/groups/0/series/crash_free_rate(session)/0").isNumber()).isTrue();
    assertThat(future.at("/groups/0/series/crash_free_rate(session)/1").isNull()).isTrue();
  }

  @Test
  void anOpenWindowOnlyGrows() throws Exception {
    var before = totals(clock.instant());
    for (var i = 0; i < 5; i++) {
      clock.advance(Duration.ofSeconds(61));
      var now = totals(clock.instant());
      assertThat(now).isGreaterThan(before);
      before = now;
    }
  }

  @Test
  void usersAreFewerThanSessionsAndDoNotAddUp() throws Exception {
    var answer =
        client.json(
            SESSIONS
                + "&statsPeriod=2d&interval=1d&field=sum(session)&field=count_unique(user)&groupBy=project");

    for (var group : answer.get("groups")) {
      var users = group.at("/totals/count_unique(user)").asLong();
      assertThat(users).isPositive().isLessThan(group.at("/totals/sum(session)").asLong());
      assertThat(users).isLessThan(sum(group.at("/series/count_unique(user)")));
    }
  }

  @Test
  void tenThousandPointsAreAPageAndTheNextOnesFollow() throws Exception {
    var path =
        "/api/0/organizations/dense/sessions/?project=-1&statsPeriod=1d&interval=1h"
            + "&includeSeries=0&field=sum(session)&groupBy=project&groupBy=session.status";
    var first = client.get(path);
    var groups = Client.parse(first.body()).get("groups");
    var link = first.headers().firstValue("Link").orElseThrow();

    assertThat(groups).hasSize(10_000 / 26 * 4); // four statuses of a project count as one group
    assertThat(link).contains("rel=\"next\"; results=\"true\"; cursor=\"384:1:0\"");
    assertThat(client.json(path + "&cursor=384:3:0").get("groups")).hasSize((1_300 - 3 * 384) * 4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          statsPeriod=1d                                                               | Request is missing a "field"
          statsPeriod=1d&field=sum(sessions)                                                          | Invalid field: "sum(sessions)"
          statsPeriod=1d&field=sum(session)&groupBy=user                                              | Invalid groupBy: "user"
          field=sum(session)&statsPeriod=90d&interval=1h                               | Your interval and date range would create too many results. Use a larger interval, or a smaller date range.
          field=sum(session)&interval=7h&statsPeriod=1d                                | The interval should divide one day without a remainder.
          field=crash_rate(session)&groupBy=session.status&statsPeriod=1d              | Cannot group crash rates by session.status
          field=sum(session)&start=2026-11-01                                          | start and end are both required
          """)
  void whatCannotBeAnsweredIsRefused(String query, String detail) throws Exception {
    var response = client.get("/api/0/organizations/acme/sessions/?" + query);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(Client.parse(response.body()).get("detail").asString()).isEqualTo(detail);
  }

  private long totals(Instant now) throws Exception {
    return client
        .json(
            SESSIONS
                + "&field=sum(session)&interval=1h&includeSeries=0&start=2026-11-22T10:00:00Z&end="
                + now)
        .at("/groups/0/totals/sum(session)")
        .asLong();
  }

  private static long sum(JsonNode numbers) {
    return numbers.valueStream().mapToLong(JsonNode::asLong).sum();
  }
}
