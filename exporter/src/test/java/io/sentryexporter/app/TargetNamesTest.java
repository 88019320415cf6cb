package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a target may be called, and that all names of an organization lead to the same page.
class TargetNamesTest {
  private static final SimulatedWorld WORLD =
      SimulatedWorld.demo(1)
          .withOrganization("MyOrg", List.of("Web.Frontend", "_under", "-dash", "x..y", "web"));

  private static Scene scene() {
    return Scene.of(WORLD, Installation.SELF_HOSTED, "");
  }

  @Test
  void everyNameOnAPageCanBeProbed() {
    try (var scene = scene()) {
      Reply page = scene.probe("MyOrg");
      Scene.assertSucceeded(page);
      var projects =
          Pattern.compile("project=\"([^\"]+)\"")
              .matcher(page.text())
              .results()
              .map(match -> match.group(1))
              .collect(Collectors.toSet());

      assertThat(projects).contains("Web.Frontend", "_under", "-dash", "x..y");
      for (String project : projects) {
        Scene.assertSucceeded(scene.probe("MyOrg/" + project));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"acme/200001", "2/web", "2/200001"})
  void anIdIsTheSameAsItsSlug(String target) {
    try (var scene = scene()) {
      Reply bySlug = scene.probe("acme/web");

      Reply byId = scene.probe(target);

      assertThat(Scene.lasting(byId)).isEqualTo(Scene.lasting(bySlug));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]"})
  void anOrganizationsIdIsTheSameAsItsSlugAlsoWhereTheListDoesNotHaveIt(String list) {
    try (var scene = scene()) {
      if (!list.isEmpty()) {
        scene
            .sentry()
            .faults()
            .when(
                path -> path.equals("/api/0/organizations/"),
                new Fault.Body(200, "application/json", list));
      }
      Reply byId = scene.probe("2");

      Scene.assertSucceeded(byId);
      assertThat(Scene.lasting(byId)).isEqualTo(Scene.lasting(scene.probe("acme")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.b", "_", "x y", "-", "a?b=c"})
  void aSlugThatNoOrganizationHasIsAFailureOfTheServer(String slug) {
    try (var scene = scene()) {
      scene
          .sentry()
          .faults()
          .when(
              path -> path.equals("/api/0/organizations/"),
              new Fault.Body(
                  200, "application/json", "[{\"id\": \"2\", \"slug\": \"" + slug + "\"}]"));

      assertThat(Scene.failures(scene.probe("2"))).allMatch(line -> line.contains("parse"));
      assertThat(scene.trace("2")).contains("the slug of organization 2 is none");
    }
  }

  @Test
  void anIdThatAnOldServerDoesNotTakeIsAnsweredWithWhatToWrite() {
    try (var scene = Scene.of(WORLD, Installation.SELF_HOSTED_21, "")) {
      scene
          .sentry()
          .faults()
          .when(
              path -> path.equals("/api/0/organizations/"),
              new Fault.Body(200, "application/json", "[]"));

      assertThat(Scene.failures(scene.probe("2"))).allMatch(line -> line.contains("not_found"));
      assertThat(scene.trace("2")).contains("write the slug as in Sentry's URLs");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"MyOrg", "5"})
  void theAllowListTakesCapitalsAndIds(String allowed) {
    var clock = new TestClock(Scene.START);
    var options = ServerOptions.onLoopback(clock).withInstallation(Installation.SELF_HOSTED);
    try (var sentry = SimulatedSentry.start(WORLD, options);
        var exporter =
            RunningExporter.withClock(
                RunningExporter.collecting(sentry.url(), "")
                    .replace("auth_token:", "organizations: [\"" + allowed + "\"], auth_token:"),
                clock,
                null)) {
      for (String target : List.of("MyOrg", "5", "MyOrg/web", "5/Web.Frontend")) {
        Scene.assertSucceeded(exporter.probe(target));
      }
      assertThat(exporter.probe("acme").text()).contains("not_allowed");
      assertThat(exporter.probe("2").text()).contains("not_allowed");
    }
  }
}
