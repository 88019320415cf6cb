package io.sentryexporter.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.message.ReceivedRequest;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.OrganizationStats;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Golden;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import io.sentryexporter.testing.TestClock;
import io.sentryexporter.web.WebSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Compares `prober: http` with the old exporters' behaviour, case by case: what stays, what is
/// fixed.
class DropInTest {
  private static final String PROJECT_STATS = "/api/0/projects/{organization}/{project}/stats/";
  private static final String ORGANIZATION_STATS = "/api/0/organizations/{organization}/stats/";
  private static final String STATS_V2 = "/api/0/organizations/{organization}/stats_v2/";

  private final TestClock clock = TestClock.at("2026-11-22T10:20:00Z");
  private final SimulatedSentry sentry = start(SimulatedWorld.demo(1), "");
  private final RunningExporter exporter = RunningExporter.forProjectsOf(sentry.url());

  @AfterEach
  void stop() {
    exporter.close();
    sentry.close();
  }

  @Test
  void aProbeAnswersTheFiveMetricsFirstInTheirOldOrder() {
    String page = exporter.probe("acme/web").assertReceived(received("acme", "web")).text();
    assertThat(
            page.lines()
                .filter(line -> line.startsWith("# TYPE"))
                .limit(5)
                .map(line -> line.split(" ", -1)[2]))
        .containsExactly(
            "sentry_probe_error_received",
            "sentry_probe_status_code",
            "sentry_probe_content_length",
            "sentry_probe_duration_seconds",
            "sentry_probe_success");
    Golden.assertMatches(
        Path.of("src/test/resources/probe/project.prom"),
        page.replaceAll(
            "(?m)^(sentry_probe_duration_seconds|sentry_probe_data_age_seconds\\{.*}) .*$",
            "$1 0.0"));
  }

  @Test
  void theAnswerIsPrometheusTextWithItsVersion() {
    Reply reply = exporter.probe("acme/web");
    assertThat(reply.header("Content-Type")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
  }

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
    exporter.configure(RunningExporter.module("sentry", sentry.url() + prefix));
    exporter.app().reload();
    exporter.probe(target).assertReceived(received("acme", "web"));
    assertThat(lastRequest().path()).isEqualTo("/api/0/projects/acme/web/stats/");
  }

  @ParameterizedTest
  @EnumSource(value = Installation.class, mode = EnumSource.Mode.EXCLUDE, names = "GLITCHTIP")
  void bothDocumentedUsesWorkOnSentryIoAndOnEverySelfHostedSentry(Installation installation) {
    var options = ServerOptions.onLoopback(clock).withInstallation(installation);
    try (var server = SimulatedSentry.start(SimulatedWorld.demo(1), options);
        var other = RunningExporter.forProjectsOf(server.url())) {
      other.probe("acme/web").assertReceived(received("acme", "web"));
      other.configure(RunningExporter.module("sentry", server.url() + "/api/0/organizations/"));
      other.app().reload();
      other.probe("acme").assertReceived(received("acme"));
    }
  }

  @Test
  void aServerBelowAPathPrefixIsRequestedThere() {
    try (var selfHosted = start(SimulatedWorld.demo(1), "/tools/sentry");
        var other = RunningExporter.forProjectsOf(selfHosted.url())) {
      other.probe("acme/web").assertReceived(received("acme", "web"));
      other.configure(RunningExporter.module("sentry", selfHosted.url() + "/api/0/organizations/"));
      other.app().reload();
      other.probe("acme").assertReceived(received("acme"));
    }
  }

  @Test
  void aTargetEncodedTwiceIsUnderstood() {
    exporter.probe("acme%252Fweb").assertReceived(received("acme", "web"));
    exporter.probe("acme%2Fweb").assertReceived(received("acme", "web"));
  }

  @Test
  void spacesAndLettersOfOtherAlphabetsAreEscapedInThePath() {
    exporter.probe("acme/a%20b%C3%BC").assertFailed("not_found", 404);
    assertThat(lastRequest().path()).isEqualTo("/api/0/projects/acme/a%20b%C3%BC/stats/");
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
    exporter.configure(RunningExporter.module("sentry", sentry.url() + prefix));
    exporter.app().reload();
    assertThat(exporter.probe(target).value("sentry_probe_success")).isZero();
    assertThat(sentry.requests().total()).isEqualTo(1);
    assertThat(lastRequest().header("Host")).contains(authority());
    assertThat(lastRequest().path()).startsWith(prefix).endsWith("/stats/");
  }

  @Test
  void aPrefixWithoutAPathIsNeverRequested() {
    exporter.configure(RunningExporter.module("sentry", sentry.url().toString()));
    exporter.app().reload();
    exporter.probe("@localhost/x").assertFailed("config", 0);
    assertThat(sentry.requests().total()).isZero();
  }

