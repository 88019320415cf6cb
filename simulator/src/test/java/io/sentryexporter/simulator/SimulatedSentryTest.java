package io.sentryexporter.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.simulator.api.RateLimits;
import io.sentryexporter.simulator.api.RequestLog;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.io.ByteArrayInputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class SimulatedSentryTest {
  private static final String STATS = "/api/0/projects/acme/web/stats/";
  private static final String STATS_TEMPLATE = "/api/0/projects/{organization}/{project}/stats/";
  private static final Duration AWHILE = Duration.ofMinutes(1);

  private final TestClock clock = TestClock.at("2026-11-22T10:17:33Z");
  private final ServerOptions options = ServerOptions.onLoopback(clock);
  private final SimulatedWorld world = SimulatedWorld.demo(7).withOrganization("big", 250);
  @AutoClose private final SimulatedSentry sentry = SimulatedSentry.start(world, options);
  @AutoClose private final Client client = new Client(sentry);

  @Test
  void itStartsAgainOnTheSamePort() throws Exception {
    client.get(STATS);
    sentry.close();
    try (var again = SimulatedSentry.start(world, options.withPort(sentry.url().getPort()));
        var other = new Client(again)) {
      assertThat(again.url()).isEqualTo(sentry.url());
      assertThat(other.get(STATS).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aPortInUseIsReportedByItsAddress() {
    assertThatThrownBy(() -> SimulatedSentry.start(world, options.withPort(sentry.url().getPort())))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("127.0.0.1:" + sentry.url().getPort());
  }

  @Test
  void aPathPrefixIsBeforeEverything() throws Exception {
    try (var prefixed = SimulatedSentry.start(world, options.withPathPrefix("/sentry"));
        var other = new Client(prefixed)) {
      assertThat(prefixed.url().getPath()).isEqualTo("/sentry");
      assertThat(other.get(STATS).statusCode()).isEqualTo(200);
      assertThat(other.get("/api/0/projects/acme/website/").headers().firstValue("Location"))
          .hasValue("/sentry/api/0/projects/acme/web/");
      assertThat(other.get("/api/0/organizations/").headers().firstValue("Link").orElseThrow())
          .startsWith("<" + prefixed.url() + "/api/0/organizations/?&cursor=");
      var outside = URI.create("http://127.0.0.1:" + prefixed.url().getPort() + STATS);
      assertThat(other.send(HttpRequest.newBuilder(outside)).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void itListensOnIpv6() throws Exception {
    var loopback = InetAddress.ofLiteral("::1");
    try (var six = SimulatedSentry.start(world, options.withAddress(loopback));
        var other = new Client(six)) {
      assertThat(other.get(STATS).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void connectionsAreKept() throws Exception {
    try (var raw = new RawClient(sentry)) {
      for (var i = 0; i < 3; i++) {
        assertThat(raw.body(RawClient.contentLength(raw.get(STATS).head()))).startsWith("[[");
      }
    }
    assertThat(sentry.requests().connectionsAccepted()).isEqualTo(1);
    assertThat(sentry.requests().total()).isEqualTo(3);
  }

  @Test
  void requestsSentAtOnceAreAnsweredInTurn() throws Exception {
    var request =
        "GET /_health/ HTTP/1.1\r\nHost: sentry\r\n\r\n".repeat(2)
            + "GET /_health/ HTTP/1.1\r\nHost: sentry\r\nConnection: close\r\n\r\n";
    try (var raw = new RawClient(sentry).send(request)) {
      assertThat(raw.rest().split("ok", -1)).hasSize(4);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /_health/ HTTP/1.1\r\nHost: sentry\r\nConnection: close\r\n\r\n",
        "GET /_health/ HTTP/1.0\r\n\r\n",
        "GET http://sentry.example/_health/ HTTP/1.0\r\n\r\n"
      })
  void aConnectionThatShallNotBeKeptIsClosed(String request) throws Exception {
    try (var raw = new RawClient(sentry).send(request)) {
      assertThat(raw.rest()).contains("\r\nConnection: close\r\n").endsWith("\r\n\r\nok");
    }
  }

  @Test
  void headIsGetWithoutItsBody() throws Exception {
    var length = client.get(STATS).body().length();
    try (var raw = new RawClient(sentry)) {
      raw.send(
          ("HEAD %s HTTP/1.1\r\nHost: sentry\r\nConnection: close"
                  + "\r\nAuthorization: Bearer %s\r\n\r\n")
              .formatted(STATS, SimulatedSentry.TOKEN));
      var all = raw.rest();

      assertThat(RawClient.contentLength(all)).isEqualTo(length);
      assertThat(all).endsWith("\r\n\r\n");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'nonsense\r\n\r\n', not an HTTP request line",
    "'GET / HTTP/2.0\r\n\r\n', not HTTP/1.x",
    "'GET there HTTP/1.1\r\n\r\n', request target is neither a path nor a URL",
    "'GET / HTTP/1.1\r\nHost\r\n\r\n', header line without a colon",
    "'POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n', Content-Length is not a number up to 1048576",
    "'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n', request bodies in chunks are not"
        + " simulated",
  })
  void whatIsNoRequestIsRefusedAndEndsTheConnection(String text, String complaint)
      throws Exception {
    try (var raw = new RawClient(sentry).send(text)) {
      assertThat(raw.rest())
          .startsWith("HTTP/1.1 400 Bad Request\r\n")
          .endsWith("\r\n\r\nsimulated sentry: " + complaint + "\n");
    }
  }

  @Test
  void aLongAnswerIsCompressedIfTheClientCan() throws Exception {
    var path = "/api/0/organizations/acme/projects/";
    var right = client.get(path).body();
    try (var raw = new RawClient(sentry).get(path, "Accept-Encoding: deflate, gzip")) {
      var head = raw.head();
      var body = new ByteArrayInputStream(raw.in().readNBytes(RawClient.contentLength(head)));

      assertThat(head).contains("\r\nContent-Encoding: gzip\r\n");
      assertThat(new String(new GZIPInputStream(body).readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo(right);
    }
    try (var raw = new RawClient(sentry).get(STATS, "Accept-Encoding: gzip")) {
      assertThat(raw.head()).doesNotContain("Content-Encoding");
    }
  }

  @Test
  void pagesAreWalkedByCursor() throws Exception {
    var slugs = new ArrayList<String>();
    var path = "/api/0/organizations/big/projects/?per_page=100";
    for (var next = path; !next.isEmpty(); ) {
      var response = client.get(next);
      Client.parse(response.body()).forEach(project -> slugs.add(project.get("slug").asString()));
      var link = response.headers().firstValue("Link").orElseThrow();
      var cursor = link.substring(link.lastIndexOf("cursor=\"") + 8, link.length() - 1);
      next = link.contains("rel=\"next\"; results=\"true\"") ? path + "&cursor=" + cursor : "";
    }

    assertThat(slugs).isEqualTo(world.projects("big"));
    assertThat(sentry.requests().total()).isEqualTo(3);
  }

  @Test
  void theLinkHeaderIsSentrys() throws Exception {
    var self = sentry.url() + "/api/0/organizations/big/projects/?per_page=100";
    var first = client.get("/api/0/organizations/big/projects/?per_page=100");
    var last = client.get("/api/0/organizations/big/projects/?per_page=100&cursor=100:2:0");

    assertThat(first.headers().firstValue("Link"))
        .hasValue(
            ("<%s&cursor=100:-1:1>; rel=\"previous\"; results=\"false\"; cursor=\"100:-1:1\", "
                    + "<%s&cursor=100:1:0>; rel=\"next\"; results=\"true\"; cursor=\"100:1:0\"")
                .formatted(self, self));
    assertThat(last.headers().firstValue("Link"))
        .hasValue(
            ("<%s&cursor=100:1:1>; rel=\"previous\"; results=\"true\"; cursor=\"100:1:1\", "
                    + "<%s&cursor=100:3:0>; rel=\"next\"; results=\"false\"; cursor=\"100:3:0\"")
                .formatted(self, self));
    assertThat(Client.parse(last.body())).hasSize(50);
  }

  @Test
  void allProjectsComeAtOnceWithoutALink() throws Exception {
    var response = client.get("/api/0/organizations/big/projects/?all_projects=1");

    assertThat(Client.parse(response.body())).hasSize(250);
    assertThat(response.headers().firstValue("Link")).isEmpty();
  }

  @Test
  void projectsAreSearchedBySlugAndId() throws Exception {
    var id = client.json("/api/0/projects/acme/api/").get("id").asString();
    var found = client.json("/api/0/organizations/acme/projects/?query=slug:web%20id:" + id);

    assertThat(found.valueStream().map(project -> project.get("slug").asString()))
        .containsExactly("api", "web");
  }

  @ParameterizedTest
  @CsvSource({
    "per_page=101, Invalid per_page value. Must be between 1 and 100.",
    "per_page=0, Invalid per_page value. Must be between 1 and 100.",
    "per_page=many, Invalid per_page parameter.",
    "cursor=1:2, Invalid cursor parameter.",
    "cursor=a:b:c, Invalid cursor parameter."
  })
  void aPageThatCannotBeIsRefused(String query, String detail) throws Exception {
    var response = client.get("/api/0/organizations/acme/projects/?" + query);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(Client.parse(response.body()).get("detail").asString()).isEqualTo(detail);
  }

  @Test
  void requestsAreCountedByEndpointAndMethod() throws Exception {
    client.get(STATS);
    client.get("/api/0/projects/globex/orders/stats/");
    client.get("/nowhere/");
    client.send(
        client
            .request(STATS, "Authorization", "Bearer " + SimulatedSentry.TOKEN)
            .method("HEAD", HttpRequest.BodyPublishers.noBody()));

    assertThat(sentry.requests().total()).isEqualTo(4);
    assertThat(sentry.requests().count(STATS_TEMPLATE)).isEqualTo(3);
    assertThat(sentry.requests().count(RequestLog.UNKNOWN)).isEqualTo(1);
    assertThat(sentry.requests().byEndpointAndMethod())
        .containsEntry(new RequestLog.Asked(STATS_TEMPLATE, "HEAD"), 1L)
        .containsEntry(new RequestLog.Asked(STATS_TEMPLATE, "GET"), 2L);
    assertThat(Client.parse(client.get("/-/requests").body()))
        .isEqualTo(
            Client.parse(
                """
                {"total": 4, "connections": 1, "endpoints": {
                  "/api/0/projects/{organization}/{project}/stats/": 3, "unknown": 1}}
                """));
    sentry.requests().reset();
    assertThat(sentry.requests().total()).isZero();
    assertThat(sentry.requests().last()).isEmpty();
  }

  @Test
  void whatArrivedCanBeLookedAt() throws Exception {
    client.get(STATS + "?stat=received&since=1", "X-Custom", "yes");

    var last = sentry.requests().last().getLast();
    assertThat(last.endpoint()).isEqualTo(STATS_TEMPLATE);
    assertThat(last.path()).isEqualTo(STATS);
    assertThat(last.query()).isEqualTo("stat=received&since=1");
    assertThat(last.header("authorization")).hasValue("Bearer " + SimulatedSentry.TOKEN);
    assertThat(last.header("Host")).hasValue(sentry.url().getAuthority());
    assertThat(last.header("X-Custom")).hasValue("yes");
  }

  @Test
  void connectionsOpenAreKnown() throws Exception {
    var raw = new RawClient(sentry).get(STATS);
    raw.head();
    assertThat(sentry.requests().connectionsOpen()).isEqualTo(1);
    raw.close();

    assertThat(sentry.requests().awaitConnectionsOpen(0, AWHILE)).isTrue();
    assertThat(sentry.requests().awaitTotal(2, Duration.ofMillis(1))).isFalse();
  }

  @Test
  void theLimitsAreSentAndCountDown() throws Exception {
    var first = client.get(STATS);
    var second = client.get(STATS);

    assertThat(first.headers().map())
        .containsEntry("x-sentry-rate-limit-limit", List.of("5"))
        .containsEntry("x-sentry-rate-limit-remaining", List.of("4"))
        .containsEntry(
            "x-sentry-rate-limit-reset",
            List.of(Long.toString(clock.instant().getEpochSecond() + 1)))
        .containsEntry("x-sentry-rate-limit-concurrentlimit", List.of("25"))
        .containsEntry("x-sentry-rate-limit-concurrentremaining", List.of("24"));
    assertThat(second.headers().firstValue("X-Sentry-Rate-Limit-Remaining")).hasValue("3");
    assertThat(
            client
                .get("/api/0/organizations/acme/")
                .headers()
                .firstValue("X-Sentry-Rate-Limit-Remaining"))
        .hasValue("39");
  }

  @Test
  void beyondTheLimitItAnswers429UntilTheWindowEnds() throws Exception {
    var enforcing = options.withInstallation(Installation.SENTRY_IO_ENFORCING_LIMITS);
    try (var strict = SimulatedSentry.start(world, enforcing);
        var other = new Client(strict)) {
      for (var i = 0; i < 5; i++) {
        assertThat(other.get(STATS).statusCode()).isEqualTo(200);
      }
      var refused = other.get(STATS);

      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValue("X-Sentry-Rate-Limit-Remaining")).hasValue("0");
      assertThat(other.get("/api/0/").statusCode()).isEqualTo(200);
      clock.advance(Duration.ofSeconds(1));
      assertThat(other.get(STATS).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void beyondTheConcurrencyItAnswers429() throws Exception {
    var enforcing = options.withInstallation(Installation.SENTRY_IO_ENFORCING_LIMITS);
    var hanging = new ArrayList<RawClient>();
    try (var strict = SimulatedSentry.start(world, enforcing);
        var other = new Client(strict)) {
      for (var i = 1; i <= RateLimits.CONCURRENT_LIMIT; i++) {
        hanging.add(new RawClient(strict).get("/api/0/", "X-Simulate: hang-after-headers"));
        hanging.getLast().head();
      }
      var refused = other.get("/api/0/");

      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.body()).contains("Concurrency limit is 25");
    } finally {
      for (var raw : hanging) {
        raw.close();
      }
    }
  }

  @Test
  void everyAnswerWaitsForTheLatency() throws Exception {
    try (var slow = SimulatedSentry.start(world, options.withLatency(Duration.ofHours(1)));
        var raw = new RawClient(slow).get(STATS)) {
      assertThat(slow.requests().awaitTotal(1, AWHILE)).isTrue();
      raw.patience(200);
      assertThatThrownBy(raw::head).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void healthNeedsNoToken() throws Exception {
    assertThat(client.getAnonymously("/_health/").body()).isEqualTo("ok");
    assertThat(Client.parse(client.getAnonymously("/_health/?full").body()).at("/problems"))
        .isEmpty();
  }

  @Test
  void theStartPageShowsThatTheDataIsSimulated() throws Exception {
    var page = client.getAnonymously("/");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Security-Policy"))
        .hasValue("default-src 'none'; style-src 'unsafe-inline'");
    assertThat(page.body())
        .contains("The data here is simulated.")
        .contains(sentry.url() + STATS_TEMPLATE)
        .contains("acme: admin, android, api")
        .contains("redirect same|loop|http://other.example/path")
        .doesNotContain("<script", "src=", "href=");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/_health/", STATS, "/api/0/nothing/", "/-/requests"})
  void everyAnswerIsMarkedAsSimulated(String path) throws Exception {
    var headers = client.get(path).headers();

    assertThat(headers.firstValue("X-Simulated")).hasValue("sentry_exporter demo");
    assertThat(headers.firstValue("Server")).hasValue("simulated-sentry");
  }
}
