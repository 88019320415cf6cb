package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.message.SentryError;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.Token;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What Sentry refuses: tokens, scopes, endpoints, names.
class SentryRefusalsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void aRevokedTokenIsCheckedOnceAMinuteAndWorksAgainWhenItIsGood() {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      Reply good = scene.probe("acme");
      scene.sentry().faults().when(_ -> true, new Fault.Failure(SentryError.INVALID_TOKEN));
      scene.advance(Duration.ofSeconds(61));

      long requests = scene.requestsOf(() -> scene.probe("acme"));
      assertThat(requests).as("those that were on their way together").isBetween(1L, 4L);
      for (int second = 0; second < 59; second++) {
        scene.advance(Duration.ofSeconds(1));
        assertThat(scene.requestsOf(() -> scene.probe("acme"))).isZero();
      }
      Reply bad = scene.probe("acme");
      assertThat(Scene.failures(bad))
          .containsExactly(
              "sentry_probe_failure_info{collector=\"monitors\",reason=\"auth\"} 1",
              "sentry_probe_failure_info{collector=\"outcomes\",reason=\"auth\"} 1");
      assertThat(Scene.values(bad)).isEqualTo(Scene.values(good));
      assertThat(scene.trace("acme"))
          .contains("Invalid token", "sent again once a minute")
          .doesNotContain(SimulatedSentry.TOKEN);
      for (int minute = 0; minute < 3; minute++) {
        scene.advance(MINUTE);
        assertThat(scene.requestsOf(() -> scene.probe("acme"))).isOne();
      }

