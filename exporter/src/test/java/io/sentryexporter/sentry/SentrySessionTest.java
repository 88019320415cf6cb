package io.sentryexporter.sentry;

import static io.sentryexporter.testing.Failures.because;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sentryexporter.sentry.api.ClientKeys;
import io.sentryexporter.sentry.api.Events;
import io.sentryexporter.sentry.api.Issues;
import io.sentryexporter.sentry.api.Issues.Syntax;
import io.sentryexporter.sentry.api.Monitors;
import io.sentryexporter.sentry.api.Outcomes;
import io.sentryexporter.sentry.api.Releases;
import io.sentryexporter.sentry.api.Sessions;
import io.sentryexporter.sentry.api.Sessions.ReleaseHealth;
import io.sentryexporter.sentry.api.UptimeMonitors;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// All requests through a whole instance, over real HTTP, to every kind of server.
class SentrySessionTest {
  private static final Instant NOVEMBER = Instant.parse("2026-11-01T00:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  /// The calls to make to a server.
  interface Calls {
    void get(SentrySession api, SimulatedSentry simulated) throws Exception;
  }

  private static void get(SimulatedWorld world, Installation installation, Calls calls)
      throws Exception {
    try (var scene = SentryScene.of(world, installation)) {
      calls.get(scene.api(), scene.simulated);
    }
  }

  private static long count(Totals totals, long project, String category, String outcome) {
    return totals.of(project).getOrDefault(new OutcomeKey(category, outcome), 0L);
  }

  @ParameterizedTest
  @EnumSource(Installation.class)
  void acceptedErrorsAreTheSameOnEveryServer(Installation installation) throws Exception {
    SimulatedWorld world = SimulatedWorld.demo(7);
    get(
        world,
        installation,
        (api, _) -> {
          List<Project> projects = requireNonNull(api.projects("acme"));
          Totals all = requireNonNull(api.outcomes("acme", projects, Epoch.MONTH));
          assertThat(all.start()).isEqualTo(NOVEMBER);
          for (Project project : projects) {
            long truth =
                world.quantity("acme", project.slug(), "error", "accepted", NOVEMBER, all.end());
            assertThat(count(all, project.id(), "error", "accepted"))
                .as(project.slug())
                .isEqualTo(truth);
          }
          Project web = requireNonNull(api.project("acme", "web"));
          assertThat(requireNonNull(api.outcomes("acme", web, Epoch.MONTH)).byProject().keySet())
              .containsExactly(web.id());
        });
  }

  @Test
  void ofAProjectThatIsExposedAndDeletedByNowStatisticsOfOthersDoNotMakeAZero() throws Exception {
    get(
        SimulatedWorld.demo(7),
        Installation.SELF_HOSTED_20_6,
        (api, _) -> {
          Project web = requireNonNull(api.project("acme", "web"));
          var deleted = new Project(99, "gone", "", List.of());
          Totals all = requireNonNull(api.outcomes("acme", List.of(web, deleted), Epoch.MONTH));
          var accepted = new OutcomeKey("error", "accepted");
          assertThat(all.of(web.id())).containsKey(accepted);
          assertThat(all.isZero(deleted.id(), accepted)).isFalse();
        });
  }

  @Test
  void sessionsAgreeWithHealthAndReleases() throws Exception {
    SimulatedWorld world = SimulatedWorld.demo(7);
    get(
        world,
        Installation.SENTRY_IO,
        (api, _) -> {
          Totals totals = requireNonNull(api.sessions("acme", Epoch.MONTH));
          Map<Long, Sessions.ProjectHealth> health = requireNonNull(api.sessionHealth("acme", DAY));
          List<ReleaseHealth> releases = requireNonNull(api.releaseHealth("acme", DAY));
          Project web = requireNonNull(api.project("acme", "web"));
          assertThat(count(totals, web.id(), "session", "crashed"))
              .isPositive()
              .isEqualTo(world.sessions("acme", "web", "crashed", NOVEMBER, totals.end()));
          Instant end = Instant.parse("2026-11-22T10:00:00Z");
          double crashed = world.sessions("acme", "web", "crashed", end.minus(DAY), end);
          Sessions.ProjectHealth web24h = requireNonNull(health.get(web.id()));
          assertThat(web24h.crashFreeSessions())
              .isEqualTo(
                  1
                      - crashed
                          / releases.stream()
                              .filter(each -> each.project() == web.id())
                              .mapToLong(each -> requireNonNull(each.sessions()))
                              .sum(),
                  within(1e-9));
          assertThat(web24h.users()).isPositive();
        });
  }

  @Test
  void everyListIsRead() throws Exception {
    get(
        SimulatedWorld.demo(7),
        Installation.SENTRY_IO,
        (api, _) -> {
          Project web = requireNonNull(api.project("acme", "web"));
          assertThat(requireNonNull(api.answer(new Releases("acme"))).newest()).isNotEmpty();
          assertThat(api.answer(new Monitors("acme"))).isNotEmpty();
          assertThat(api.answer(new UptimeMonitors("acme"))).isNotEmpty();
          assertThat(api.answer(new ClientKeys("acme"))).isNotEmpty();
          assertThat(
                  api.issueCounts(
                      "acme",
                      List.of(
                          new Issues.Search(List.of(), "is:unresolved", Syntax.COMMON),
                          new Issues.Search(List.of(web.id()), "is:unresolved", Syntax.COMMON))))
              .hasSize(2)
              .allSatisfy((_, count) -> assertThat(count.count()).isPositive());
          assertThat(api.answer(new Issues.Noisiest("acme", web.id(), "is:unresolved", DAY, 3)))
              .hasSize(3);
          assertThat(
                  api.answer(
                      new Events(
                          "acme",
                          null,
                          new Events.Search("errors", "", "count()", List.of("project"), DAY, 5))))
              .hasSize(5);
          assertThat(requireNonNull(api.answer(new Outcomes.OfClosedHour("acme"))).byProject())
              .isNotEmpty();
          assertThat(
                  requireNonNull(api.answer(new Outcomes.ByReason("acme", api.counting(Epoch.DAY))))
                      .byProject())
              .hasSize(1);
          assertThat(
                  requireNonNull(api.answer(new Outcomes.Accepted("acme", NOVEMBER))).byProject())
              .hasSize(1);
          assertThat(api.failure()).isNull();
        });
  }

  @Test
  void anOldServerHasNoSessions() throws Exception {
    get(
        SimulatedWorld.demo(7),
        Installation.SELF_HOSTED_20_6,
        (api, _) -> {
          api.projects("acme");
          assertThat(api.sessions("acme", Epoch.MONTH)).isNull();
          assertThat(api.failure()).satisfies(because(Reason.UNSUPPORTED));
        });
  }

  @Test
  void aProjectThatIsNotInTheListIsNotRequested() throws Exception {
    get(
        SimulatedWorld.demo(7),
        Installation.SENTRY_IO,
        (api, simulated) -> {
          api.projects("acme");
          long requests = simulated.requests().total();
          assertThat(api.project("acme", "no-such")).isNull();
          assertThat(api.failure()).satisfies(because(Reason.NOT_FOUND));
          assertThat(simulated.requests().total()).isEqualTo(requests);
        });
  }

  @Test
  void fiveHundredProjectsCostFewRequests() throws Exception {
    get(
        SimulatedWorld.empty(1).withOrganization("big", 500),
        Installation.SENTRY_IO,
        (api, simulated) -> {
          api.projects("big");
          assertThat(simulated.requests().total()).isEqualTo(1);
          api.outcomes("big", List.of(), Epoch.MONTH);
          assertThat(simulated.requests().total()).as("three batches and their sum").isEqualTo(5);
        });
  }
}
