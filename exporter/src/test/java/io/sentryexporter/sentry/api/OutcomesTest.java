package io.sentryexporter.sentry.api;

import static io.sentryexporter.testing.Failures.because;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.http.Header;
import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.http.HttpClient;
import io.sentryexporter.http.HttpClient.HttpSettings;
import io.sentryexporter.http.HttpFailure;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.sentry.api.ApiRequest.Fetching;
import io.sentryexporter.sentry.api.Json.DropCause;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.TestTime;
import io.sentryexporter.text.Secret;
import io.sentryexporter.time.TimeSource;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Counters from the simulated Sentry, over real HTTP, against what it has really received.
class OutcomesTest {
  private static final Counting BY_MONTH = Counting.refreshedEach(Duration.ZERO, Epoch.MONTH);
  private static final Counting BY_DAY = Counting.refreshedEach(Duration.ZERO, Epoch.DAY);
  private static final Instant NOVEMBER = Instant.parse("2026-11-01T00:00:00Z");

  private final TestClock clock = TestClock.at("2026-11-22T10:17:33Z");
  private final SimulatedWorld world =
      SimulatedWorld.demo(7).withOrganization("mid", 240).withOrganization("big", 500);

  @AutoClose
  private final SimulatedSentry simulated =
      SimulatedSentry.start(world, ServerOptions.onLoopback(clock));

  @AutoClose private final TimeSource time = TestTime.real();

  @AutoClose
  private final HttpClient http =
      new HttpClient(HttpSettings.standard("test"), time, Runnable::run);

  private Fetching fetching(String organization) {
    return new Fetching() {
      @Override
      public HttpAnswer get(ApiGet request) throws SentryException {
        var authorization =
            new Header("Authorization", new Secret("Bearer " + SimulatedSentry.TOKEN));
        try (var deadline = time.deadline(Duration.ofMinutes(1))) {
          var get = new HttpGet(address(request), List.of(authorization));
          HttpAnswer answer = http.get(get, _ -> true, deadline);
          if (answer.status() != 200) {
            throw SentryException.ofStatus(
                new String(answer.body(), StandardCharsets.UTF_8), answer.status(), 0);
          }
          return answer;
        } catch (HttpFailure e) {
          throw new AssertionError(e);
        }
      }

      @Override
      public boolean isWhole() {
        return true;
      }

      @Override
      public List<Project> projects() throws SentryException, InterruptedException {
        return new Projects(organization).fetch(this);
      }

      @Override
      public Instant now() {
        return clock.instant();
      }

      @Override
      public void dropped(DropCause cause, String what) {
        throw new AssertionError(what);
      }

      @Override
      public void truncated() {
        throw new AssertionError("no answer is cut short here");
      }
    };
  }

