package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.message.SentryError;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.Token;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// For how long a refusal is remembered, and that a hint does not overrule what has answered.
class RememberedRefusalsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final String LIST = "/api/0/organizations/";
  private static final Fault EMPTY_LIST = json("[]");

  private static Fault json(String body) {
    return new Fault.Body(200, "application/json", body);
  }

  private static void organizations(Scene scene, Fault fault) {
    scene.sentry().faults().when(path -> path.equals(LIST), fault);
  }

  @Test
  void anEmptyListOfOrganizationsOverrulesNothing() {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      organizations(scene, EMPTY_LIST);
      Scene.assertSucceeded(scene.probe("acme"));

      Reply mistyped = scene.probe("nosuch");
      scene.advance(MINUTE);
      Reply page = scene.probe("acme");

      assertThat(Scene.failures(mistyped)).allMatch(line -> line.contains("not_found"));
      Scene.assertSucceeded(page);
    }
  }

  @Test
  void aListWithoutAnOrganizationThatHasAnsweredOverrulesNothing() {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      organizations(scene, json("[{\"id\":\"9\",\"slug\":\"other\"}]"));
      Scene.assertSucceeded(scene.probe("acme"));
      scene.probe("nosuch");
      scene.advance(Duration.ofMinutes(11));

      Scene.assertSucceeded(scene.probe("acme"));
    }
  }

  @Test
  void aProxysRefusalOfTheProjectsCostsNoDataAndIsOverWithTheFault() {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      Reply good = scene.probe("acme");
      scene.advance(Duration.ofMinutes(11));
      organizations(scene, EMPTY_LIST);
      scene.fault("projects", new Fault.NginxPage(403));

      Reply bad = scene.probe("acme");
      scene.advance(Duration.ofSeconds(20));
      scene.sentry().faults().clear();
      Reply after = scene.probe("acme");

      Scene.assertOnlyFailed(bad, "projects", "scope");
      assertThat(Scene.values(bad)).hasSameSizeAs(Scene.values(good));
      assertThat(Scene.age(bad, "projects")).isEqualTo(660);
      Scene.assertSucceeded(after);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"403-permission", "404-resource", "404-apigateway"})
  void sentrysOwnRefusalOfAnOrganizationIsBelievedAtTheSecondRefreshFiveMinutesLater(String error) {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      Scene.assertSucceeded(scene.probe("acme"));
      scene.advance(Duration.ofMinutes(11));
      var fault = new Fault.Failure(Objects.requireNonNull(SentryError.of(error)));
      scene.fault("projects", fault);
      String reason = error.startsWith("403") ? "scope" : "not_found";

      for (int minute = 0; minute < 5; minute++) {
        Scene.assertOnlyFailed(scene.probe("acme"), "projects", reason);
        scene.advance(MINUTE);
      }
      Reply page = scene.probe("acme");
      assertThat(page.text()).doesNotContain("sentry_project_info", "sentry_outcomes_total");
      assertThat(Scene.failures(page)).isNotEmpty().allMatch(line -> line.contains(reason));

      scene.sentry().faults().clear();
      scene.advance(MINUTE);
      Scene.assertSucceeded(scene.probe("acme"));
    }
  }

  @Test
  void aTokenWithoutTheOrganizationsScopeIsReasonScopeAndProjectsHaveTheirOwnStatistics() {
    var token = new Token(SimulatedSentry.TOKEN, Set.of("project:read", "event:read"), Set.of());
    try (var scene = Scene.of(SimulatedWorld.demo(1), Installation.SELF_HOSTED, "", token)) {
      organizations(scene, EMPTY_LIST);

      Reply organization = scene.probe("acme");
      Reply project = scene.probe("acme/web");

      assertThat(Scene.failures(organization))
          .isNotEmpty()
          .allMatch(line -> line.contains("scope"));
      assertThat(project.text())
          .contains("sentry_outcomes_total{category=\"error\",organization=\"acme\",");
      assertThat(Scene.failures(project)).allMatch(line -> line.contains("scope"));
    }
  }

  /// Probes names one a second, and asserts how many requests that costs in the worst minute.
  private static void assertCost(Scene scene, int mostInAMinute, IntFunction<String> target) {
    for (int minute = 0; minute < 3; minute++) {
      int first = minute * 60;
      long requests =
          scene.requestsOf(() -> {
            for (int i = first; i < first + 60; i++) {
              Reply page = scene.probe(target.apply(i));
              assertThat(page.value("sentry_probe_success")).isZero();
              scene.advance(SECOND);
            }
          });
      assertThat(requests).as("minute %d", minute).isLessThanOrEqualTo(mostInAMinute);
    }
  }

  @Test
  void aMistypedTargetIsAnsweredFromTheListWhichIsReadAgainOnceAMinute() {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      assertCost(scene, 2, _ -> "acmee");
      assertCost(scene, 2, i -> "name-" + i);
      assertCost(scene, 2, i -> "acme/name-" + i);
      assertCost(scene, 2, i -> "acme/" + (900_000 + i));
      assertCost(scene, 2, i -> "" + (900_000 + i));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"200 []", "403 {\"detail\":\"no\"}", "404 {\"detail\":\"no\"}", "503 {}"})
  void madeUpNamesCostTenRequestsAMinuteWhereThereIsNoList(String answer) {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      Scene.assertSucceeded(scene.probe("globex"));
      int status = Integer.parseInt(answer.substring(0, 3));
      organizations(scene, new Fault.Body(status, "application/json", answer.substring(4)));

      assertCost(scene, 10, _ -> "acmee");
      assertCost(scene, 10, i -> "name-" + i);
      assertCost(scene, 10, i -> "name-" + i + "/web");
      assertCost(scene, 10, i -> "" + (900_000 + i));
      scene.advance(MINUTE);
      Scene.assertSucceeded(scene.probe("globex"));
    }
  }

  @Test
  void madeUpProjectsCostTenRequestsAMinuteWhereThereIsNoListAndOthersGoOn() {
    var token = new Token(SimulatedSentry.TOKEN, Set.of("project:read"), Set.of());
    try (var scene = Scene.of(SimulatedWorld.demo(1), Installation.SELF_HOSTED, "", token)) {
      organizations(scene, EMPTY_LIST);
      scene.probe("acme/web");
      scene.advance(MINUTE);

      assertCost(scene, 10, i -> "acme/name-" + i);
      assertCost(scene, 10, i -> "acme/" + (900_000 + i));

      assertThat(scene.probe("acme/web").text()).contains("sentry_outcomes_total{");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "404 text/html <html><h1>404 Not Found</h1></html>",
        "404 text/plain 404 page not found",
        "404 text/html ",
        "410 text/html gone"
      })
  void anotherWebServerIsNoSuccessAndTheUrlIsNamed(String answer) {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      String[] words = answer.split(" ", 3);
      var fault = new Fault.Body(Integer.parseInt(words[0]), words[1], words[2]);
      scene.sentry().faults().when(_ -> true, fault);

      for (String target : List.of("acme", "acme/web", "globex", "2")) {
        Reply page = scene.probe(target);

        assertThat(page.value("sentry_probe_success")).isZero();
        assertThat(Scene.failures(page)).allMatch(line -> line.contains("\"not_sentry\""));
        assertThat(scene.trace(target))
            .contains("does not look like Sentry", scene.sentry().url().toString())
            .doesNotContain("probe succeeded");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html <html>no backend</html>", "text/plain 404 page not found"})
  void anIngressThatAnswers404ForAnHourIsNoSuccessAndCostsNoMore(String answer) {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      Scene.assertSucceeded(scene.probe("acme"));
      String[] words = answer.split(" ", 2);
      scene.sentry().faults().when(_ -> true, new Fault.Body(404, words[0], words[1]));
      for (int minute = 1; minute < 60; minute++) {
        scene.advance(MINUTE);
        Reply page = scene.probe("acme");
        assertThat(page.value("sentry_probe_success")).as("minute %d", minute).isZero();
        if (minute < 5) {
          assertThat(page.text()).contains("sentry_outcomes_total{");
        }
      }
      scene.sentry().faults().clear();
      scene.advance(MINUTE);

      Scene.assertSucceeded(scene.probe("acme"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"410-gone", "404-unknown-route", "404-resource", "403-permission"})
  void statisticsThatHaveAnsweredAreNotReplacedByOlderOnesWithFewerCategories(String error) {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      scene.probe("acme");
      Scene.assertSucceeded(scene.probe("acme/web"));
      var fault = new Fault.Failure(Objects.requireNonNull(SentryError.of(error)));
      scene.fault("stats_v2", fault);
      long before = scene.requestsTo("stats_v2");
      for (int minute = 1; minute <= 8; minute++) {
        scene.advance(MINUTE);
        for (String target : List.of("acme", "acme/web")) {
          Reply page = scene.probe(target);
          assertThat(page.value("sentry_probe_success")).isZero();
          assertThat(page.text().contains("sentry_outcomes_total{")).isEqualTo(minute < 5);
        }
      }
      assertThat(scene.requestsTo("stats_v2") - before).isBetween(8L, 40L);
      assertThat(scene.sentry().requests().count("/api/0/projects/{organization}/{project}/stats/"))
          .isZero();
      scene.sentry().faults().clear();
      scene.advance(MINUTE);

      Scene.assertSucceeded(scene.probe("acme"));
    }
  }

  @Test
  void aProjectThatIsNewIsFoundWithinAMinute() {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      scene.fault("projects", json("[{\"id\":\"200002\",\"slug\":\"api\"}]"));
      scene.probe("acme");
      scene.sentry().faults().clear();

      assertThat(scene.probe("acme/web").value("sentry_probe_success")).isZero();
      scene.advance(MINUTE);
      Scene.assertSucceeded(scene.probe("acme/web"));
    }
  }

  @Test
  void aProjectThatIsNewInTheStatisticsIsShownAMinuteLaterByItsSlug() {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      scene.fault("projects", json("[{\"id\":\"200002\",\"slug\":\"api\"}]"));
      assertThat(scene.probe("acme").text()).doesNotContain("project=\"200001\"");
      scene.sentry().faults().clear();
      long before = scene.requestsTo("projects");

      for (int minute = 0; minute < 5; minute++) {
        scene.advance(MINUTE);
        scene.probe("acme");
        Eventually.within(
            Duration.ofMinutes(1), () -> assertThat(scene.requestsTo("projects") - before).isOne());
      }

      assertThat(scene.probe("acme").text()).contains("project=\"web\"").contains("outcomes_total");
    }
  }

  @Test
  void anOrganizationThatAppearsIsFoundWithinAMinute() {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      organizations(scene, json("[{\"id\":\"2\",\"slug\":\"acme\"}]"));
      scene.fault("globex", new Fault.Failure(SentryError.NO_RESOURCE));
      assertThat(scene.probe("globex").value("sentry_probe_success")).isZero();
      scene.sentry().faults().clear();

      assertThat(scene.probe("globex").value("sentry_probe_success")).isZero();
      scene.advance(MINUTE);
      Scene.assertSucceeded(scene.probe("globex"));
    }
  }

  @Test
  void aReloadEndsEveryRememberedRefusal() {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      organizations(scene, json("[{\"id\":\"2\",\"slug\":\"acme\"}]"));
      scene.fault("monitors", new Fault.Failure(SentryError.UNKNOWN_ROUTE));
      scene.fault("issues", new Fault.Failure(SentryError.NO_PERMISSION));
      scene.fault("globex", new Fault.Failure(SentryError.NO_RESOURCE));
      scene.probe("acme");
      scene.probe("globex");
      scene.sentry().faults().clear();
      assertThat(scene.probe("acme").value("sentry_probe_success")).isZero();
      assertThat(scene.probe("globex").value("sentry_probe_success")).isZero();

      assertThat(scene.exporter().send("POST", "/-/reload").status()).isEqualTo(200);

      Scene.assertSucceeded(scene.probe("acme"));
      Scene.assertSucceeded(scene.probe("globex"));
    }
  }

  @Test
  void aReloadEndsTheMemoryOfARefusedToken() {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      scene.sentry().faults().when(_ -> true, new Fault.Failure(SentryError.INVALID_TOKEN));
      scene.probe("acme");
      scene.sentry().faults().clear();
      assertThat(scene.probe("acme").value("sentry_probe_success")).isZero();

      assertThat(scene.exporter().send("POST", "/-/reload").status()).isEqualTo(200);

      scene.probe("acme"); // the check
      Scene.assertSucceeded(scene.probe("acme"));
    }
  }

  @Test
  void aLongPauseIsRateLimitedThroughout() {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      Scene.assertSucceeded(scene.probe("acme"));
      scene.advance(Duration.ofMinutes(6));
      var pause = new Fault.RetryLater(Duration.ofSeconds(30), Fault.RetryAfterForm.SECONDS);
      scene.fault("sessions", pause);
      long before = scene.requestsTo("sessions");
      for (int second = 0; second < 30; second += 3) {
        Scene.assertOnlyFailed(scene.probe("acme"), "sessions", "rate_limited");
        scene.advance(Duration.ofSeconds(3));
      }
      assertThat(scene.requestsTo("sessions") - before).isBetween(1L, 2L);
      scene.sentry().faults().clear();

      Scene.assertSucceeded(scene.probe("acme"));
    }
  }

  @Test
  void everyScrapeIsNewWhereItsIntervalIsTheRefreshInterval() {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      for (int scrape = 0; scrape < 29; scrape++) {
        Reply page = scene.probe("acme");
        for (String collector : List.of("outcomes", "monitors")) { // refreshed each minute
          assertThat(Scene.age(page, collector)).as("scrape %d", scrape).isZero();
        }
        scene.advance(Duration.ofMillis(scrape % 2 == 0 ? 59_700 : 60_300));
      }
    }
  }

  @Test
  void anEndpointThatSentryIsGoingToRemoveIsNamedOnce() {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      var removal =
          new Fault.Deprecation("2027-01-31T00:00:00+00:00", "/api/0/organizations/{org}/new/");
      scene.fault("sessions", removal);
      scene.probe("acme");
      scene.probe("globex");

      assertThat(scene.exporter().log().lines())
          .filteredOn(line -> line.contains("going to remove an endpoint"))
          .singleElement()
          .asString()
          .contains("level=WARN", "endpoint=sessions", "2027-01-31", "/new/");
      assertThat(scene.exporter().get("/metrics").text())
          .contains(
              "sentry_exporter_endpoint_deprecation_timestamp_seconds{endpoint=\"sessions\","
                  + "sentry_instance=\"default\"} 1.8013536E9");
      assertThat(scene.exporter().get("/").text())
          .contains("sessions ends on 2027-01-31, instead: /api/0/organizations/{org}/new/");
    }
  }
}