      scene.sentry().faults().clear();
      scene.advance(MINUTE);
      scene.probe("acme"); // the check
      Scene.assertSucceeded(scene.probe("acme"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401 | text/html | <html>Authorization Required</html> | these are not Sentry's words: a"
            + " proxy in front of it wants a login of its own",
        "401 | application/json | {\"detail\":\"Authentication credentials were not provided.\"} |"
            + " the header Authorization did not reach Sentry; let the proxy in front of it pass it"
            + " on",
        "401 | application/json | {\"detail\":{\"code\":\"sso-required\",\"message\":\"Must login"
            + " via SSO\"}} | use the token of an internal integration, which needs no sign-on of a"
            + " user",
        "401 | application/json | {\"detail\":\"Invalid token\"} | give the instance a token that"
            + " Sentry knows",
        "400 | text/html | <center>The plain HTTP request was sent to HTTPS port</center> | it"
            + " speaks TLS: write https:// in the url of the instance",
        "400 | text/plain | Client sent an HTTP request to an HTTPS server. | it speaks TLS: write"
            + " https:// in the url of the instance",
      })
  void aRefusalIsReportedWithTheWayOut(int status, String type, String body, String advice) {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      scene.sentry().faults().when(_ -> true, new Fault.Body(status, type, body));
      scene.probe("acme");
      assertThat(scene.trace("acme")).contains("; " + advice);
    }
  }

  @Test
  void aTokenWithoutAScopeCostsTheCollectorThatNeedsItAndTheScopeIsNamed() {
    var scopes = Set.of("org:read", "project:read");
    var token = new Token(SimulatedSentry.TOKEN, scopes, Set.of());
    try (var scene = Scene.of(SimulatedWorld.demo(1), Installation.SELF_HOSTED, "", token)) {
      Reply page = scene.probe("acme");

      Scene.assertOnlyFailed(page, "issues", "scope");
      assertThat(page.text()).doesNotContain("sentry_issues");
      assertThat(scene.trace("acme")).contains("give the token the scope event:read");
      assertThat(scene.exporter().get("/metrics").text())
          .contains(
              "sentry_exporter_token_scope_missing{organization=\"acme\",scope=\"event:read\","
                  + "sentry_instance=\"default\"} 1");
      assertThat(
              scene.requestsOf(() -> {
                for (int probe = 0; probe < 20; probe++) {
                  scene.probe("acme");
                }
              }))
          .as("a refusal is remembered")
          .isZero();
    }
  }

  @Test
  void anEndpointThatGoesAwayIsAFailureAndRequestedEachMinute() {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      Scene.assertSucceeded(scene.probe("acme"));
      scene.fault("monitors", new Fault.Failure(SentryError.UNKNOWN_ROUTE));
      scene.advance(MINUTE);
      long before = scene.requestsTo("monitors");

      Reply page = scene.probe("acme");
      for (int minute = 0; minute < 8; minute++) {
        Scene.assertOnlyFailed(page, "monitors", "not_found");
        scene.advance(MINUTE);
        page = scene.probe("acme");
      }

      assertThat(scene.requestsTo("monitors") - before).isEqualTo(9);
      assertThat(page.text()).as("five minutes are over").doesNotContain("sentry_monitor_up");
      scene.sentry().faults().clear();
      scene.advance(MINUTE);
      Scene.assertSucceeded(scene.probe("acme"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "404 text/html <html>deploying</html>",
        "410 text/html <html>gone</html>",
        "404 text/html ",
        "200 application/json {\"groups\": [{}, {\"by\": {}, \"totals\": {}}]}"
      })
  void anAnswerThatIsNotSentrysDoesNotReplaceTheCountersByFewerOnes(String answer) {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      Reply good = scene.probe("acme");
      String[] words = answer.split(" ", 3);
      scene.fault("stats_v2", new Fault.Body(Integer.parseInt(words[0]), words[1], words[2]));
      scene.advance(Duration.ofSeconds(61));
      Reply bad = scene.probe("acme");
      scene.sentry().faults().clear();
      scene.advance(Duration.ofSeconds(61));
      Reply after = scene.probe("acme");

      assertThat(bad.value("sentry_probe_success")).isZero();
      assertThat(outcomes(bad)).as("the last good ones").isEqualTo(outcomes(good));
      Scene.assertSucceeded(after);
      assertThat(outcomes(after)).isEqualTo(outcomes(good));
    }
  }

  @Test
  void aGatewaysPageInPlaceOfAnEndpointIsNotBelievedForADay() {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      scene.fault("monitors", new Fault.Body(404, "text/html", "<html>deploying</html>"));
      assertThat(Scene.failures(scene.probe("acme"))).hasSize(1);
      scene.sentry().faults().clear();
      scene.advance(Duration.ofMinutes(11));

      Scene.assertSucceeded(scene.probe("acme"));
    }
  }

  @Test
  void aRefusedTokenIsLoggedOnceAndItsRecoveryToo() {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      scene.sentry().faults().when(_ -> true, new Fault.Failure(SentryError.INVALID_TOKEN));
      for (int minute = 0; minute < 3; minute++) {
        scene.probe("acme");
        scene.advance(Duration.ofSeconds(61));
      }
      scene.sentry().faults().clear();
      Scene.assertSucceeded(scene.probe("acme"));

      assertThat(scene.exporter().log().lines())
          .filteredOn(line -> line.contains("probes fail"))
          .singleElement()
          .asString()
          .contains("level=WARN", "instance=default", "reason=auth", "HTTP 401")
          .doesNotContain(SimulatedSentry.TOKEN);
    }
  }

  /// The names and labels of the counters on a page.
  private static List<String> outcomes(Reply page) {
    return page.text()
        .lines()
        .filter(line -> line.startsWith("sentry_outcomes_total"))
        .map(line -> line.substring(0, line.lastIndexOf(' ')))
        .toList();
  }

  @Test
  void aProjectThatIsGoneIsReportedAndItsSeriesEnd() {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      Reply page = scene.probe("acme/gone");

      assertThat(page.value("sentry_probe_success")).isZero();
      assertThat(Scene.failures(page)).hasSize(5).allMatch(line -> line.contains("\"not_found\""));
      assertThat(Scene.values(page)).isEmpty();
      assertThat(scene.trace("acme/gone")).contains("gone");
    }
  }

  @Test
  void madeUpNamesCostSentryAListAndNoMore() {
    try (var scene = Scene.demo(Installation.SELF_HOSTED)) {
      Scene.assertSucceeded(scene.probe("acme"));

      assertThat(
              scene.requestsOf(() -> {
                for (int i = 0; i < 100; i++) {
                  assertThat(scene.probe("acme/none-" + i).value("sentry_probe_success")).isZero();
                  assertThat(scene.probe("none-" + i).value("sentry_probe_success")).isZero();
                  assertThat(scene.probe("none-" + i + "/web").status()).isEqualTo(200);
                  assertThat(scene.exporter().get("/probe?target=acme&module=m" + i).status())
                      .isEqualTo(400);
                }
              }))
          .isLessThanOrEqualTo(3);
      assertThat(scene.exporter().get("/metrics").text()).doesNotContain("none-");
    }
  }
}