  private URI address(ApiGet request) {
    String path = request.endpoint().path();
    for (String segment : request.path()) {
      path = path.replaceFirst("\\{[^}]*}", segment);
    }
    return URI.create(
        simulated.url()
            + path
            + request.query().stream()
                .map(each -> each.name() + "=" + encoded(each.value()))
                .collect(Collectors.joining("&", "?", "")));
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private <T> T get(ApiRequest<T> request) throws SentryException, InterruptedException {
    return request.fetch(fetching(request.organization()));
  }

  private static long received(Map<OutcomeKey, Long> totals) {
    return totals.getOrDefault(new OutcomeKey("error", "accepted"), 0L)
        + totals.getOrDefault(new OutcomeKey("error", "filtered"), 0L)
        + totals.getOrDefault(new OutcomeKey("error", "rate_limited"), 0L);
  }

  @Test
  void countersAreWhatWasReceivedSinceTheMonthBegan() throws Exception {
    Totals totals = get(new Outcomes.ByProject("acme", BY_MONTH));

    assertThat(totals.start()).isEqualTo(NOVEMBER);
    assertThat(totals.end()).isEqualTo(clock.instant());
    for (Project project : get(new Projects("acme"))) {
      assertThat(received(totals.of(project.id())))
          .as(project.slug())
          .isEqualTo(world.received("acme", project.slug(), NOVEMBER, clock.instant()));
    }
  }

  @Test
  void aProjectsOwnStatisticsAgreeWithTheOrganizations() throws Exception {
    Totals organization = get(new Outcomes.ByProject("globex", BY_MONTH));

    for (Project project : get(new Projects("globex"))) {
      Totals own = get(new ProjectStats("globex", project.slug(), project.id(), BY_MONTH));
      own.of(project.id())
          .forEach((kind, quantity) ->
              assertThat(organization.of(project.id()).getOrDefault(kind, 0L))
                  .as(project.slug() + " " + kind)
                  .isEqualTo(quantity));
    }
  }

  /// Each fits into 64 bits, and the sum of a category does not: no sum is better than a wrong one.
  @Test
  void projectsThatAddUpToMoreThan64BitsHaveNoTotal() {
    var most = Map.of(new OutcomeKey("error", "accepted"), Long.MAX_VALUE);
    var totals = new Totals(Instant.EPOCH, Instant.EPOCH, Map.of(1L, most, 2L, most));

    assertThatThrownBy(totals::byCategory).satisfies(because(Reason.PARSE));
  }

  @Test
  void theDayBeginsAtMidnight() throws Exception {
    Totals totals = get(new Outcomes.ByProject("acme", BY_DAY));
    Project web = get(new Projects.ProjectPage("acme", "web"));

    assertThat(totals.start()).isEqualTo(Instant.parse("2026-11-22T00:00:00Z"));
    assertThat(received(totals.of(web.id())))
        .isEqualTo(world.received("acme", "web", totals.start(), clock.instant()));
  }

  @Test
  void theMonthThatIsOverIsExposedToItsEndForTwoMinutes() throws Exception {
    Project web = get(new Projects.ProjectPage("acme", "web"));
    clock.advance(Duration.between(clock.instant(), Instant.parse("2026-12-01T00:01:59Z")));

    Totals totals = get(new Outcomes.ByProject("acme", BY_MONTH));

    assertThat(totals.start()).isEqualTo(Instant.parse("2026-11-01T00:00:00Z"));
    assertThat(totals.end()).isEqualTo(Instant.parse("2026-12-01T00:00:00Z"));
    assertThat(received(totals.of(web.id())))
        .isEqualTo(world.received("acme", "web", totals.start(), totals.end()));
    clock.advance(Duration.ofSeconds(1));
    assertThat(get(new Outcomes.ByProject("acme", BY_MONTH)).start())
        .isEqualTo(Instant.parse("2026-12-01T00:00:00Z"));
  }

  @Test
  void theOldWindowIsTheSameFromTheStatisticsOfAProject() throws Exception {
    Project web = get(new Projects.ProjectPage("acme", "web"));
    clock.advance(Duration.between(clock.instant(), Instant.parse("2026-12-01T00:01:59Z")));

    Totals totals = get(new ProjectStats("acme", "web", web.id(), BY_MONTH));

    assertThat(totals.start()).isEqualTo(Instant.parse("2026-11-01T00:00:00Z"));
    assertThat(received(totals.of(web.id())))
        .isEqualTo(world.received("acme", "web", totals.start(), totals.end()));
  }

  @Test
  void anHourIsClosedNinetySecondsAfterItsEnd() throws Exception {
    Project web = get(new Projects.ProjectPage("acme", "web"));
    clock.advance(Duration.between(clock.instant(), Instant.parse("2026-11-22T11:01:29Z")));
    Totals before = get(new Outcomes.OfClosedHour("acme"));
    clock.advance(Duration.ofSeconds(1));
    Totals after = get(new Outcomes.OfClosedHour("acme"));

    assertThat(before.start()).isEqualTo(Instant.parse("2026-11-22T09:00:00Z"));
    assertThat(after.start()).isEqualTo(Instant.parse("2026-11-22T10:00:00Z"));
    assertThat(received(after.of(web.id())))
        .isEqualTo(world.received("acme", "web", after.start(), after.end()));
    assertThat(new Outcomes.OfClosedHour("acme").stillAnswers(before, clock.instant())).isFalse();
    assertThat(new Outcomes.OfClosedHour("acme").stillAnswers(after, clock.instant())).isTrue();
  }

  @Test
  void reasonsAndAcceptedAddUpToTheProjects() throws Exception {
    Totals byProject = get(new Outcomes.ByProject("acme", BY_MONTH));
    Totals reasons = get(new Outcomes.ByReason("acme", BY_MONTH));
    Totals accepted = get(new Outcomes.Accepted("acme", NOVEMBER));

    var wanted = new java.util.HashMap<OutcomeKey, Long>();
    byProject
        .byProject()
        .values()
        .forEach(
            totals -> totals.forEach((kind, quantity) -> wanted.merge(kind, quantity, Long::sum)));
    var summed = new java.util.HashMap<OutcomeKey, Long>();
    reasons
        .of(Totals.WHOLE_ORGANIZATION)
        .forEach((kind, quantity) ->
            summed.merge(new OutcomeKey(kind.category(), kind.outcome()), quantity, Long::sum));
    assertThat(summed).isEqualTo(wanted);
    assertThat(accepted.of(Totals.WHOLE_ORGANIZATION))
        .isNotEmpty()
        .allSatisfy((kind, quantity) -> assertThat(quantity).isEqualTo(wanted.get(kind)));
  }

  private long statsRequests(String organization) throws Exception {
    Fetching sentry = fetching(organization);
    List<Project> projects = sentry.projects();
    simulated.requests().reset();
    Totals totals = new Outcomes.ByProject(organization, BY_MONTH).fetch(sentry);
    String last = projects.getLast().slug();
    assertThat(received(totals.of(projects.getLast().id())))
        .isEqualTo(world.received(organization, last, NOVEMBER, clock.instant()));
    return simulated.requests().last().stream()
        .filter(request -> request.toString().contains("stats_v2"))
        .count();
  }

  @Test
  void upTo240ProjectsCostOneRequestAnd500Three() throws Exception {
    assertThat(statsRequests("mid")).isEqualTo(1);
    assertThat(statsRequests("big")).isEqualTo(3);
  }
}
