package io.sentryexporter.simulator.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.Client;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.options.Token;
import io.sentryexporter.simulator.world.OrganizationStats;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {
  private static final String STATS = "/api/0/projects/acme/web/stats/";

  @AutoClose private SimulatedSentry sentry = start(Installation.SENTRY_IO);
  @AutoClose private final Client client = new Client(sentry);

  private static SimulatedSentry start(Installation installation) {
    return SimulatedSentry.start(
        SimulatedWorld.demo(7)
            .withOrganizationStats("globex", OrganizationStats.UNKNOWN_ROUTE)
            .withOrganizationStats("initech", OrganizationStats.GONE),
        ServerOptions.onLoopback(TestClock.at("2026-11-22T10:17:33Z"))
            .withInstallation(installation)
            .withTokens(
                Token.reading(SimulatedSentry.TOKEN),
                new Token("projects-only", Set.of("project:read"), Set.of()),
                new Token("issues-only", Set.of("event:read"), Set.of()),
                new Token("nothing", Set.of("org:ci"), Set.of()),
                new Token("acme-only", Token.READ_SCOPES, Set.of("acme"))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Bearer unknown            | Invalid token
          Bearer sntrys_unknown     | Invalid org token
          Bearer simulated-api-token x  | Invalid token header. Token string should not contain spaces.
          Bearer "a b"              | Invalid token header. Token string should not contain spaces.
          Bearer                    | Invalid token header. No credentials provided.
          Token simulated-api-token     | Authentication credentials were not provided.
          Basic dXNlcjo=            | Authentication credentials were not provided.
          """)
  void aTokenThatIsNoGoodIs401(String authorization, String detail) throws Exception {
    var response = client.getAnonymously(STATS, "Authorization", authorization);

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(detail(response)).isEqualTo(detail);
    assertThat(response.headers().firstValue("X-Sentry-Rate-Limit-Limit")).isPresent();
  }

  @Test
  void noTokenIs401WithAChallenge() throws Exception {
    var response = client.getAnonymously(STATS);

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(detail(response)).isEqualTo("Authentication credentials were not provided.");
    assertThat(response.headers().firstValue("WWW-Authenticate")).hasValue("xBasic realm=\"api\"");
  }

  @ParameterizedTest
  @CsvSource({
    "/api/0/organizations/acme/stats_v2/?field=sum(quantity)&category=error, projects-only,"
        + " org:read org:write org:admin",
    "/api/0/organizations/acme/projects/, projects-only, org:read org:write org:admin",
    "/api/0/projects/acme/web/stats/, nothing, project:read project:write project:admin",
    "/api/0/organizations/acme/issues/, projects-only, event:read event:write event:admin",
    "/api/0/organizations/acme/monitors/, nothing, org:read org:write org:admin alerts:read",
    "/api/0/organizations/acme/releases/, issues-only,"
        + " project:read project:write project:admin project:releases org:ci",
  })
  void aMissingScopeIs403ThatNamesIt(String path, String token, String scopes) throws Exception {
    var response = client.getAnonymously(path, "Authorization", "Bearer " + token);

    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(detail(response)).isEqualTo("You do not have permission to perform this action.");
    assertThat(response.headers().firstValue("WWW-Authenticate"))
        .hasValue("Bearer error=\"insufficient_scope\", scope=\"" + scopes + "\"");
  }

  @Test
  void anOlderServerDoesNotNameTheScopeThatIsMissing() throws Exception {
    sentry.close();
    sentry = start(Installation.SELF_HOSTED_23);
    try (var older = new Client(sentry)) {
      var response =
          older.getAnonymously(
              "/api/0/organizations/acme/projects/", "Authorization", "Bearer issues-only");

      assertThat(response.statusCode()).isEqualTo(403);
      assertThat(response.headers().firstValue("WWW-Authenticate")).isEmpty();
      assertThat(older.get("/api/0/organizations/2/").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void aTokenOfOneOrganizationSeesNoOther() throws Exception {
    var other =
        client.getAnonymously("/api/0/organizations/globex/", "Authorization", "Bearer acme-only");
    var list = client.getAnonymously("/api/0/organizations/", "Authorization", "Bearer acme-only");

    assertThat(other.statusCode()).isEqualTo(401);
    assertThat(detail(other)).isEqualTo("Unauthorized organization access.");
    assertThat(Client.parse(list.body()).valueStream().map(each -> each.get("slug").asString()))
        .containsExactly("acme");
  }

  @Test
  void theRootReturnsTheScopesOfTheToken() throws Exception {
    assertThat(client.json("/api/0/").at("/auth/scopes").valueStream().map(s -> s.asString()))
        .containsExactlyInAnyOrderElementsOf(Token.READ_SCOPES);
    assertThat(Client.parse(client.getAnonymously("/api/0/").body()))
        .isEqualTo(Client.parse("{\"version\":\"0\",\"auth\":null,\"user\":null}"));
  }

  @Test
  void anUnknownOrganizationIsAnsweredByTheGateway() throws Exception {
    var response = client.get("/api/0/organizations/nobody/");

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(Client.parse(response.body()))
        .isEqualTo(Client.parse("{\"error\":\"apigateway\",\"detail\":\"Not found\"}"));
    assertThat(response.headers().firstValue("X-Sentry-Rate-Limit-Limit")).isEmpty();
  }

  @Test
  void aSelfHostedServerHasNoGatewayAndNoLimits() throws Exception {
    sentry.close();
    sentry = start(Installation.SELF_HOSTED);
    try (var selfHosted = new Client(sentry)) {
      var response = selfHosted.get("/api/0/organizations/nobody/");

      assertThat(response.statusCode()).isEqualTo(404);
      assertThat(detail(response)).isEqualTo("The requested resource does not exist");
      assertThat(selfHosted.get(STATS).headers().map())
          .doesNotContainKey("x-sentry-rate-limit-limit");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SENTRY_IO        | stats_v2 sessions events monitors project-keys uptime stats
          SELF_HOSTED      | stats_v2 sessions events monitors project-keys uptime stats
          SELF_HOSTED_23   | stats_v2 sessions events monitors stats
          SELF_HOSTED_21   | stats_v2 sessions stats
          SELF_HOSTED_20_6 | stats
          GLITCHTIP        | stats_v2
          """)
  void whatAnOldServerLacksIsAnUnknownRoute(Installation installation, String known)
      throws Exception {
    sentry.close();
    sentry = start(installation);
    var parameters =
        "/?field=sum(quantity)&category=error&start=2026-11-22T00:00:00Z&end=2026-11-22T10:00:00Z";
    try (var other = new Client(sentry)) {
      for (var endpoint :
          List.of(
              "stats_v2", "sessions", "events", "monitors", "project-keys", "uptime", "stats")) {
        var response = other.get("/api/0/organizations/acme/" + endpoint + parameters);
        var isKnown = List.of(known.split(" ", -1)).contains(endpoint);

        assertThat(response.statusCode() == 404 && response.body().isEmpty())
            .as(endpoint)
            .isNotEqualTo(isKnown);
      }
      for (var endpoint : List.of("projects", "teams", "releases", "issues")) {
        other.json("/api/0/organizations/acme/" + endpoint + "/");
      }
      assertThat(other.get("/api/0/organizations/acme/").headers().map())
          .satisfies(headers ->
              assertThat(headers.containsKey("x-sentry-rate-limit-limit"))
                  .isEqualTo(installation == Installation.SENTRY_IO));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/0/projects/acme/nothing/", "/api/0/projects/acme/nothing/stats/"})
  void anUnknownProjectIs404(String path) throws Exception {
    var response = client.get(path);

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(detail(response)).isEqualTo("The requested resource does not exist");
    assertThat(response.headers().firstValue("X-Sentry-Rate-Limit-Limit")).isPresent();
  }

  @Test
  void aPathWithoutItsLastSlashIs404InPlainText() throws Exception {
    var response = client.get("/api/0/organizations/acme/stats_v2");

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain");
    assertThat(response.body())
        .isEqualTo(
            """
            Route not found, did you forget a trailing slash?

            try: /api/0/organizations/acme/stats_v2/
                                                   ^
            """);
  }

  @Test
  void anUnknownRouteIs404WithoutABody() throws Exception {
    var response = client.get("/api/0/organizations/acme/no-such-endpoint/");

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
    assertThat(response.headers().firstValue("Content-Length")).hasValue("0");
    assertThat(response.body()).isEmpty();
  }

  @Test
  void aRenamedProjectIsARelativeRedirectThatKeepsTheQuery() throws Exception {
    var response = client.get("/api/0/projects/acme/website/stats/?stat=received");

    assertThat(response.statusCode()).isEqualTo(302);
    assertThat(response.headers().firstValue("Location"))
        .hasValue("/api/0/projects/acme/web/stats/?stat=received");
    assertThat(Client.parse(response.body()))
        .isEqualTo(
            Client.parse(
                """
                {"slug": "web", "detail": {"extra": {
                  "url": "/api/0/projects/acme/web/stats/?stat=received", "slug": "web"}}}
                """));
  }

  @Test
  void oldOrganizationStatisticsMayBeUnknownOrGone() throws Exception {
    var unknown = client.get("/api/0/organizations/globex/stats/");
    var gone = client.get("/api/0/organizations/initech/stats/");

    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).isEmpty();
    assertThat(gone.statusCode()).isEqualTo(410);
  }

  @Test
  void onlyReadingIsPossible() throws Exception {
    var post =
        client
            .request(STATS, "Authorization", "Bearer " + SimulatedSentry.TOKEN)
            .POST(BodyPublishers.ofString("a body to skip"));
    var response = client.send(post);

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD, OPTIONS");
    assertThat(client.get(STATS).statusCode()).isEqualTo(200);
  }

  private static String detail(HttpResponse<String> response) {
    return Client.parse(response.body()).get("detail").asString();
  }
}
