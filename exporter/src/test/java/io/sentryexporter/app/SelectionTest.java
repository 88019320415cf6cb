package io.sentryexporter.app;

import static io.sentryexporter.app.Scene.series;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.message.ReceivedRequest;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The organizations and projects that an instance selects: the same in probes, in service
/// discovery and in what is requested from Sentry.
class SelectionTest {
  private static final String ALL_COLLECTORS =
      "{projects: , outcomes: , sessions: , releases: , issues: {top: 10}, monitors: , uptime: ,"
          + " client_keys: , queries: {queries: [{name: errors, aggregate: count()}]}}";

  /// Its project `web` is of the teams a and b, `api` of none, `shop` of a.
  private static final String PROJECTS =
      """
      [{"id":"1","slug":"web","platform":"python","teams":[{"slug":"a"},{"slug":"b"}]},
       {"id":"2","slug":"api","platform":"go","teams":[]},
       {"id":"3","slug":"shop","platform":"javascript-react","teams":[{"slug":"a"}]}]
      """;

  private static Scene selecting(String keys) {
    return selecting(SimulatedWorld.demo(1), keys);
  }

  private static Scene selecting(SimulatedWorld world, String keys) {
    var scene = Scene.of(world, Installation.SELF_HOSTED, "");
    select(scene, keys);
    return scene;
  }

  /// @param keys of the instance, in one line
  private static void select(Scene scene, String keys) {
    scene
        .exporter()
        .reload(
            """
            instances: {default: {url: "%s", auth_token: %s, %s}}
            modules: {sentry: {prober: sentry, timeout: 10s, collectors: %s}}
            """
                .formatted(scene.sentry().url(), SimulatedSentry.TOKEN, keys, ALL_COLLECTORS));
  }

  /// Values of the label `project` on a page.
  private static Set<String> projects(Reply page) {
    var projects = new TreeSet<String>();
    Pattern.compile("[{,]project=\"([^\"]+)\"")
        .matcher(page.text())
        .results()
        .forEach(match -> projects.add(match.group(1)));
    return projects;
  }

  private static List<String> targets(Scene scene, String query) {
    Reply reply = scene.exporter().get("/sd?" + query);
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return Pattern.compile("\"__param_target\":\"([^\"]*)\"")
        .matcher(reply.text())
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  private static String target(ReceivedRequest request) {
    return request.path() + "?" + request.query();
  }

  private static long id(Scene scene, String project) {
    return requireNonNull(requireNonNull(scene.world().organization("acme")).projectOfSlug(project))
        .id();
  }

  private static void assertNotAllowed(Scene scene, String target) {
    long[] requests = new long[1];
    Reply[] page = new Reply[1];
    requests[0] = scene.requestsOf(() -> page[0] = scene.probe(target));
    assertThat(requests[0]).as(target).isZero();
    assertThat(page[0].status()).isEqualTo(200);
    assertThat(page[0].value("sentry_probe_success")).isZero();
    assertThat(Scene.failures(page[0]))
        .as(page[0].text())
        .isNotEmpty()
        .allSatisfy(failure -> assertThat(failure).contains("reason=\"not_allowed\""));
    assertThat(Scene.values(page[0])).isEmpty();
  }

  private static void assertAllowed(Scene scene, String target) {
    Reply page = scene.probe(target);
    assertThat(page.value("sentry_probe_success")).as(page.text()).isOne();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "organizations: [acme] | acme | globex",
        "organizations: ['a*'] | acme | globex",
        "organizations: [initech, '*me'] | acme | globex",
        "exclude_organizations: [globex] | acme | globex",
        "exclude_organizations: ['glo*', initech] | acme | globex",
        "organizations: ['*e*'], exclude_organizations: ['*x'] | acme | globex",
      })
  void anOrganizationOutsideIsRefusedWithoutARequest(String keys, String inside, String outside) {
    try (var scene = selecting(keys)) {
      assertNotAllowed(scene, outside);
      assertNotAllowed(scene, outside + "/storefront");
      assertAllowed(scene, inside);
      assertNotAllowed(scene, outside);
      assertThat(targets(scene, "")).contains(inside).doesNotContain(outside);
    }
  }

  @Test
  void patternsOfOrganizationsSelectAmongThoseThatSentryListsAndNamesAreAdded() {
    try (var scene = selecting("organizations: [initech, 'a*']")) {
      assertThat(targets(scene, "")).containsExactly("acme", "initech");
      assertThat(targets(scene, "organization=globex&organization=acme")).containsExactly("acme");
    }
  }

