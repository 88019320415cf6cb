package io.sentryexporter.app;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.Token;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `/sd`: the targets of Sentry for Prometheus' HTTP service discovery.
class DiscoveryTest {
  private static final String PROJECTS =
      """
      [{"id":"7","slug":"web","name":"Web","platform":"python","teams":[{"slug":"a"},{"slug":"b"}],
        "hasAccess":true,"isMember":false,"status":"active","environments":["prod"],
        "dateCreated":"2018-11-06T21:19:58.536Z","firstEvent":"2018-11-07T00:00:00Z"},
       {"id":"8","slug":"api"}]
      """;

  private static Scene scene() {
    return Scene.demo(Installation.SELF_HOSTED);
  }

  /// An integration, for which Sentry's list of organizations is always empty.
  private static Scene integration() {
    var scene = scene();
    scene
        .sentry()
        .faults()
        .when(
            path -> path.equals("/api/0/organizations/"),
            new Fault.Body(200, "application/json", "[]"));
    return scene;
  }

  private static List<String> targets(Reply reply) {
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return Pattern.compile("\"__param_target\":\"([^\"]*)\"")
        .matcher(reply.text())
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  @Test
  void everyOrganizationThatSentryListsIsReadyToScrape() {
    try (var scene = scene()) {
      Reply reply = scene.exporter().get("/sd");

      assertThat(targets(reply)).containsExactlyElementsOf(sorted(scene.world().organizations()));
      assertThat(reply.header("Content-Type")).isEqualTo("application/json; charset=utf-8");
      String address = "127.0.0.1:" + scene.exporter().port();
      assertThat(reply.text())
          .startsWith(
              "[{\"targets\":[\""
                  + address
                  + "\"],\"labels\":{\"__meta_sentry_connection\":\"default\",")
          .contains(
              "\"__metrics_path__\":\"/probe\",\"__param_module\":\"sentry\","
                  + "\"__param_target\":\"acme\",\"__scheme__\":\"http\",")
          .contains("\"instance\":\"acme\"")
          .contains("\"__meta_sentry_organization_slug\":\"acme\"")
          .contains("\"__meta_sentry_url\":\"" + scene.sentry().url() + "\"")
          .doesNotContain("\"module\":", "__scrape_interval__", SimulatedSentry.TOKEN);
    }
  }

  @Test
  void everyProjectIsATargetOfItsOwnIfWanted() {
    try (var scene = scene()) {
      var expected =
          scene.world().organizations().stream()
              .flatMap(organization ->
                  scene.world().projects(organization).stream()
                      .map(project -> organization + "/" + project))
              .sorted()
              .toList();

      assertThat(targets(scene.exporter().get("/sd?kind=project"))).isEqualTo(expected);
    }
  }

  @Test
  void aProjectHasWhatSentryReportsOfItAsMetaLabels() {
    try (var scene = scene()) {
      scene.answer("projects", PROJECTS);

      assertThat(scene.exporter().get("/sd?kind=project&organization=acme&project=web").text())
          .contains(
              "\"__meta_sentry_project_created_timestamp\":\"1541539198\","
                  + "\"__meta_sentry_project_environments\":\",prod,\","
                  + "\"__meta_sentry_project_first_event_timestamp\":\"1541548800\","
                  + "\"__meta_sentry_project_has_access\":\"true\","
                  + "\"__meta_sentry_project_id\":\"7\","
                  + "\"__meta_sentry_project_is_member\":\"false\","
                  + "\"__meta_sentry_project_name\":\"Web\","
                  + "\"__meta_sentry_project_platform\":\"python\","
                  + "\"__meta_sentry_project_slug\":\"web\","
                  + "\"__meta_sentry_project_status\":\"active\","
                  + "\"__meta_sentry_project_teams\":\",a,b,\",");
    }
  }

  @Test
  void allScrapersShareTheListsOfTenMinutes() {
    try (var scene = scene()) {
      long first = scene.requestsOf(() -> scene.exporter().get("/sd?kind=project"));
      scene.advance(Duration.ofMinutes(9));
      long later = scene.requestsOf(() -> scene.exporter().get("/sd?kind=project"));

      assertThat(first).isEqualTo(1 + scene.world().organizations().size());
      assertThat(later).isZero();
      assertThat(scene.exporter().get("/sd").header("Age")).isEqualTo("540");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "kind=project&organization=acme&project=web, acme/web",
    "kind=project&organization=ac*&project=w*b&project=nothing, acme/web",
    "kind=project&organization=2&project=200001, acme/web",
    "organization=acme, acme",
    "organization=2, acme",
    "organization=2&organization=acme, acme",
  })
  void parametersSelectTargets(String query, String expected) {
    try (var scene = scene()) {
      assertThat(targets(scene.exporter().get("/sd?" + query))).containsExactly(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "team=a, acme/web",
    "team=c,",
    "team=*, acme/web",
    "team=c*,",
    "platform=python, acme/web",
    "platform=pyth*, acme/web",
    "platform=go,",
  })
  void teamAndPlatformSelectProjects(String query, String expected) {
    try (var scene = scene()) {
      scene.answer("projects", PROJECTS);

      var found = targets(scene.exporter().get("/sd?kind=project&organization=acme&" + query));

      assertThat(found).isEqualTo(expected == null ? List.of() : List.of(expected));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kinds=project | unknown parameter \"kinds\"; known: format, interval, kind, module",
        "kind=team | kind must be organization or project, once",
        "kind=project&kind=project | kind must be organization or project, once",
        "team=a | team selects projects; add kind=project",
        "organization= | organization is empty; write a value, or leave it out",
        "organization=%ff | a parameter cannot be read; write %25 for % and %3B for ;",
        "kind=project;team=x | a parameter cannot be read",
        "format=yaml | format must be ready or targets, once",
        "interval=1m | interval must be false or true, once",
        "module=other | unknown module \"other\"",
      })
  void aBadParameterIsRefusedWithItsFix(String query, String message) {
    try (var scene = scene()) {
      Reply reply = scene.exporter().get("/sd?" + query);

      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.text()).startsWith(message);
      assertThat(scene.sentry().requests().total()).isZero();
    }
  }

  @Test
  void longAndManyPatternsAreRefused() {
    try (var scene = scene()) {
      var many = IntStream.rangeClosed(0, 50).mapToObj(i -> "project=*" + i).collect(joining("&"));

      assertThat(scene.exporter().get("/sd?organization=" + "a".repeat(101)).text())
          .startsWith("organization has more than 100 characters");
      assertThat(scene.exporter().get("/sd?kind=project&" + many).text())
          .startsWith("project has more than 50 values; write patterns with *");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "*, true",
    "w*b, true",
    "*e*, true",
    "w**b, true",
    "web*, true",
    "*web, true",
    "w*x*b, false",
    "we, false",
    "webs, false",
    "*a, false",
    "'', false"
  })
  void aStarStandsForAnyCharacters(String pattern, boolean fits) {
    try (var scene = scene()) {
      scene.answer("projects", "[{\"id\":\"7\",\"slug\":\"web\"}]");
      String query = pattern.isEmpty() ? "project=wax" : "project=" + pattern;

      var found = targets(scene.exporter().get("/sd?kind=project&organization=acme&" + query));

      assertThat(found).hasSize(fits ? 1 : 0);
    }
  }

  @Test
  void whatNoProbeWouldTakeIsNoTarget() {
    try (var scene = scene()) {
      scene.answer(
          "projects",
          "[{\"id\":\"7\",\"slug\":\"a/../b\"},{\"id\":\"8\",\"slug\":\"@evil\"},"
              + "{\"id\":\"9\",\"slug\":\"web\",\"environments\":[\"dev,production\",\"qa\"]}]");

      Reply reply = scene.exporter().get("/sd?kind=project&organization=acme");

      assertThat(targets(reply)).containsExactly("acme/web");
      assertThat(reply.text()).contains("\"__meta_sentry_project_environments\":\",qa,\"");
    }
  }

  @Test
  void theClassicFormHasTheTargetsOfProbes() {
    try (var scene = scene()) {
      Reply reply = scene.exporter().get("/sd?kind=project&organization=acme&format=targets");

      assertThat(reply.text())
          .contains("{\"targets\":[\"acme/web\"],\"labels\":{\"__meta_sentry_connection\":")
          .doesNotContain("__param_target", "__metrics_path__", "\"instance\"");
    }
  }

  @Test
  void theRecommendedIntervalComesOnlyWhenWanted() {
    try (var scene = Scene.collecting("{issues: {refresh_interval: 15m}}\n    timeout: 10s")) {
      assertThat(scene.exporter().get("/sd?interval=true").text())
          .contains("\"__scrape_interval__\":\"2m\",\"__scrape_timeout__\":\"10s\"");
    }
  }

  @Test
  void anEmptyListOfOrganizationsIsAnErrorThatNamesTheSetting() {
    try (var scene = integration()) {
      Reply reply = scene.exporter().get("/sd");

      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.text())
          .contains("set organizations: of the instance, or SENTRY_ORGANIZATIONS");
      assertThat(scene.exporter().get("/metrics").value("sentry_exporter_discoveries_failed_total"))
          .isOne();
    }
  }

