package io.sentryexporter.simulator.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.Client;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GlitchTipTest {
  private static final String STATS = "/api/0/organizations/acme/stats_v2/";
  private static final String HOURS =
      STATS
          + "?category=error&field=sum(quantity)&start=2026-11-22T08:30:00Z&end=2026-11-22T10:17:33Z";

  private final SimulatedWorld world = SimulatedWorld.demo(7);

  @AutoClose
  private final SimulatedSentry sentry =
      SimulatedSentry.start(
          world,
          ServerOptions.onLoopback(TestClock.at("2026-11-22T10:17:33Z"))
              .withInstallation(Installation.GLITCHTIP));

  @AutoClose private final Client client = new Client(sentry);

  @Test
  void itAnswersOneSeriesWithoutGroupsAndTotals() throws Exception {
    var answer = client.json(HOURS + "&groupBy=project&groupBy=outcome");
    var group = answer.at("/groups/0");

    assertThat(answer.propertyNames()).containsExactly("intervals", "groups");
    assertThat(answer.get("groups")).hasSize(1);
    assertThat(group.propertyNames()).containsExactly("series");
    assertThat(answer.get("intervals").valueStream().map(each -> each.asString()))
        .containsExactly(
            "2026-11-22T08:00:00+00:00",
            "2026-11-22T09:00:00+00:00",
            "2026-11-22T10:00:00+00:00",
            "2026-11-22T11:00:00+00:00");
    assertThat(group.at("/series/sum(quantity)/3").isNull()).isTrue();
  }

  @Test
  void aProjectIsAFilter() throws Exception {
    var web = client.json("/api/0/projects/acme/web/").get("id").asString();
    var nine = client.json(HOURS + "&project=" + web).at("/groups/0/series/sum(quantity)/1");

    assertThat(nine.asLong())
        .isEqualTo(
            world.quantity(
                "acme",
                "web",
                "error",
                "accepted",
                Instant.parse("2026-11-22T09:00:00Z"),
                Instant.parse("2026-11-22T10:00:00Z")));
  }

  @Test
  void minusOneIsNoProject() throws Exception {
    assertThat(client.get(HOURS + "&project=-1").statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?field=sum(quantity)&category=error&statsPeriod=1d",
        "?field=sum(quantity)&start=2026-11-22&end=2026-11-23&groupBy=category",
        "?field=sum(quantity)&category=session&start=2026-11-22&end=2026-11-23",
        "?field=sum(quantity)&category=error&start=2026-11-22&end=2026-11-23&interval=15m"
      })
  void whatOnlySentryKnowsIs422(String query) throws Exception {
    assertThat(client.get(STATS + query).statusCode()).isEqualTo(422);
  }
}