  @Test
  void anExcludedOrganizationIsOutsideEvenIfItsIdIsNamed() {
    try (var scene = selecting("exclude_organizations: [acme]")) {
      scene.exporter().get("/sd");
      assertNotAllowed(scene, "acme");
      assertThat(targets(scene, "")).containsExactly("globex", "initech");
    }
  }

  @Test
  void whereNoOrganizationIsSelectedDiscoveryFailsAndNamesTheKeys() {
    try (var scene = selecting("organizations: ['x*']")) {
      Reply reply = scene.exporter().get("/sd");

      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.text())
          .contains("or organizations and exclude_organizations of the instance select none");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "include: ['w*'] | acme/web, acme/worker | acme/api",
        "include: [web, api] | acme/api, acme/web | acme/worker",
        "include: ['acme/w*'] | acme/web, acme/worker | globex/warehouse",
        "include: ['*/web'] | acme/web | globex/orders",
        "include: ['w*'], exclude: ['*/wo*'] | acme/web, globex/warehouse | acme/worker",
        "include: [web], exclude: [web] | | acme/web",
      })
  void aProjectOutsideByItsSlugIsRefusedWithoutARequest(
      String rule, String inside, String outside) {
    try (var scene = selecting("projects: {" + rule + "}")) {
      assertNotAllowed(scene, outside);
      for (String each : inside == null ? new String[0] : inside.split(", ")) {
        assertAllowed(scene, each);
        assertThat(targets(scene, "kind=project")).contains(each);
      }
      assertNotAllowed(scene, outside);
      assertThat(targets(scene, "kind=project")).doesNotContain(outside);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "teams: [a] | shop, web | api",
        "teams: [b, c] | web | shop",
        "teams: ['*'] | shop, web | api",
        "platforms: [python, go] | api, web | shop",
        "platforms: ['javascript*'] | shop | web",
        "include: ['3'] | shop | web",
        "exclude: ['3'] | api, web | shop",
        "include: [api, '3'] | api, shop | web",
        "teams: [a], platforms: [python] | web | shop",
      })
  void teamPlatformAndIdDecideByTheKeptList(String rule, String inside, String outside) {
    try (var scene = selecting("projects: {" + rule + "}")) {
      scene.answer("projects", PROJECTS);
      assertThat(targets(scene, "kind=project&organization=acme"))
          .containsExactlyElementsOf(
              List.of(inside.split(", ")).stream().map(slug -> "acme/" + slug).toList());

      assertNotAllowed(scene, "acme/" + outside);
    }
  }

  @Test
  void beforeTheListIsKnownATeamCostsItsRequestAndNothingElse() {
    try (var scene = selecting("projects: {teams: [none]}")) {
      Reply page = scene.probe("acme/web");

      assertThat(scene.sentry().requests().total()).isOne();
      assertThat(Scene.failures(page))
          .allSatisfy(failure -> assertThat(failure).contains("reason=\"not_allowed\""));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"acme", "acme/web"})
  void whileTheListFailsNothingIsExposedForAnyProjectMayBeOutside(String target) {
    try (var scene = selecting("projects: {teams: [everyone]}")) {
      scene.fault("projects", new Fault.Status(502));

      Reply page = scene.probe(target);

      assertThat(Scene.values(page)).isEmpty();
      assertThat(Scene.failures(page))
          .isNotEmpty()
          .allSatisfy(failure -> assertThat(failure).contains("reason=\"upstream_5xx\""));
      assertThat(scene.requestsTo("monitors")).isZero();
    }
  }

  @Test
  void aProjectGivenByItsIdIsDecidedByItsSlug() {
    try (var scene = selecting("projects: {include: [web]}")) {
      assertAllowed(scene, "acme");
      String web = "" + id(scene, "web");
      String api = "" + id(scene, "api");
      assertAllowed(scene, "acme/" + web);
      assertNotAllowed(scene, "acme/" + api);
    }
  }

  @Test
  void anOrganizationsPageHasSeriesOfSelectedProjectsOnly() {
    try (var scene = selecting("projects: {include: [web, api], exclude: [api]}")) {
      Reply page = scene.probe("acme");

      Scene.assertSucceeded(page);
      assertThat(projects(page)).containsExactly("web");
      assertThat(page.value(series("sentry_projects", "organization", "acme"))).isOne();
      for (String name :
          List.of(
              "sentry_outcomes_total",
              "sentry_sessions_total",
              "sentry_release_info",
              "sentry_issue_events",
              "sentry_client_keys")) {
        assertThat(Scene.lines(page, name)).as(name).isNotEmpty();
      }
    }
  }

  @Test
  void projectsOutsideAreNotRequestedWhereARequestCanNameThoseInside() {
    try (var scene = selecting("projects: {include: [web, api]}")) {
      scene.probe("acme");
      long web = id(scene, "web");
      long api = id(scene, "api");

      assertThat(scene.sentry().requests().last())
          .filteredOn(request -> target(request).contains("project="))
          .isNotEmpty()
          .allSatisfy(request ->
              assertThat(target(request))
                  .contains("project=" + web, "project=" + api)
                  .doesNotContain("project=-1"));
      assertThat(scene.sentry().requests().last())
          .filteredOn(request -> target(request).contains("/issues/"))
          .hasSize(5)
          .allSatisfy(request -> assertThat(target(request)).contains("project=" + web));
    }
  }

  @Test
  void countsOfTheOrganizationAreThoseOfTheSelectedProjectsAndDropReasonsAreNot() {
    try (var all = selecting("organizations: [acme]");
        var some = selecting("organizations: [acme], projects: {include: [web]}")) {
      Reply whole = all.probe("acme");
      Reply part = some.probe("acme");
      String issues =
          series("sentry_issues", "organization", "acme", "project", "", "substatus", "ongoing");

      assertThat(part.value(issues)).isPositive().isLessThan(whole.value(issues));
      assertThat(Scene.lines(part, "sentry_outcome_reasons_total"))
          .isNotEmpty()
          .isEqualTo(Scene.lines(whole, "sentry_outcome_reasons_total"));
      assertThat(Scene.lines(whole, "sentry_outcomes_unattributed")).isNotEmpty();
      assertThat(Scene.lines(part, "sentry_outcomes_unattributed")).isEmpty();
    }
  }

  @Test
  void whereNoProjectIsSelectedTheOrganizationHasNone() {
    try (var scene = selecting("projects: {include: ['nothing-like-it']}")) {
      Reply page = scene.probe("acme");

      assertThat(projects(page)).isEmpty();
      assertThat(page.value(series("sentry_projects", "organization", "acme"))).isZero();
      for (String endpoint : List.of("issues", "events", "sessions")) {
        assertThat(scene.requestsTo(endpoint)).as(endpoint).isZero();
      }
    }
  }

  @Test
  void moreProjectsThanARequestNamesAreCountedInParts() {
    var world = SimulatedWorld.demo(1, 600);
    try (var scene = selecting(world, "projects: {exclude: [nothing]}")) {
      Reply page = scene.probe("big");

      assertThat(page.value(series("sentry_projects", "organization", "big"))).isEqualTo(600);
      assertThat(page.text())
          .contains(
              series("sentry_probe_failure_info", "collector", "queries", "reason", "not_allowed"));
      assertThat(Scene.failures(page)).hasSize(1);
      assertThat(scene.requestsTo("issues")).isEqualTo(5 * 3);
    }
  }

  @Test
  void aReloadThatLeavesAProjectOutEndsItsSeriesAndCountersOfOthersGoOn() {
    try (var scene = selecting("projects: {include: [web, api]}")) {
      Reply before = scene.probe("acme");
      assertThat(projects(before)).containsExactly("api", "web");

      select(scene, "projects: {include: [web]}");
      scene.advance(Duration.ofMinutes(2));
      Reply after = scene.probe("acme");

      assertThat(projects(after)).containsExactly("web");
      String web =
          series(
              "sentry_outcomes_total",
              "category",
              "error",
              "organization",
              "acme",
              "outcome",
              "accepted",
              "project",
              "web");
      assertThat(after.value(web)).isGreaterThanOrEqualTo(before.value(web));

      select(scene, "organizations: [acme]");
      assertThat(projects(scene.probe("acme"))).hasSize(12);
    }
  }

  @Test
  void aProjectThatIsRenamedIsSelectedByItsNewSlug() {
    try (var scene = selecting("projects: {include: ['web*']}")) {
      scene.answer("projects", PROJECTS);
      assertThat(targets(scene, "kind=project&organization=acme")).containsExactly("acme/web");
      scene.sentry().faults().clear();
      scene.answer("projects", PROJECTS.replace("\"web\"", "\"front\""));
      scene.advance(Duration.ofMinutes(11));

      assertThat(targets(scene, "kind=project&organization=acme")).isEmpty();
    }
  }
}