  @Test
  void anOrganizationThatHasAnsweredIsATargetAlthoughSentryListsNone() {
    try (var scene = integration()) {
      Scene.assertSucceeded(scene.probe("acme"));

      assertThat(targets(scene.exporter().get("/sd"))).containsExactly("acme");
    }
  }

  @Test
  void aTokenThatMayNotListOrganizationsHasThoseThatHaveAnswered() {
    try (var scene = scene()) {
      scene
          .sentry()
          .faults()
          .when(
              path -> path.equals("/api/0/organizations/"),
              new Fault.Body(
                  403,
                  "application/json",
                  "{\"detail\":\"You do not have permission to perform this action.\"}"));
      Scene.assertSucceeded(scene.probe("acme"));

      assertThat(targets(scene.exporter().get("/sd"))).containsExactly("acme");
    }
  }

  @Test
  void whileTheListOfOrganizationsFailsThoseThatHaveAnsweredAreNotTakenForAll() {
    try (var scene = scene()) {
      scene
          .sentry()
          .faults()
          .when(path -> path.equals("/api/0/organizations/"), new Fault.Status(502));
      Scene.assertSucceeded(scene.probe("acme"));

      Reply reply = scene.exporter().get("/sd");

      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.text()).contains("HTTP 502");
    }
  }

  @Test
  void anOrganizationThatTheRequestNamesIsTried() {
    try (var scene = integration()) {
      assertThat(targets(scene.exporter().get("/sd?organization=acme"))).containsExactly("acme");

      Reply unknown = scene.exporter().get("/sd?organization=none-of-ours");

      assertThat(unknown.status()).isEqualTo(503);
      assertThat(unknown.text()).contains("no organization of instance default is known");
    }
  }

  @Test
  void configuredOrganizationsNeedNoRequest() {
    try (var scene = scene()) {
      scene
          .exporter()
          .reload(
              """
              instances: {default: {url: %s, auth_token: %s, organizations: [globex, acme]}}
              """
                  .formatted(scene.sentry().url(), SimulatedSentry.TOKEN));

      assertThat(targets(scene.exporter().get("/sd"))).containsExactly("acme", "globex");
      assertThat(scene.sentry().requests().total()).isZero();
    }
  }

  @Test
  void aTokenOfOneOrganizationSeesNoOther() {
    var token = new Token(SimulatedSentry.TOKEN, Token.READ_SCOPES, Set.of("acme"));
    try (var scene = Scene.of(SimulatedWorld.demo(1), Installation.SELF_HOSTED, "", token)) {
      assertThat(targets(scene.exporter().get("/sd"))).containsExactly("acme");
    }
  }

  @Test
  void whileSentryFailsTheLastGoodListServesWithItsAge() {
    try (var scene = scene()) {
      var before = targets(scene.exporter().get("/sd?kind=project"));
      scene.sentry().faults().when(_ -> true, new Fault.Status(502));
      scene.advance(Duration.ofMinutes(30));

      Reply reply = scene.exporter().get("/sd?kind=project");

      assertThat(targets(reply)).isEqualTo(before);
      assertThat(reply.header("Age")).isEqualTo("1800");
    }
  }

  @Test
  void beforeTheFirstListAFailureIsAnError() {
    try (var scene = scene()) {
      scene.sentry().faults().when(_ -> true, new Fault.Status(502));

      Reply reply = scene.exporter().get("/sd");

      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.text()).contains("HTTP 502");
    }
  }

  @Test
  void oneListThatFailsWithholdsAllSinceItsTargetsWouldVanish() {
    try (var scene = scene()) {
      scene.sentry().faults().when(path -> path.contains("/acme/"), new Fault.Status(502));

      Reply reply = scene.exporter().get("/sd?kind=project");

      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.text()).startsWith("no list of the projects of acme: ");
    }
  }

  @Test
  void anOrganizationThatIsRefusedIsLeftOut() {
    try (var scene = scene()) {
      scene.refuse(Scene.has("/acme/"), 403, "You do not have permission to perform this action.");

      var found = targets(scene.exporter().get("/sd?kind=project"));

      assertThat(found).isNotEmpty().noneMatch(target -> target.startsWith("acme/"));
    }
  }

  @Test
  void newAndDeletedProjectsShowWithinTenMinutes() {
    try (var scene = scene()) {
      scene.answer("projects", PROJECTS);
      assertThat(targets(scene.exporter().get("/sd?kind=project&organization=acme")))
          .containsExactly("acme/api", "acme/web");
      scene.sentry().faults().clear();
      scene.answer(
          "projects", "[{\"id\":\"7\",\"slug\":\"shop\"},{\"id\":\"9\",\"slug\":\"new\"}]");
      scene.advance(Duration.ofMinutes(10));

      Reply reply = scene.exporter().get("/sd?kind=project&organization=acme");

      assertThat(targets(reply)).containsExactly("acme/new", "acme/shop");
      assertThat(reply.text()).contains("\"__meta_sentry_project_id\":\"7\"");
    }
  }

  @Test
  void severalModulesHaveALabelOfTheirOwn() {
    try (var scene = scene()) {
      scene
          .exporter()
          .reload(
              """
              instances: {default: {url: %s, auth_token: %s, organizations: [acme]}}
              modules:
                often: {prober: sentry, collectors: {outcomes: {}}}
                seldom: {prober: sentry, collectors: {issues: {}}}
                old: {prober: http, http: {prefix: "%s/api/0/projects/"}}
              """
                  .formatted(scene.sentry().url(), SimulatedSentry.TOKEN, scene.sentry().url()));

      assertThat(scene.exporter().get("/sd").text())
          .contains("\"module\":\"often\"", "\"module\":\"seldom\"");
      assertThat(scene.exporter().get("/sd?module=often").text()).doesNotContain("\"module\":");
      Reply old = scene.exporter().get("/sd?module=old");
      assertThat(old.status()).isEqualTo(400);
      assertThat(old.text())
          .isEqualTo("module \"old\" is not of prober: sentry, and its targets cannot be found\n");
    }
  }

  @Test
  void theExternalUrlIsWherePrometheusScrapes() {
    try (var scene = scene();
        var exporter =
            RunningExporter.with(
                RunningExporter.collecting(scene.sentry().url(), ""),
                web -> web.at("/in", "https://proxy.example", "/prom"))) {
      assertThat(exporter.get("/in/sd").text())
          .contains("{\"targets\":[\"proxy.example\"],", "\"__scheme__\":\"https\"")
          .contains("\"__metrics_path__\":\"/prom/probe\"");
    }
  }

  private static List<String> sorted(List<String> names) {
    return names.stream().sorted().toList();
  }
}
