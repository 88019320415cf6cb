package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.OrganizationStats;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The request that a probe of `prober: http` sends: address, headers, endpoints of an
/// organization.
class DropInRequestTest {
  private static final String ORGANIZATION_STATS = "/api/0/organizations/{organization}/stats/";
  private static final String STATS_V2 = "/api/0/organizations/{organization}/stats_v2/";

  @AutoClose private final Scene scene = Scene.http();
  private final SimulatedSentry sentry = scene.sentry();
  private final RunningExporter exporter = scene.exporter();

  @ParameterizedTest
  @CsvSource({
    "/api/0/projects/, acme/web",
    "/api/0/projects, acme/web",
    "/api/0/projects/acme/, web",
    "/api/0/projects/acme, web",
    "/api/0/projects/acme/we, b",
  })
  void prefixAndTargetMakeTheAddressAlsoWhereTheDocumentationForgotASlash(
      String prefix, String target) {
    scene.usePrefix(prefix);
    exporter.probe(target).assertReceived(scene.received("acme", "web"));
    assertThat(scene.lastRequest().path()).isEqualTo("/api/0/projects/acme/web/stats/");
  }

  @ParameterizedTest
  @EnumSource(value = Installation.class, mode = EnumSource.Mode.EXCLUDE, names = "GLITCHTIP")
  void bothDocumentedUsesWorkOnSentryIoAndOnEverySelfHostedSentry(Installation installation) {
    assertBothUsesWork(server -> server.withInstallation(installation));
  }

  @Test
  void aServerBelowAPathPrefixIsRequestedThere() {
    assertBothUsesWork(server -> server.withPathPrefix("/tools/sentry"));
  }

  private static void assertBothUsesWork(UnaryOperator<ServerOptions> server) {
    try (var other = Scene.http(SimulatedWorld.demo(1), server)) {
      other.exporter().probe("acme/web").assertReceived(other.received("acme", "web"));
      other.usePrefix("/api/0/organizations/");
      other.exporter().probe("acme").assertReceived(other.received("acme"));
    }
  }

  @Test
  void aTargetEncodedTwiceIsUnderstood() {
    exporter.probe("acme%252Fweb").assertReceived(scene.received("acme", "web"));
    exporter.probe("acme%2Fweb").assertReceived(scene.received("acme", "web"));
  }