  @Test
  void configuredHeadersAreSentOverOneKeptConnection() {
    exporter.configure(
        """
        modules:
          sentry:
            prober: http
            http:
              prefix: %s/api/0/projects/
              headers: {Authorization: Bearer simulated-api-token, X-Number: 7, X-Truth: true}
        """
            .formatted(sentry.url()));
    exporter.app().reload();
    for (int i = 0; i < 5; i++) {
      exporter.probe("acme/web");
    }
    assertThat(lastRequest().header("Authorization")).contains("Bearer simulated-api-token");
    assertThat(lastRequest().header("X-Number")).contains("7");
    assertThat(lastRequest().header("X-Truth")).contains("true");
    assertThat(lastRequest().header("Accept-Encoding")).contains("gzip");
    assertThat(lastRequest().header("User-Agent").orElse("")).startsWith("Sentry-Exporter/");
    assertThat(sentry.requests().connectionsAccepted()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "Host", "HOST"})
  void aHeaderNamedHostInAnyCaseSetsTheHost(String name) {
    withHeader(name, "sentry.internal.example").probe("acme/web");
    assertThat(lastRequest().header("Host")).contains("sentry.internal.example");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | 0",
        "[[1541455200,7]] | 7",
        "[[3, 7]] | 7",
        " [ [ 3 , 7 ] ] | 7",
        "[[1,2.0],[3.0,7.5]] | 7.5",
        "[[3,7],[1,2]] | 7",
        "[[1,2],[3,0]] | 0",
        "[[1,-0.0]] | 0",
        "[[1,9223372036854775807]] | 9223372036854775807",
        "[[1,9223372036854774784]] | 9223372036854774784",
      })
  void theValueIsThatOfTheNewestBucket(String body, double value) {
    sentry.faults().next(1, new Fault.Body(200, "application/json", body));
    exporter.probe("acme/web").assertReceived(value);
  }

  @ParameterizedTest
  @ValueSource(ints = {202, 205, 206})
  void aStatusThatComesWithoutDataIsAFailedProbeWithAnyBody(int status) {
    sentry.faults().next(1, new Fault.Body(status, "application/json", "[[1541455200,7]]"));
    exporter.probe("acme/web").assertFailed("rejected", status);
  }

  @ParameterizedTest
  @ValueSource(ints = {202, 205})
  void aStatusWithoutDataThatIsNamedAsASuccessIsOne(int status) {
    exporter.configure(withSetting("valid_status_codes: [200, " + status + "]"));
    exporter.app().reload();
    sentry.faults().next(1, new Fault.Body(status, "application/json", "[[1541455200,7]]"));
    exporter.probe("acme/web").assertReceived(7);
  }

  @Test
  void aPartOfTheDataIsNoSuccessEvenIfItsStatusIsNamed() {
    exporter.configure(withSetting("valid_status_codes: [206]"));
    exporter.app().reload();
    assertThat(exporter.log()).contains("206 comes with a part of the data only");
    sentry.faults().next(1, new Fault.Body(206, "application/json", "[[1541455200,7]]"));
    exporter.probe("acme/web").assertFailed("rejected", 206);
  }

  @Test
  void aBucketOfTheFutureByTheServersClockIsAFailedProbe() {
    long now = clock.instant().getEpochSecond();
    sentry.faults().next(1, new Fault.Body(200, "application/json", "[[" + (now + 90) + ",7]]"));
    exporter.probe("acme/web").assertReceived(7);
    sentry.faults().next(1, new Fault.Body(200, "application/json", "[[" + (now + 91) + ",7]]"));
    exporter.probe("acme/web").assertFailed("parse", 200);
    String body = "[[1541455200,7],[99999999999,8]]"; // the year 5138
    sentry.faults().next(1, new Fault.Body(200, "application/json", body));
    exporter.probe("acme/web").assertFailed("parse", 200);
  }

  @Test
  void aValueTooLargeToBeExactIsLoggedOnce() {
    for (int i = 0; i < 2; i++) {
      String body = "[[1541455200,9007199254740993]]"; // 2^53 + 1
      sentry.faults().next(1, new Fault.Body(200, "application/json", body));
      exporter.probe("acme/web").assertReceived(9007199254740992.0);
    }
    assertThat(exporter.log()).containsOnlyOnce("a value is beyond 2^53");
  }

  @Test
  void aBodyThatEndsInALineFeedIsFine() {
    sentry.faults().next(1, new Fault.Body(200, "application/json", "[[1541455200,7]]\n"));
    exporter.probe("acme/web").assertReceived(7);
  }

  @ParameterizedTest
  @EnumSource(Fault.Garbage.class)
  void aBodyThatIsNotTheExpectedJsonIsAFailedProbe(Fault.Garbage garbage) {
    sentry.faults().next(1, new Fault.GarbageJson(garbage));
    exporter.probe("acme/web").assertFailed("parse", 200);
  }

  @Test
  void aLoginPageWithStatus200IsAFailedProbe() {
    sentry.faults().next(1, new Fault.HtmlLogin());
    exporter.probe("acme/web").assertFailed("parse", 200);
    assertThat(exporter.get("/logs?id=1").text()).contains("text/html").contains("is not [[");
  }

  @Test
  void whatAServerBringsBackOfTheTokenIsHiddenInTheTrace() {
    sentry.faults().next(1, new Fault.Body(200, "text/x-simulated-api-token", "no data"));
    exporter.probe("acme/web").assertFailed("parse", 200);
    sentry.faults().next(1, new Fault.RedirectTo(URI.create("http://SIMULATED-token.example/")));
    exporter.probe("acme/web").assertFailed("redirect", 302);
    assertThat(exporter.get("/logs?id=1").text())
        .contains("text/x-<secret>")
        .doesNotContainIgnoringCase("simulated-api-token");
    assertThat(exporter.get("/logs?id=2").text()).doesNotContainIgnoringCase("simulated-api-token");
    assertThat(exporter.log()).doesNotContainIgnoringCase("simulated-api-token");
  }

  @Test
  void aTraceShowsNoLongerTextThanItsReaderCanUse() {
    String type = "\u0085".repeat(5_000);
    sentry.faults().next(1, new Fault.Body(200, type, "no data"));
    exporter.probe("acme/web").assertFailed("parse", 200);
    assertThat(exporter.get("/logs?id=1").text()).hasSizeLessThan(2_000);
  }

  @Test
  void aCrowdWaitsOutA429AndThenSendsInTurnWithoutReachingTheLimitAgain() throws Exception {
    try (var strict =
        SimulatedSentry.start(
            SimulatedWorld.demo(1),
            ServerOptions.onLoopback(InstantSource.system())
                .withInstallation(Installation.SENTRY_IO_ENFORCING_LIMITS))) {
      strict.faults().next(1, new Fault.TooFrequent());
      exporter.configure(RunningExporter.module("sentry", strict.url() + "/api/0/projects/"));
      exporter.app().reload();
      var replies = new java.util.concurrent.CopyOnWriteArrayList<Reply>();
      var threads =
          SimulatedWorld.demo(1).projects("acme").stream()
              .limit(6)
              .map(slug ->
                  Thread.ofPlatform().start(() -> replies.add(exporter.probe("acme/" + slug))))
              .toList();
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(replies).hasSize(6);
      replies.forEach(reply -> assertThat(reply.value("sentry_probe_success")).isEqualTo(1));
      // Six and the one refused; two may have gone before the limit was known.
      assertThat(strict.requests().total()).isBetween(7L, 8L);
    }
  }

  @Test
  void turnsThatComeTooLateAreReportedOnceWithBothRatesAndTheWayOut() throws Exception {
    try (var strict =
        SimulatedSentry.start(
            SimulatedWorld.demo(1),
            ServerOptions.onLoopback(InstantSource.system())
                .withInstallation(Installation.SENTRY_IO_ENFORCING_LIMITS))) {
      exporter.configure(
          RunningExporter.module("sentry", strict.url() + "/api/0/projects/acme/")
              .replace("timeout: 5s", "timeout: 1s"));
      exporter.app().reload();
      var threads =
          SimulatedWorld.demo(1).projects("acme").stream()
              .map(slug -> Thread.ofPlatform().start(() -> exporter.probe(slug)))
              .toList();
      for (Thread thread : threads) {
        thread.join();
      }
    }
    String server = "server=\"127.0.0.1:";
    assertThat(exporter.log())
        .containsOnlyOnce("more requests are needed than sentry's rate limit leaves turns for")
        .contains("needed_per_second=")
        .contains("given_per_second=4.75")
        .contains("remedy=\"prober: sentry reads all projects of an organization");
    String page = exporter.get("/metrics").text();
    assertThat(page)
        .containsPattern(
            "sentry_exporter_api_turns_refused_total\\{endpoint=\"project_stats\"} [1-9]")
        .containsPattern(
            "sentry_exporter_api_needed_requests_per_second\\{endpoint=\"project_stats\","
                + server
                + "[0-9]+\"} [1-9]")
        .containsPattern(
            "sentry_exporter_api_given_requests_per_second\\{endpoint=\"project_stats\","
                + server
                + "[0-9]+\"} 4.75");
  }

  @ParameterizedTest
  @CsvSource({
    "400, rejected",
    "401, auth",
    "403, scope",
    "404, not_found",
    "410, not_found",
    "429, rate_limited",
    "500, upstream_5xx",
    "502, upstream_5xx",
    "503, upstream_5xx",
    "504, upstream_5xx",
    "418, rejected"
  })
  void anyOtherStatusIsAFailedProbeWithItsReason(int status, String reason) {
    sentry.faults().next(1, new Fault.Status(status));
    exporter.probe("acme/web").assertFailed(reason, status);
  }

  @Test
  void anOrganizationTokenThatIsRefusedIsReportedAsOne() {
    sentry.faults().when(_ -> true, new Fault.Status(403));
    withHeader("Authorization", "Bearer sntrys_0123456789abcdef")
        .probe("acme/web")
        .assertFailed("scope", 403);
    assertThat(exporter.get("/logs?id=1").text())
        .contains(
            "HTTP 403; an organization token (sntrys_) has no scope but org:ci; create an internal"
                + " integration in Sentry");
  }

  @Test
  void anUnknownProjectAWrongTokenAndAnErrorPageAreReported() {
    exporter.probe("acme/none").assertFailed("not_found", 404);
    withHeader("Authorization", "Bearer wrong").probe("acme/web").assertFailed("auth", 401);
    sentry.faults().next(1, new Fault.NginxPage(502));
    exporter.probe("acme/web").assertFailed("upstream_5xx", 502);
  }

  private List<String> linesWith(String text) {
    return exporter.log().lines().filter(line -> line.contains(text)).toList();
  }

  @Test
  void aShortRetryAfterIsWaitedForWithinTheProbe() {
    sentry
        .faults()
        .next(1, new Fault.RetryLater(Duration.ofSeconds(1), Fault.RetryAfterForm.SECONDS));
    exporter.probe("acme/web").assertReceived(received("acme", "web"));
    assertThat(sentry.requests().count(PROJECT_STATS)).isEqualTo(2);
    assertThat(
            exporter
                .get("/metrics")
                .value("sentry_exporter_api_retries_total{endpoint=\"project_stats\"}"))
        .isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Fault.RetryAfterForm.class)
  void aRetryAfterBeyondTheDeadlineFailsAtOnceAndTheNextProbeSendsNoRequest(
      Fault.RetryAfterForm form) {
    sentry.faults().next(1, new Fault.RetryLater(Duration.ofSeconds(200), form));
    exporter.probe("acme/web").assertFailed("rate_limited", 429);
    exporter.probe("acme/api").assertFailed("rate_limited", 0);
    assertThat(sentry.requests().total()).isEqualTo(1);
  }

  @Test
  void declaredStatusCodesReplaceTheRuleOf2xx() {
    exporter.configure(withSetting("valid_status_codes: [401]"));
    exporter.app().reload();
    exporter.probe("acme/web").assertFailed("rejected", 200);
    sentry.faults().next(1, new Fault.Body(401, "application/json", "[[1541455200,7]]"));
    exporter.probe("acme/web").assertReceived(7);
  }

  @Test
  void aRedirectOnTheSameServerIsFollowedWithTheSameHeaders() {
    sentry.faults().next(1, new Fault.RedirectSameHost());
    exporter.probe("acme/web").assertReceived(received("acme", "web"));
    assertThat(lastRequest().header("Authorization")).contains("Bearer simulated-api-token");
  }

  @Test
  void aRedirectToAnotherServerIsRefusedAndThatServerGetsNoRequest() {
    try (var stranger = start(SimulatedWorld.demo(2), "")) {
      URI elsewhere = stranger.url().resolve("/api/0/projects/acme/web/stats/");
      sentry.faults().next(1, new Fault.RedirectTo(elsewhere));
      exporter.probe("acme/web").assertFailed("redirect", 302);
      assertThat(stranger.requests().connectionsAccepted()).isZero();
    }
  }

  @Test
  void aRedirectLoopEndsWithItsStatus() {
    sentry.faults().when(path -> true, new Fault.RedirectLoop());
    exporter.probe("acme/web").assertFailed("redirect", 302);
  }

  @Test
  void whereNoAnswerComesStatusAndLengthAre0() throws IOException {
    int closedPort;
    try (var socket = new ServerSocket(0)) {
      closedPort = socket.getLocalPort();
    }
    exporter.configure(
        RunningExporter.module("sentry", "http://127.0.0.1:" + closedPort + "/api/0/projects/"));
    exporter.app().reload();
    assertThat(
            exporter
                .probe("acme/web")
                .assertFailed("connect", 0)
                .value("sentry_probe_content_length"))
        .isZero();
    exporter.configure(RunningExporter.module("sentry", "http://sentry.invalid/api/0/projects/"));
    exporter.app().reload();
    exporter.probe("acme/web").assertFailed("dns", 0);
  }

  static Stream<Arguments> brokenOff() {
    return Stream.of(
        Arguments.of(new Fault.Reset(), "connection_closed", 0),
        Arguments.of(new Fault.ResetAfterHeaders(), "connection_closed", 200),
        Arguments.of(new Fault.TruncatedBody(), "connection_closed", 200),
        Arguments.of(new Fault.BrokenChunk(), "protocol", 200),
        Arguments.of(new Fault.NotHttp(), "protocol", 0));
  }

  @ParameterizedTest
  @MethodSource("brokenOff")
  void anAnswerThatBreaksOffIsRefusedWholeAndTheReasonNamesTheFault(
      Fault fault, String reason, int status) {
    sentry.faults().next(2, fault); // a request on a kept connection is sent once more
    exporter.probe("acme/web").assertFailed(reason, status);
  }

  @Test
  void aTimeoutBeforeTheHeadersLeavesStatus0() {
    sentry.faults().next(1, new Fault.Hang());
    probeWithin("acme/web", "0.8").assertFailed("timeout", 0);
  }

  @Test
  void aTimeoutInTheBodyIsNoFalse0() {
    sentry.faults().next(1, new Fault.HangAfterHeaders());
    probeWithin("acme/web", "0.8").assertFailed("timeout", 200);
    sentry.faults().next(1, new Fault.Drip(1, Duration.ofMillis(100)));
    probeWithin("acme/web", "0.9").assertFailed("timeout", 200);
  }

  @Test
  void theModulesTimeoutCountsWhereItIsTheSmaller() {
    exporter.configure(
        RunningExporter.module("sentry", sentry.url() + "/api/0/projects/")
            .replace("timeout: 5s", "timeout: 300ms"));
    exporter.app().reload();
    sentry.faults().next(1, new Fault.Hang());
    double seconds =
        probeWithin("acme/web", "20")
            .assertFailed("timeout", 0)
            .value("sentry_probe_duration_seconds");
    assertThat(seconds).isBetween(0.25, 5.0);
  }

  @Test
  void aClientThatHangsUpEndsTheRequestToSentry() throws Exception {
    sentry.faults().next(1, new Fault.Hang());
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), exporter.port())) {
      socket
          .getOutputStream()
          .write("GET /probe?target=acme/web HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
      assertThat(sentry.requests().awaitTotal(1, Duration.ofSeconds(10))).isTrue();
      assertThat(sentry.requests().connectionsOpen()).isEqualTo(1);
    }
    assertThat(sentry.requests().awaitConnectionsOpen(0, Duration.ofSeconds(4))).isTrue();
  }

  @Test
  void theLengthOfACompressedOrChunkedAnswerIsMinus1AndItIsDecoded() {
    for (Fault fault : List.of(new Fault.Gzip(), new Fault.Chunked())) {
      sentry.faults().next(1, fault);
      assertThat(
              exporter
                  .probe("acme/web")
                  .assertReceived(received("acme", "web"))
                  .value("sentry_probe_content_length"))
          .isEqualTo(-1);
    }
  }

  @Test
  void anAcceptEncodingOfTheUsersOwnDoesNotKeepTheAnswerCompressed() {
    sentry.faults().next(1, new Fault.Gzip());
    withHeader("Accept-Encoding", "gzip").probe("acme/web").assertReceived(received("acme", "web"));
  }

  @Test
  void theLengthOfAPlainAnswerIsItsContentLength() {
    sentry.faults().next(1, new Fault.Body(200, "application/json", "[[1541455200,7]]"));
    assertThat(exporter.probe("acme/web").value("sentry_probe_content_length")).isEqualTo(16);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/probe",
        "/probe?",
        "/probe?target=",
        "/probe?target",
        "/probe?target=a;b",
        "/probe?module=sentry"
      })
  void withoutATargetTheAnswerIs400(String path) {
    Reply reply = exporter.get(path);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).isEqualTo("Target parameter is missing\n");
    assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
  }

  @Test
  void aQueryThatCannotBeDecodedHasNoTarget() throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), exporter.port())) {
      String request = "GET /probe?target=%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 400 ")
          .endsWith("\r\n\r\nTarget parameter is missing\n");
    }
  }

  @Test
  void aTargetInTheBodyOfAPostIsNotRead() {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + exporter.port() + "/probe"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString("target=acme/web"))
            .build();
    assertThat(exporter.send(request).text()).isEqualTo("Target parameter is missing\n");
  }

  @Test
  void ofSeveralTargetsTheFirstCounts() {
    exporter.get("/probe?target=acme/web&target=acme/api").assertReceived(received("acme", "web"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&module=", "&module=sentry"})
  void withoutAModuleItIsSentry(String parameter) {
    exporter.get("/probe?target=acme/web" + parameter).assertReceived(received("acme", "web"));
  }

  @Test
  void anUnknownModuleIs400WithItsNameInQuotes() {
    Reply reply = exporter.get("/probe?target=acme/web&module=a%22b%0A%C3%BC%01");
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).isEqualTo("Unknown module \"a\\\"b\\nü\\u0001\"; known: \"sentry\"\n");
    assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(exporter.get("/metrics").value("sentry_exporter_module_unknown_total")).isEqualTo(1);
    exporter.get("/probe");
    assertThat(exporter.get("/metrics").value("sentry_exporter_probes_refused_total")).isEqualTo(2);
    assertThat(linesWith("probe refused"))
        .first()
        .asString()
        .contains("target=acme/web error=\"Unknown module ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | Unknown module \"sentry\", for the probe names none; known: \"b\", \"a\"",
        "&module=sentry | Unknown module \"sentry\"; known: \"b\", \"a\"",
      })
  void anUnknownModuleIs400WithThoseThatThereAre(String parameter, String text) {
    exporter.configure(
        """
        modules:
          b: {prober: http, http: {prefix: 'http://127.0.0.1:9/x/'}}
          a: {prober: http, http: {prefix: 'http://127.0.0.1:9/x/'}}
        """);
    exporter.app().reload();
    Reply reply = exporter.get("/probe?target=acme/web" + parameter);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).isEqualTo(text + "\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{prober: lag} | lag", "{prober: HTTP} | HTTP", "{timeout: 5s} | ''", " | ''"})
  void anUnknownProberIs400AtTheProbe(String module, String prober) {
    exporter.configure("modules:\n  sentry: " + (module == null ? "" : module) + "\n");
    exporter.app().reload();
    Reply reply = exporter.probe("acme/web");
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).isEqualTo("Unknown prober \"" + prober + "\"\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"'://nowhere'", "sentry.io/api", "ftp://sentry.io/", "''"})
  void aPrefixThatIsNoAddressGivesTheFullSetWithStatus0(String prefix) {
    exporter.configure(RunningExporter.module("sentry", prefix));
    exporter.app().reload();
    exporter.probe("acme/web").assertFailed("config", 0);
  }

  @Test
  void aHeaderThatCannotBeSentKeepsTheFileFromLoading() {
    exporter.configure(withSetting("headers: {\"X Y\": a, \"X-Z\": \"a\\nb\"}"));
    Reply reply = exporter.send("POST", "/-/reload");
    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.text())
        .startsWith("failed to reload config: ")
        .contains("modules.sentry.http.headers")
        .doesNotContain("a\\nb");
  }

  @Test
  void aTokenWithALineFeedAtItsEndIsTrimmed() {
    exporter.configure(withSetting("headers: {Authorization: \"Bearer simulated-api-token\\n\"}"));
    exporter.app().reload();
    exporter.probe("acme/web").assertReceived(received("acme", "web"));
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /probe?target=acme/web, 200",
    "HEAD, /probe?target=acme/web, 200",
    "POST, /probe?target=acme/web, 200",
    "DELETE, /probe?target=acme/web, 405",
    "TRACE, /probe?target=acme/web, 405",
    "GET, /metrics, 200",
    "HEAD, /metrics, 200",
    "POST, /metrics, 405",
    "GET, /, 200",
    "HEAD, /, 200",
    "POST, /, 405",
    "GET, /-/healthy, 200",
    "GET, /-/ready, 200",
    "GET, /-/reload, 405",
    "GET, /probe/, 404",
    "GET, /-/nothing, 404",
    "GET, /favicon.ico, 404",
    "POST, /nothing, 404",
  })
  void eachPathHasItsMethods(String method, String path, int status) {
    Reply reply = exporter.send(method, path);
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.header("Allow").isEmpty()).isEqualTo(status != 405);
    if (method.equals("HEAD")) {
      assertThat(reply.http().body()).isEmpty();
      assertThat(Integer.parseInt(reply.header("Content-Length"))).isPositive();
    }
  }

  @Test
  void theLandingPageLinksTheModulesThatAreConfigured() {
    exporter.probe("acme/web");
    String page = exporter.get("/").text();
    assertThat(page)
        .contains("href=\"/probe?target=acme/web&amp;module=sentry\"")
        .doesNotContain("apimutate");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/logs",
        "/logs?id=1&target=acme/web",
        "/logs?module=sentry",
        "/logs?id=1&module=sentry"
      })
  void logsAreRequestedByNumberOrByTarget(String path) {
    exporter.probe("acme/web");
    Reply reply = exporter.get(path);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).isEqualTo("give either id or target, and module only with target\n");
  }

  @ParameterizedTest
  @CsvSource({
    "/logs?id=1, 200",
    "/logs?target=acme/web, 200",
    "/logs?target=acme/web&module=sentry, 200",
    "/logs?id=2, 404",
    "/logs?id=x, 404",
    "/logs?target=acme/web&module=other, 404"
  })
  void theLogsOfAKeptProbeShowItsSteps(String path, int status) {
    exporter.probe("acme/web");
    Reply reply = exporter.get(path);
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.text())
        .contains(status == 200 ? "msg=\"probe succeeded\"" : "no such probe is kept");
  }

  @Test
  void debugShowsTheTraceTheMetricsAndTheModuleWithoutItsToken() {
    Reply reply = exporter.get("/probe?target=acme/web&debug=true");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.text())
        .startsWith("Logs for the probe (timeout 5.0 s):\ntime=")
        .contains("msg=\"probe succeeded\"")
        .contains("Metrics that would have been returned:\n# HELP ")
        .contains("\nsentry_probe_success 1.0\n")
        .contains("Module configuration:\n")
        .contains("Authorization: <secret>")
        .doesNotContain("simulated-api-token");
  }

  @Test
  void theConfigurationInForceIsShownWithoutItsSecrets() {
    Reply reply = exporter.get("/config");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.text())
        .startsWith("modules:\n")
        .contains("prefix: " + sentry.url() + "/api/0/projects/")
        .contains("Authorization: <secret>")
        .doesNotContain("simulated-api-token");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/config", "/logs?id=1", "/metrics", "/probe?target=acme/web"})
  void anAnswerThatMayBeCompressedHasAVaryHeader(String path) {
    exporter.probe("acme/web");
    assertThat(exporter.get(path).http().headers().allValues("Vary")).contains("Accept-Encoding");
  }

  @Test
  void belowARoutePrefixEveryPathIsServedAndLinked() {
    try (var below =
        RunningExporter.with(
            RunningExporter.module("sentry", sentry.url() + "/api/0/projects/"),
            web ->
                new WebSettings(
                    "/exporter",
                    "/seen/by/browsers",
                    web.telemetryPath(),
                    web.maxRequests(),
                    web.timeoutOffset(),
                    web.created(),
                    web.demo()))) {
      below.get("/exporter/probe?target=acme/web").assertReceived(received("acme", "web"));
      assertThat(below.get("/exporter/metrics").status()).isEqualTo(200);
      assertThat(below.get("/exporter/").text())
          .contains("action=\"/seen/by/browsers/probe\"")
          .contains("href=\"/seen/by/browsers/logs?id=1\"");
      assertThat(below.get("/exporter").status()).isEqualTo(302);
      assertThat(below.get("/exporter").header("Location")).isEqualTo("/seen/by/browsers/");
      assertThat(below.get("/").header("Location"))
          .as("for one who asks past the proxy")
          .isEqualTo("/exporter/");
      assertThat(below.probe("acme/web").status()).isEqualTo(404);
      assertThat(below.get("/exporterprobe?target=acme/web").status()).isEqualTo(404);
    }
  }

  @Test
  void reloadWantsAPost() {
    Reply reply = exporter.get("/-/reload");
    assertThat(reply.text()).isEqualTo("This endpoint requires a POST request.\n");
    assertThat(reply.header("Allow")).isEqualTo("POST");
  }

  @Test
  void aGoodReloadAnswers200WithAnEmptyBody() {
    Reply reply = exporter.send("POST", "/-/reload");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.text()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "modules: [",
        "module:\n  sentry: {prober: http}\n",
        "modules: {}\n",
        "modules:\n  sentry:\n    prober: http\n    http: {header: {}}\n",
        "modules:\n  sentry:\n    prober: http\n    timeout: 1d\n"
      })
  void aBadReloadAnswers500AndChangesNothing(String yaml) {
    exporter.configure(yaml);
    Reply reply = exporter.send("POST", "/-/reload");
    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.text()).startsWith("failed to reload config: sentry_exporter.yml:");
    exporter.probe("acme/web").assertReceived(received("acme", "web"));
    assertThat(exporter.get("/metrics").value("sentry_exporter_config_last_reload_successful"))
        .isZero();
  }

  @Test
  void concurrentProbesOfOneTargetAreOneRequest() throws Exception {
    sentry.faults().next(1, new Fault.Delay(Duration.ofMillis(500)));
    var replies = new java.util.concurrent.CopyOnWriteArrayList<Reply>();
    var threads =
        Stream.generate(
                () -> Thread.ofPlatform().start(() -> replies.add(exporter.probe("acme/web"))))
            .limit(20)
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(replies).hasSize(20);
    replies.forEach(reply -> reply.assertReceived(received("acme", "web")));
    assertThat(sentry.requests().total()).isEqualTo(1);
    assertThat(exporter.get("/metrics").value("sentry_exporter_coalesced_requests_total"))
        .isEqualTo(19);
  }

  @Test
  void anAnswerYoungerThanTheRefreshIntervalServesAgainAndShowsItsAge() {
    exporter.configure(
        RunningExporter.module("sentry", sentry.url() + "/api/0/projects/")
            .replace("timeout: 5s", "timeout: 5s\n    refresh_interval: 1h"));
    exporter.app().reload();
    exporter.probe("acme/web").assertReceived(received("acme", "web"));
    Reply second = exporter.probe("acme/web").assertReceived(received("acme", "web"));
    assertThat(second.value("sentry_probe_data_age_seconds{collector=\"http\"}"))
        .isBetween(0.0, 60.0);
    assertThat(sentry.requests().total()).isEqualTo(1);
    assertThat(exporter.get("/metrics").value("sentry_exporter_cache_hits_total")).isEqualTo(1);
  }

  @Test
  void moreProbesAtOnceThanAllowedAre503AndTheOwnMetricsStillAnswer() throws Exception {
    try (var small =
        RunningExporter.with(
            RunningExporter.module("sentry", sentry.url() + "/api/0/projects/"),
            web -> web.withMaxRequests(1))) {
      sentry.faults().next(1, new Fault.Hang());
      var held =
          Thread.ofPlatform()
              .start(() ->
                  small.get("/probe?target=acme/web", "X-Prometheus-Scrape-Timeout-Seconds", "3"));
      assertThat(sentry.requests().awaitTotal(1, Duration.ofSeconds(10))).isTrue();
      assertThat(small.probe("acme/api").status()).isEqualTo(503);
      assertThat(small.get("/metrics").value("sentry_exporter_requests_rejected_total"))
          .isEqualTo(1);
      sentry.close();
      held.join();
    }
  }

  @Test
  void theOwnMetricsDescribeTheProcess() {
    assertThat(exporter.get("/metrics").text())
        .contains("sentry_exporter_build_info{")
        .contains("process_start_time_seconds")
        .contains("jvm_memory_used_bytes")
        .contains("sentry_exporter_probes_total{module=\"sentry\"} 0.0")
        .contains("sentry_exporter_probes_failed_total{module=\"sentry\"} 0.0")
        .contains("sentry_exporter_probe_duration_seconds_count{module=\"sentry\"} 0");
  }

  @Test
  void anOrganizationIsProbedThroughItsOwnStatistics() {
    organizationMode(sentry.url()).probe("acme").assertReceived(received("acme"));
    assertThat(sentry.requests().count(ORGANIZATION_STATS)).isEqualTo(1);
    assertThat(sentry.requests().count(STATS_V2)).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"UNKNOWN_ROUTE", "GONE"})
  void whereOrganizationStatisticsAreGoneStatsV2StandsInAndTheRequestIsNotRepeated(
      OrganizationStats state) {
    try (var newer = start(SimulatedWorld.demo(1).withOrganizationStats("acme", state), "")) {
      var asked = organizationMode(newer.url());
      asked.probe("acme").assertReceived(received("acme"));
      asked.probe("acme").assertReceived(received("acme"));
      assertThat(newer.requests().count(ORGANIZATION_STATS)).isEqualTo(1);
      assertThat(newer.requests().count(STATS_V2)).isEqualTo(2);
      asked.probe("nobody").assertFailed("not_found", 404);
    }
  }

  @Test
  void theOldDefaultHostIsWarnedOf() {
    exporter.configure(RunningExporter.module("sentry", "https://sentry.com/api/0/projects/"));
    assertThat(exporter.send("POST", "/-/reload").status()).isEqualTo(200);
    String warning = "sentry.com is not Sentry; did you mean sentry.io?";
    assertThat(exporter.get("/").text()).contains(warning);
    assertThat(exporter.log()).contains(warning);
  }

  private SimulatedSentry start(SimulatedWorld world, String pathPrefix) {
    return SimulatedSentry.start(
        world,
        ServerOptions.onLoopback(clock)
            .withInstallation(Installation.SELF_HOSTED)
            .withPathPrefix(pathPrefix));
  }

  private RunningExporter organizationMode(URI server) {
    exporter.configure(RunningExporter.module("sentry", server + "/api/0/organizations/"));
    exporter.app().reload();
    return exporter;
  }

  private RunningExporter withHeader(String name, String value) {
    exporter.configure(
        withSetting(
            name.equalsIgnoreCase("Authorization")
                ? "headers: {" + name + ": " + value + "}"
                : "headers: {Authorization: Bearer simulated-api-token, "
                    + name
                    + ": "
                    + value
                    + "}"));
    exporter.app().reload();
    return exporter;
  }

  /// A module for the simulated Sentry's projects with one more setting, its headers unless given.
  private String withSetting(String setting) {
    String headers =
        setting.startsWith("headers")
            ? ""
            : "\n      headers: {Authorization: Bearer simulated-api-token}";
    return """
    modules:
      sentry:
        prober: http
        timeout: 5s
        http:
          prefix: %s/api/0/projects/
          %s%s
    """
        .formatted(sentry.url(), setting, headers);
  }

  private Reply probeWithin(String target, String scrapeTimeoutSeconds) {
    return exporter.get(
        "/probe?target=" + target, "X-Prometheus-Scrape-Timeout-Seconds", scrapeTimeoutSeconds);
  }

  private ReceivedRequest lastRequest() {
    return sentry.requests().last().getLast();
  }

  private String authority() {
    return sentry.url().getAuthority();
  }

  private double received(String organization, String project) {
    var hour = clock.instant().truncatedTo(java.time.temporal.ChronoUnit.HOURS);
    return SimulatedWorld.demo(1).received(organization, project, hour, clock.instant());
  }

  private double received(String organization) {
    return SimulatedWorld.demo(1).projects(organization).stream()
        .mapToDouble(project -> received(organization, project))
        .sum();
  }
}
