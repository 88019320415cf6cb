package io.sentryexporter.simulator.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.Client;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An organization of ten thousand projects; with far more time than is needed.
@Timeout(300)
class ScaleTest {
  private static final int PROJECTS = 10_000;
  private static final String QUESTION =
      "/api/0/organizations/huge/stats_v2/?start=2026-11-01&end=2026-11-23&interval=1d"
          + "&field=sum(quantity)&groupBy=outcome&groupBy=category";

  private final SimulatedWorld world =
      SimulatedWorld.empty(7).withDenseOrganization("huge", PROJECTS);

  @AutoClose
  private final SimulatedSentry sentry =
      SimulatedSentry.start(world, ServerOptions.onLoopback(TestClock.at("2026-11-22T10:17:33Z")));

  @AutoClose private final Client client = new Client(sentry);

  @Test
  void aBatchOfProjectsIsWhole() throws Exception {
    var ids =
        world.all().getFirst().projects().stream()
            .limit(240)
            .map(project -> "&project=" + project.id())
            .collect(Collectors.joining());
    var groups = client.json(QUESTION + "&groupBy=project" + ids).get("groups");

    // six categories with five outcomes, and sessions
    assertThat(groups).hasSize(240 * 31);
  }

  @Test
  void allProjectsAtOnceAreCutAtTheRowLimitButTheirSumIsNot() throws Exception {
    var byProject = client.json(QUESTION + "&groupBy=project&project=-1").get("groups");
    var sums = client.json(QUESTION + "&project=-1").get("groups");

    assertThat(byProject).hasSize(StatsV2Endpoint.ROW_LIMIT);
    assertThat(sums).hasSize(31);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "issues/?query=&sort=freq",
        "releases/?health=1",
        "monitors/",
        "project-keys/",
        "events/?statsPeriod=1d&field=project&field=count()&sort=-count()",
        "sessions/?statsPeriod=1d&interval=1d&field=sum(session)&groupBy=project&groupBy=session.status"
      })
  void everyListHasAnotherPage(String list) throws Exception {
    var response = client.get("/api/0/organizations/huge/" + list);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Link").orElseThrow())
        .contains("rel=\"next\"; results=\"true\"");
  }

  @Test
  void theWorldIsSmall(TestReporter reporter) {
    var before = used();
    var another = SimulatedWorld.empty(8).withDenseOrganization("huge", PROJECTS);
    var bytes = used() - before;

    reporter.publishEntry("bytes", Long.toString(bytes));
    assertThat(another.projects("huge")).hasSize(PROJECTS);
    assertThat(bytes).isLessThan(100_000_000);
  }

  private static long used() {
    var runtime = Runtime.getRuntime();
    System.gc();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
