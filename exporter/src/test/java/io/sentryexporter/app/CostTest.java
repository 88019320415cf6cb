package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.world.History;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.RealParts;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What probes cost Sentry, counted where the requests arrive.
class CostTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final String PROJECTS = "/sd?kind=project";
  private static final String API = "/api/0/organizations/{organization}/";

  /// As organizations are: most projects are small, old or tried out once.
  @Test
  void fiveHundredProjectsCostThirteenRequestsARefreshAtMost() {
    try (var scene = Scene.of(withTrafficInEighty(), Installation.SELF_HOSTED, "")) {
      for (int minute = 0; minute <= 30; minute++) {
        scene.sentry().requests().reset();
        assertThat(scene.requestsOf(() -> assertSucceeded(scene.probe("big"))))
            .as("minute %d: %s", minute, scene.sentry().requests().byEndpoint())
            .isBetween(1L, minute == 0 ? 14L : 13L); // the first outcomes are checked
        scene.advance(MINUTE);
      }
    }
  }

  @Test
  void fiveHundredProjectsOfWhichEachHasTrafficAndAMonitorCostTheirPages() {
    try (var scene = big(500)) {
      assertSucceeded(scene.probe("big"));

      assertThat(scene.sentry().requests().byEndpoint())
          .containsOnly(
              Map.entry(API + "projects/", 1L),
              Map.entry(API + "stats_v2/", 3L + 1 + 1), // 240 projects each, a check, the reasons
              Map.entry(API + "sessions/", 3 * (1L + 3)), // all at once are cut short
              Map.entry(API + "issues/", 4L), // a substatus each
              Map.entry(API + "monitors/", 5L)); // pages of a hundred
      for (int minute = 1; minute < 5; minute++) {
        scene.advance(MINUTE);
        assertThat(scene.requestsOf(() -> assertSucceeded(scene.probe("big"))))
            .isEqualTo(3 + 1 + 5); // outcomes and monitors, every minute
      }
    }
  }

  @Test
  void probesOfAllProjectsCostNoMoreThanTheOrganizations() {
    try (var scene = big(500)) {
      assertSucceeded(scene.probe("big"));

      long requests =
          scene.requestsOf(() ->
              scene
                  .world()
                  .projects("big")
                  .forEach(project -> assertSucceeded(scene.probe("big/" + project))));

      assertThat(requests).isZero();
    }
  }

  @Test
  void fiveHundredProbesAtOnceOfAColdOrganizationSendEachRequestOnce() throws Exception {
    try (var scene = Scene.demo(Installation.SELF_HOSTED);
        var threads = Executors.newFixedThreadPool(500)) {
      var release = new CountDownLatch(1);
      scene.sentry().faults().next(1, new Fault.Held(release));
      var pages = new ArrayList<Future<Reply>>();
      for (int i = 0; i < 500; i++) {
        pages.add(threads.submit(() -> scene.probe("acme")));
      }
      Eventually.within(
          MINUTE,
          () ->
              assertThat(scene.exporter().get("/metrics").value("sentry_exporter_probes_in_flight"))
                  .isEqualTo(500));
      release.countDown();

      for (var page : pages) {
        assertSucceeded(page.get());
      }

      assertThat(scene.sentry().requests().byEndpoint())
          .containsOnly(
              Map.entry(API + "projects/", 1L),
              Map.entry(API + "stats_v2/", 3L),
              Map.entry(API + "sessions/", 3L),
              Map.entry(API + "issues/", 4L),
              Map.entry(API + "monitors/", 1L));
    }
  }

  @Test
  void aSecondScraperCostsNothing() {
    assertThat(costOfScrapers(2)).isBetween(costOfScrapers(1) - 1, costOfScrapers(1) + 1);
  }

  /// Requests of twenty minutes in which each scrapes every thirty seconds.
  private static long costOfScrapers(int scrapers) {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      for (int scrape = 0; scrape < 40; scrape++) {
        scene.advance(Duration.ofSeconds(30L - scrapers));
        for (int scraper = 0; scraper < scrapers; scraper++) {
          scene.advance(Duration.ofSeconds(1));
          assertSucceeded(scene.probe("acme"));
        }
      }
      return scene.sentry().requests().total();
    }
  }

  /// The table of requests that the design has for ten thousand projects; in `mvn verify` a tenth
  /// of them. Sessions cost more than the 42 there: the first servers to have them give 5,000
  /// points, and count those of series that are not requested.
  @Test
  @Tag(RealParts.TAG)
  void tenThousandDenseProjectsCostAsManyBatchesAsTheirAnswersNeed() {
    int projects = RealParts.share(1_000, 10_000);
    long batches = RealParts.share(5, 42);
    // counters by total and by status, and a day's window
    long sessionBatches = RealParts.share(18, 2 * 49 + 42);
    var world = SimulatedWorld.empty(1).withDenseOrganization("huge", projects);
    var collectors = "    collectors: {projects: {}, outcomes: {}, sessions: {}}\n";
    try (var scene =
        Scene.of(world, Installation.SELF_HOSTED, collectors + "    timeout: 110s\n")) {
      assertSucceeded(scene.probe("huge"));

      assertThat(scene.sentry().requests().byEndpoint())
          .containsOnly(
              Map.entry(API + "projects/", 1L),
              Map.entry(API + "stats_v2/", batches + 1 + 1), // and a check, and the reasons
              Map.entry(API + "sessions/", sessionBatches));
      scene.advance(MINUTE);
      assertThat(scene.requestsOf(() -> assertSucceeded(scene.probe("huge"))))
          .isEqualTo(batches + 1);
    }
  }

  /// As targets, all at once: one list, which serves ten minutes of requests to `/sd`, and probes.
  @Test
  void aListOfTenThousandTargetsCostsTwoRequestsInTenMinutes() {
    try (var scene = big(10_000)) {
      assertThat(scene.requestsOf(() -> assertTargets(scene, PROJECTS, 10_000))).isEqualTo(2);
      scene.advance(Duration.ofMinutes(9));
      assertThat(scene.requestsOf(() -> assertTargets(scene, PROJECTS, 10_000))).isZero();
      scene.advance(MINUTE);
      assertThat(scene.requestsOf(() -> assertTargets(scene, PROJECTS, 10_000))).isEqualTo(2);
      assertThat(scene.sentry().requests().byEndpoint())
          .containsOnly(Map.entry("/api/0/organizations/", 2L), Map.entry(API + "projects/", 2L));
    }
  }

  @Test
  void threeHundredOrganizationsOfATokenCostTheirListAndThatOfTheProjectsOfEach() {
    var world = SimulatedWorld.empty(1);
    for (int i = 0; i < 300; i++) {
      world = world.withOrganization("organization-" + i, 2);
    }
    try (var scene = Scene.of(world, Installation.SELF_HOSTED, "")) {
      assertTargets(scene, "/sd", 300);
      assertThat(scene.sentry().requests().byEndpoint())
          .containsOnly(Map.entry("/api/0/organizations/", 3L)); // pages of a hundred

      assertThat(scene.requestsOf(() -> assertTargets(scene, PROJECTS, 600))).isEqualTo(300);
      assertThat(scene.requestsOf(() -> assertTargets(scene, PROJECTS, 600))).isZero();
    }
  }

  private static void assertTargets(Scene scene, String path, int number) {
    Reply targets = scene.exporter().get(path);
    assertThat(targets.status()).as(targets.text()).isEqualTo(200);
    assertThat(targets.text().lines().filter(line -> line.contains("__param_target")))
        .hasSize(number);
  }

  private static Scene big(int projects) {
    var world = SimulatedWorld.empty(1).withOrganization("big", projects);
    return Scene.of(world, Installation.SELF_HOSTED, "");
  }

  private static SimulatedWorld withTrafficInEighty() {
    var world = SimulatedWorld.empty(1).withOrganization("big", 500);
    var streams =
        world.projects("big").stream()
            .limit(80)
            .flatMap(project ->
                Stream.of(
                    History.Stream.of(project, "error", "accepted", "none"),
                    History.Stream.ofSessions(project, "healthy")))
            .toList();
    return world.withHistory(
        "big", streams, (_, from, until, _) -> Duration.between(from, until).toMinutes());
  }

  private static void assertSucceeded(Reply page) {
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.value("sentry_probe_success")).as(page.text()).isOne();
  }
}