  @Test
  void spacesAndLettersOfOtherAlphabetsAreEscapedInThePath() {
    exporter.probe("acme/a%20b%C3%BC").assertFailed("not_found", 404);
    assertThat(scene.lastRequest().path()).isEqualTo("/api/0/projects/acme/a%20b%C3%BC/stats/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..%2F..%2Forganizations",
        "acme/web/..",
        "acme/web%3Fstat=x",
        "acme/web%23",
        "acme%0Aweb",
        "acme%00",
        "acme/%252e%252e",
        "acme%5Cweb",
        "acme%1Bweb"
      })
  void aTargetThatCouldLeaveItsPathIsRefusedWithoutARequestToSentry(String target) {
    Reply reply = exporter.probe(target);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).startsWith("Target \"").contains("must not contain");
    assertThat(sentry.requests().total()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "/api/0/projects, @evil.example/x",
    "/api/0/projects, .evil.example/x",
    "/api/0/projects, :80/x",
    "/api/0/projects, //evil.example/x",
    "/api/0/projects/, //evil.example/x",
    "/api/0/projects/, @evil.example/x",
    "/api/0/projects/, https://evil.example/x",
    "/api/0/projects/acme, @evil.example",
    "/, //evil.example/x",
    "/, /evil.example/x",
    "/, @evil.example",
  })
  void aTargetCannotLeadToAnotherServer(String prefix, String target) {
    scene.usePrefix(prefix);
    assertThat(exporter.probe(target).value("sentry_probe_success")).isZero();
    assertThat(sentry.requests().total()).isEqualTo(1);
    assertThat(scene.lastRequest().header("Host")).contains(authority());
    assertThat(scene.lastRequest().path()).startsWith(prefix).endsWith("/stats/");
  }

  @Test
  void aPrefixWithoutAPathIsNeverRequested() {
    exporter.reload(RunningExporter.module("sentry", sentry.url().toString()));
    exporter.probe("@localhost/x").assertFailed("config", 0);
    assertThat(sentry.requests().total()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"'://nowhere'", "sentry.io/api", "ftp://sentry.io/", "''"})
  void aPrefixThatIsNoAddressGivesTheFullSetWithStatus0(String prefix) {
    exporter.reload(RunningExporter.module("sentry", prefix));
    exporter.probe("acme/web").assertFailed("config", 0);
  }

  @Test
  void theOldDefaultHostIsWarnedOf() {
    exporter.configure(RunningExporter.module("sentry", "https://sentry.com/api/0/projects/"));
    assertThat(exporter.send("POST", "/-/reload").status()).isEqualTo(200);
    String warning = "sentry.com is not Sentry; did you mean sentry.io?";
    assertThat(exporter.get("/").text()).contains(warning);
    assertThat(exporter.log()).contains(warning);
  }

  @Test
  void anOrganizationIsProbedThroughItsOwnStatistics() {
    scene.usePrefix("/api/0/organizations/");
    exporter.probe("acme").assertReceived(scene.received("acme"));
    assertThat(sentry.requests().count(ORGANIZATION_STATS)).isEqualTo(1);
    assertThat(sentry.requests().count(STATS_V2)).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"UNKNOWN_ROUTE", "GONE"})
  void whereOrganizationStatisticsAreGoneStatsV2StandsInAndTheRequestIsNotRepeated(
      OrganizationStats state) {
    var world = SimulatedWorld.demo(1).withOrganizationStats("acme", state);
    try (var newer = Scene.http(world, UnaryOperator.identity())) {
      newer.usePrefix("/api/0/organizations/");
      newer.probe("acme").assertReceived(newer.received("acme"));
      newer.probe("acme").assertReceived(newer.received("acme"));
      assertThat(newer.sentry().requests().count(ORGANIZATION_STATS)).isEqualTo(1);
      assertThat(newer.sentry().requests().count(STATS_V2)).isEqualTo(2);
      newer.probe("nobody").assertFailed("not_found", 404);
    }
  }

  @Test
  void configuredHeadersAreSentOverOneKeptConnection() {
    exporter.reload(
        """
        modules:
          sentry:
            prober: http
            http:
              prefix: %s/api/0/projects/
              headers: {Authorization: Bearer simulated-api-token, X-Number: 7, X-Truth: true}
        """
            .formatted(sentry.url()));
    for (int i = 0; i < 5; i++) {
      exporter.probe("acme/web");
    }
    assertThat(scene.lastRequest().header("Authorization")).contains("Bearer simulated-api-token");
    assertThat(scene.lastRequest().header("X-Number")).contains("7");
    assertThat(scene.lastRequest().header("X-Truth")).contains("true");
    assertThat(scene.lastRequest().header("Accept-Encoding")).contains("gzip");
    assertThat(scene.lastRequest().header("User-Agent").orElse("")).startsWith("Sentry-Exporter/");
    assertThat(sentry.requests().connectionsAccepted()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "Host", "HOST"})
  void aHeaderNamedHostInAnyCaseSetsTheHost(String name) {
    scene.useSetting(
        "headers: {Authorization: Bearer simulated-api-token, %s: sentry.internal.example}"
            .formatted(name));
    exporter.probe("acme/web");
    assertThat(scene.lastRequest().header("Host")).contains("sentry.internal.example");
  }

  @Test
  void aHeaderThatCannotBeSentKeepsTheFileFromLoading() {
    exporter.configure(scene.withSetting("headers: {\"X Y\": a, \"X-Z\": \"a\\nb\"}"));
    Reply reply = exporter.send("POST", "/-/reload");
    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.text())
        .startsWith("failed to reload config: ")
        .contains("modules.sentry.http.headers")
        .doesNotContain("a\\nb");
  }

  @Test
  void aTokenWithALineFeedAtItsEndIsTrimmed() {
    scene.useSetting("headers: {Authorization: \"Bearer simulated-api-token\\n\"}");
    exporter.probe("acme/web").assertReceived(scene.received("acme", "web"));
  }

  private String authority() {
    return sentry.url().getAuthority();
  }
}
