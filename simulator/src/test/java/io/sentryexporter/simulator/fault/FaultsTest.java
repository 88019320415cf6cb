package io.sentryexporter.simulator.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.simulator.Client;
import io.sentryexporter.simulator.RawClient;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault.Garbage;
import io.sentryexporter.simulator.fault.Fault.RetryAfterForm;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every fault, seen over a real socket.
@Timeout(300)
class FaultsTest {
  private static final String STATS = "/api/0/projects/acme/web/stats/";
  private static final Duration AWHILE = Duration.ofMinutes(1);
  private static final int NOT_LONG_MILLIS = 200;

  private final TestClock clock = TestClock.at("2026-11-22T10:17:33Z");

  @AutoClose
  private final SimulatedSentry sentry =
      SimulatedSentry.start(SimulatedWorld.demo(7), ServerOptions.onLoopback(clock));

  @AutoClose private final Client client = new Client(sentry);

  @Test
  void aDelayedAnswerIsRightButLate() throws Exception {
    var right = client.get(STATS).body();
    assertThat(simulating("delay 1ms").body()).isEqualTo(right);

    try (var raw = new RawClient(sentry).get(STATS, "X-Simulate: delay 60s")) {
      raw.patience(NOT_LONG_MILLIS);
      assertThatThrownBy(raw::head).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void anotherProgramSwitchesFaultsOnAndOffByTheirTargets() throws Exception {
    var right = client.get(STATS).body();

    client.get("/-/faults?target=/web/stats/&fault=status+503&target=/api/&fault=nginx+502");
    assertThat(client.get(STATS).statusCode()).isEqualTo(503);
    assertThat(client.get("/api/0/organizations/").statusCode()).isEqualTo(502);
    assertThat(client.get(STATS, "X-Simulate", "gzip").statusCode()).isEqualTo(200);

    client.get("/-/faults");
    assertThat(client.get(STATS).body()).isEqualTo(right);
  }

  @ParameterizedTest
  @ValueSource(strings = {"target=/stats/", "target=(&fault=hang", "target=/&fault=nonsense"})
  void faultsThatAnotherProgramWritesWrongAreRefused(String query) throws Exception {
    assertThat(client.get("/-/faults?" + query).statusCode()).isEqualTo(400);
    assertThat(client.get(STATS).statusCode()).isEqualTo(200);
  }

  @Test
  void aHangSendsNothingUntilTheClientGoes() throws Exception {
    try (var raw = new RawClient(sentry).get(STATS, "X-Simulate: hang").patience(NOT_LONG_MILLIS)) {
      assertThat(sentry.requests().awaitTotal(1, AWHILE)).isTrue();
      assertThatThrownBy(raw::head).isInstanceOf(SocketTimeoutException.class);
      assertThat(sentry.requests().connectionsOpen()).isEqualTo(1);
    }
    assertThat(sentry.requests().awaitConnectionsOpen(0, AWHILE)).isTrue();
  }

  @Test
  void aHangEndsWhenTheServerStops() throws Exception {
    try (var raw = new RawClient(sentry).get(STATS, "X-Simulate: hang")) {
      assertThat(sentry.requests().awaitTotal(1, AWHILE)).isTrue();
      sentry.close();

      assertThat(endOf(raw)).isEmpty();
    }
  }

  @Test
  void aDelayEndsWhenTheServerStops() throws Exception {
    try (var raw = new RawClient(sentry).get(STATS, "X-Simulate: delay 600s")) {
      assertThat(sentry.requests().awaitTotal(1, AWHILE)).isTrue();
      sentry.close();

      assertThat(endOf(raw)).isEmpty();
    }
  }

  @Test
  void aHangAfterHeadersSendsTheHeadOnly() throws Exception {
    try (var raw = new RawClient(sentry).get(STATS, "X-Simulate: hang-after-headers")) {
      assertThat(raw.head()).startsWith("HTTP/1.1 200 OK\r\n").contains("Content-Length: ");
      raw.patience(NOT_LONG_MILLIS);
      assertThatThrownBy(() -> raw.body(1)).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void aDripSendsTheBodyPieceByPiece() throws Exception {
    var right = client.get(STATS).body();
    assertThat(simulating("drip 40 1ms").body()).isEqualTo(right);

    try (var raw = new RawClient(sentry).get(STATS, "X-Simulate: drip 40 60s")) {
      assertThat(raw.head()).contains("Content-Length: " + right.length());
      raw.patience(NOT_LONG_MILLIS);
      assertThatThrownBy(() -> raw.body(right.length())).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reset", "reset-after-headers"})
  void aResetIsSeenAsOne(String fault) throws Exception {
    try (var raw = new RawClient(sentry).get(STATS, "X-Simulate: " + fault)) {
      assertThatThrownBy(raw::rest)
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
  }

  @Test
  void aTruncatedBodyIsShorterThanItsLength() throws Exception {
    try (var raw = new RawClient(sentry).get(STATS, "X-Simulate: truncated")) {
      var length = RawClient.contentLength(raw.head());

      assertThat(raw.rest()).startsWith("[[").hasSizeLessThan(length);
    }
  }

  @Test
  void aWrongLengthLeavesTheRestOfTheBodyInTheConnection() throws Exception {
    var right = client.get(STATS).body();
    try (var raw = new RawClient(sentry).get(STATS, "X-Simulate: wrong-length")) {
      var length = RawClient.contentLength(raw.head());

      assertThat(length).isEqualTo(right.length() / 2);
      assertThat(raw.body(right.length())).isEqualTo(right);
      assertThat(raw.get(STATS).head()).startsWith("HTTP/1.1 200 OK\r\n");
    }
  }

  @Test
  void aBrokenChunkCannotBeRead() {
    assertThatThrownBy(() -> simulating("broken-chunk")).isInstanceOf(IOException.class);
  }

  @Test
  void whatIsNotHttpIsNotHttp() throws Exception {
    try (var raw = new RawClient(sentry).get(STATS, "X-Simulate: not-http")) {
      assertThat(raw.rest()).isEqualTo("SSH-2.0-simulated\r\n");
    }
  }

  @Test
  void aChunkedAnswerIsRightAndTheConnectionIsKept() throws Exception {
    var right = client.get(STATS).body();
    var chunked = simulating("chunked");

    assertThat(chunked.body()).isEqualTo(right);
    assertThat(chunked.headers().firstValue("Transfer-Encoding")).hasValue("chunked");
    assertThat(chunked.headers().firstValue("Content-Length")).isEmpty();
    assertThat(client.get(STATS).body()).isEqualTo(right);
    assertThat(sentry.requests().connectionsAccepted()).isEqualTo(1);
  }

  @Test
  void aGzippedAnswerDecompressesToTheRightOne() throws Exception {
    var right = client.get(STATS).body();
    try (var raw = new RawClient(sentry).get(STATS, "X-Simulate: gzip")) {
      var head = raw.head();
      var body = raw.in().readNBytes(RawClient.contentLength(head));

      assertThat(head).contains("Content-Encoding: gzip\r\n");
      assertThat(unzipped(new ByteArrayInputStream(body))).isEqualTo(right);
    }
  }

  @Test
  void anAnswerThatIsCompressedAlreadyIsNotCompressedTwice() throws Exception {
    var path = "/api/0/organizations/acme/projects/";
    var right = client.get(path).body();
    try (var raw = new RawClient(sentry).get(path, "Accept-Encoding: gzip", "X-Simulate: gzip")) {
      var body = raw.in().readNBytes(RawClient.contentLength(raw.head()));

      assertThat(unzipped(new ByteArrayInputStream(body))).isEqualTo(right);
    }
  }

  @Test
  void aHugeAnswerIsGoodJsonOfTheRequestedSize() throws Exception {
    var body = simulating("huge 300000").body();

    assertThat(body.length()).isBetween(300_000, 310_000);
    assertThat(Client.parse(body)).isNotEmpty().allMatch(point -> point.size() == 2);
  }

  @Test
  void aGzipBombIsSmallUntilOpened() throws Exception {
    var request =
        client
            .request(STATS, "X-Simulate", "gzip-bomb 20000000")
            .header("Authorization", "Bearer " + SimulatedSentry.TOKEN);
    try (var http = HttpClient.newHttpClient()) {
      var bomb = http.send(request.build(), BodyHandlers.ofByteArray()).body();

      assertThat(bomb).hasSizeLessThan(200_000);
      assertThat(unzipped(new ByteArrayInputStream(bomb)).length()).isGreaterThan(20_000_000);
    }
  }

  @Test
  void aTextIsAddedToTheFieldsThatAreNamed() throws Exception {
    var path = "/api/0/organizations/acme/projects/";
    var right = client.get(path).body();

    var changed = client.get(path, "X-Simulate", "texts slug|name a \"b\" c").body();

    String added = "a \\\"b\\\" c";
    assertThat(changed).contains("\"slug\":\"web" + added + "\"").isNotEqualTo(right);
    assertThat(changed.replace(added, "")).isEqualTo(right);
  }

  @ParameterizedTest
  @EnumSource(Garbage.class)
  void garbageIsServedAsJson(Garbage garbage) throws Exception {
    sentry.faults().next(1, new Fault.GarbageJson(garbage));
    var response = client.get(STATS);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(response.body()).isEqualTo(garbage.body);
  }

  @Test
  void aLoginPageComesWithStatus200() throws Exception {
    var response = simulating("html-login");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
    assertThat(response.body()).startsWith("<!DOCTYPE html>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          400-query-timeout      | 400 | application/json | {"detail": "\\nQuery timeout. Please try again. If the problem persists try a smaller date range or fewer projects. Also consider a\\nfilter on the transaction field if you're filtering performance data.\\n"}
          400-multi-project      | 400 | application/json | {"detail": "You do not have the multi project stream feature enabled"}
          401-no-credentials     | 401 | application/json | {"detail": "Authentication credentials were not provided."}
          401-invalid-token      | 401 | application/json | {"detail": "Invalid token"}
          401-invalid-org-token  | 401 | application/json | {"detail": "Invalid org token"}
          401-token-expired      | 401 | application/json | {"detail": "Token expired"}
          401-header-malformed   | 401 | application/json | {"detail": "Invalid token header. Token string should not contain spaces."}
          401-wrong-organization | 401 | application/json | {"detail": "Unauthorized organization access."}
          401-sso-required       | 401 | application/json | {"detail": {"code": "sso-required", "message": "Must login via SSO", "extra": {"loginUrl": "/auth/login/acme/"}}}
          401-2fa-required       | 401 | application/json | {"detail": {"code": "2fa-required", "message": "Organization requires two-factor authentication to be enabled", "extra": {}}}
          401-member-disabled    | 401 | application/json | {"detail": {"code": "member-disabled-over-limit", "message": "Organization over member limit", "extra": {"next": "/organizations/acme/disabled-member/"}}}
          403-permission         | 403 | application/json | {"detail": "You do not have permission to perform this action."}
          404-resource           | 404 | application/json | {"detail": "The requested resource does not exist"}
          404-apigateway         | 404 | application/json | {"error": "apigateway", "detail": "Not found"}
          410-gone               | 410 | application/json | {"message": "This API no longer exists."}
          429-apigateway         | 429 | application/json | {"error": "apigateway", "detail": "Too many requests"}
          429-snuba              | 429 | application/json | {"detail": "Rate limit exceeded. Please try your query with a smaller date range or fewer projects."}
          500-internal           | 500 | application/json | {"detail": "Internal Error", "errorId": "a1b2c3d4e5f60718293a4b5c6d7e8f90"}
          500-query-failed       | 500 | application/json | {"detail": "Internal error. Please try again."}
          502-apigateway         | 502 | application/json | {"error": "apigateway", "detail": "Downstream error"}
          503-apigateway         | 503 | application/json | {"error": "apigateway", "detail": "Downstream service unavailable"}
          504-apigateway         | 504 | application/json | {"error": "apigateway", "detail": "Downstream timeout"}
          """)
  void errorsHaveSentrysBodies(String label, int status, String contentType, String body)
      throws Exception {
    var response = simulating("error " + label);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).hasValue(contentType);
    assertThat(Client.parse(response.body())).isEqualTo(Client.parse(body));
  }

  @Test
  void anUnknownRouteCanBeSimulatedToo() throws Exception {
    var response = simulating("error 404-unknown-route");

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).isEmpty();
  }

  @Test
  void theWindowsLimitIsTheEndpointsAndComesWithoutRetryAfter() throws Exception {
    var response = simulating("429 window");

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
    assertThat(Client.parse(response.body()).get("detail").asString())
        .isEqualTo(
            "You are attempting to use this endpoint too frequently. Limit is 5 requests in 1"
                + " seconds");
    assertThat(response.headers().map())
        .containsEntry("x-sentry-rate-limit-remaining", List.of("0"))
        .containsEntry("x-sentry-rate-limit-limit", List.of("5"))
        .containsEntry(
            "x-sentry-rate-limit-reset",
            List.of(Long.toString(clock.instant().getEpochSecond() + 1)))
        .doesNotContainKey("retry-after");
  }

  @Test
  void theLimitOfConcurrencyLeavesRequestsInTheWindow() throws Exception {
    var response = simulating("429 concurrent");

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(Client.parse(response.body()).get("detail").asString())
        .isEqualTo(
            "You are attempting to go above the allowed concurrency for this endpoint. Concurrency"
                + " limit is 25");
    assertThat(response.headers().firstValue("X-Sentry-Rate-Limit-ConcurrentRemaining"))
        .hasValue("0");
  }

  @Test
  void theStoragesLimitHasHeadersWithoutALimit() throws Exception {
    var response = simulating("error 429-snuba");

    assertThat(response.headers().firstValue("X-Sentry-Rate-Limit-Limit")).hasValue("None");
    assertThat(response.headers().firstValue("X-Sentry-Rate-Limit-Reset")).hasValue("None");
  }

  @Test
  void theGatewaysLimitHasNoHeaders() throws Exception {
    assertThat(simulating("error 429-apigateway").headers().map().keySet())
        .noneMatch(name -> name.startsWith("x-sentry-rate-limit"));
  }

  @Test
  void retryAfterComesInSecondsOrAsADate() throws Exception {
    assertThat(simulating("429 retry-after 5s").headers().firstValue("Retry-After")).hasValue("5");
    assertThat(simulating("429 retry-date 90s").headers().firstValue("Retry-After"))
        .hasValue("Sun, 22 Nov 2026 10:19:03 GMT");
  }

  @Test
  void anyStatusAndNginxPageCanBeHad() throws Exception {
    var json = simulating("status 503");
    var page = simulating("nginx 502");

    assertThat(json.statusCode()).isEqualTo(503);
    assertThat(json.body()).isEqualTo("{\"detail\":\"Service Unavailable\"}");
    assertThat(page.statusCode()).isEqualTo(502);
    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html");
    assertThat(page.body())
        .isEqualTo(
            """
            <html>
            <head><title>502 Bad Gateway</title></head>
            <body>
            <center><h1>502 Bad Gateway</h1></center>
            <hr><center>nginx</center>
            </body>
            </html>
            """);
  }

  @Test
  void aRedirectToTheSameHostLeadsToTheRightAnswer() throws Exception {
    var right = client.get(STATS).body();
    var redirect = simulating("redirect same");
    var location = redirect.headers().firstValue("Location").orElseThrow();

    assertThat(redirect.statusCode()).isEqualTo(302);
    assertThat(client.get(location, "X-Simulate", "redirect same").body()).isEqualTo(right);
  }

  @Test
  void redirectsLeadElsewhereOrNowhere() throws Exception {
    assertThat(simulating("redirect http://other.example/path").headers().firstValue("Location"))
        .hasValue("http://other.example/path");
    assertThat(simulating("redirect loop").headers().firstValue("Location")).hasValue(STATS);
  }

  @Test
  void anyBodyCanBeHad() throws Exception {
    var response = simulating("body 418 text/plain short and stout");

    assertThat(response.statusCode()).isEqualTo(418);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain");
    assertThat(response.body()).isEqualTo("short and stout");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"explode", "delay", "delay soon", "garbage can", "error 418-teapot", "429"})
  void anUnknownFaultIsRefused(String text) throws Exception {
    var response = simulating(text);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body())
        .startsWith("X-Simulate: \"" + text + "\" is not a fault; write one of:\ndelay 2s\nhang\n");
  }

  @Test
  void faultsForTheNextRequestsAreUsedUpInOrder() throws Exception {
    sentry.faults().next(2, new Fault.Status(503));
    sentry.faults().next(1, new Fault.RetryLater(AWHILE, RetryAfterForm.SECONDS));

    assertThat(client.get(STATS).statusCode()).isEqualTo(503);
    assertThat(client.get(STATS).statusCode()).isEqualTo(503);
    assertThat(client.get(STATS).statusCode()).isEqualTo(429);
    assertThat(client.get(STATS).statusCode()).isEqualTo(200);
  }

  @Test
  void aFaultOfAPathStaysUntilItIsCleared() throws Exception {
    sentry
        .faults()
        .when(
            path -> path.endsWith("/stats/"),
            new Fault.RedirectTo(URI.create("http://x.example/")));

    assertThat(client.get(STATS).statusCode()).isEqualTo(302);
    assertThat(client.get(STATS).statusCode()).isEqualTo(302);
    assertThat(client.get("/api/0/").statusCode()).isEqualTo(200);
    sentry.faults().clear();
    assertThat(client.get(STATS).statusCode()).isEqualTo(200);
  }

  @Test
  void theCountsOfRequestsMeetWithNoFault() throws Exception {
    sentry.faults().next(1, new Fault.Status(500));

    assertThat(client.get("/-/requests").statusCode()).isEqualTo(200);
    assertThat(client.get(STATS).statusCode()).isEqualTo(500);
  }

  @Test
  void everyAnswerIsMarkedAsSimulated() throws Exception {
    for (var fault : Set.of("gzip", "chunked", "html-login", "status 500", "redirect loop")) {
      assertThat(simulating(fault).headers().firstValue("X-Simulated"))
          .as(fault)
          .hasValue("sentry_exporter demo");
    }
  }

  private HttpResponse<String> simulating(String fault) throws IOException, InterruptedException {
    return client.get(STATS, "X-Simulate", fault);
  }

  /// The bytes that arrive until the connection ends in any way.
  private static String endOf(RawClient raw) throws IOException {
    try {
      return raw.rest();
    } catch (SocketException _) {
      return "";
    }
  }

  private static String unzipped(InputStream in) throws IOException {
    try (var gzip = new GZIPInputStream(in)) {
      return new String(gzip.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
