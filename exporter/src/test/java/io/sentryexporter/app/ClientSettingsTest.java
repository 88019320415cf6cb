package io.sentryexporter.app;

import static io.sentryexporter.testing.RunningExporter.instanceWith;
import static io.sentryexporter.testing.RunningExporter.moduleWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.testing.Aside;
import io.sentryexporter.testing.RecordingServer;
import io.sentryexporter.testing.RecordingServer.Received;
import io.sentryexporter.testing.RecordingServer.Reply;
import io.sentryexporter.testing.RunningExporter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The HTTP client's settings of instances and modules, as the servers see them.
class ClientSettingsTest {
  private static final String STATS = "[[1541455200,7]]";

  @TempDir private Path folder;

  @AutoClose private final RecordingServer sentry = RecordingServer.answering(200, STATS);

  private RunningExporter probing(String settings) {
    return RunningExporter.with(moduleWith(sentry.url(), settings));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "authorization: {credentials: 0123456789abcdef}             | Bearer 0123456789abcdef",
        "authorization: {type: Token, credentials: 0123456789abcdef}| Token 0123456789abcdef",
        "basic_auth: {username: me, password: s3cr3t}               | Basic bWU6czNjcjN0",
        "basic_auth: {username: key}                                | Basic a2V5Og==",
      })
  void theHeaderAuthorizationIsMadeOfTheSettings(String setting, String header) {
    try (var exporter = probing(setting)) {
      exporter.probe("acme/web").assertReceived(7);
      assertThat(sentry.last().header("Authorization")).isEqualTo(header);
      exporter.reload(instanceWith(sentry.url(), setting));
      exporter.probe("acme");
      assertThat(sentry.last().header("Authorization")).isEqualTo(header);
      assertThat(sentry.last().header("Accept")).isEqualTo("application/json");
    }
  }

  @Test
  void secretsInFilesAreReadForEachRequest() throws IOException {
    var credentials = Files.writeString(folder.resolve("token"), " first-0123456789\n");
    var access = Files.writeString(folder.resolve("access"), "one\n");
    try (var exporter =
        probing(
            """
            authorization: {credentials_file: %s}
            http_headers: {X-Access: {files: [%s]}, X-Plain: {values: [a, b]}}
            """
                .formatted(credentials, access))) {
      exporter.probe("acme/web").assertReceived(7);
      assertThat(sentry.last().headers())
          .contains(
              "Authorization: Bearer first-0123456789",
              "X-access: one",
              "X-plain: a",
              "X-plain: b");
      Files.writeString(credentials, "second-0123456789");
      Files.writeString(access, "two");
      exporter.probe("acme/web").assertReceived(7);
      assertThat(sentry.last().headers())
          .contains("Authorization: Bearer second-0123456789", "X-access: two");
    }
  }

  @Test
  void aSecretsFileThatIsGoneFailsProbesAndIsNamed() throws IOException {
    var file = folder.resolve("password");
    try (var exporter = probing("basic_auth: {username: me, password_file: " + file + "}")) {
      exporter.probe("acme/web").assertFailed("auth", 0);
      assertThat(exporter.get("/logs?target=acme/web").text())
          .contains("basic_auth.password_file " + file + ": there is no such file");
      assertThat(exporter.get("/").text()).contains("probes fail with reason auth until then");
      Files.writeString(file, "s3cr3t");
      exporter.probe("acme/web").assertReceived(7);
      Files.writeString(file, "two\nlines");
      exporter.probe("acme/web").assertFailed("auth", 0);
    }
  }

  @Test
  void anInstanceSendsItsTokenAndFurtherHeaders() {
    try (var exporter =
        RunningExporter.with(
            instanceWith(
                sentry.url(),
                """
                auth_token: simulated-api-token
                http_headers:
                  CF-Access-Client-Id: {values: [exporter.access]}
                  CF-Access-Client-Secret: {secrets: [0123456789abcdef]}
                """))) {
      exporter.probe("acme");
      assertThat(sentry.last().headers())
          .contains(
              "Authorization: Bearer simulated-api-token",
              "Cf-access-client-id: exporter.access",
              "Cf-access-client-secret: 0123456789abcdef");
    }
  }

  @Test
  void whatAServerSendsBackOfASecretIsNotShown() throws IOException {
    var file = Files.writeString(folder.resolve("token"), "CANARY-token-0123");
    try (var echo =
            RecordingServer.answering(request ->
                new Reply(
                    403,
                    Map.of("Content-Type", "application/json"),
                    "{\"detail\": \""
                        + request.header("X-Access")
                        + " "
                        + request.header("Authorization")
                        + "\"}"));
        var exporter =
            RunningExporter.with(
                instanceWith(
                    echo.url(),
                    """
                    authorization: {credentials_file: %s}
                    http_headers: {X-Access: {secrets: [CANARY-access-0123]}}
                    """
                        .formatted(file)))) {
      exporter.probe("acme");
      assertThat(echo.last().header("X-Access")).isEqualTo("CANARY-access-0123");
      assertThat(exporter.get("/logs?target=acme").text())
          .contains("<secret>")
          .doesNotContain("CANARY");
      assertThat(exporter.log() + exporter.get("/config").text() + exporter.get("/").text())
          .doesNotContain("CANARY");
    }
  }

  @Test
  void aModulesSecretFromAFileIsNotShownEitherWhereAServerSendsItBack() throws IOException {
    var file = Files.writeString(folder.resolve("token"), "CANARY-token-0123");
    try (var echo =
            RecordingServer.answering(request ->
                new Reply(
                    200,
                    Map.of(
                        "Content-Type",
                        "text/" + request.header("Authorization").replace("Bearer ", "")),
                    STATS));
        var exporter =
            RunningExporter.with(
                moduleWith(echo.url(), "authorization: {credentials_file: " + file + "}"))) {
      exporter.probe("acme/web");
      assertThat(echo.last().header("Authorization")).isEqualTo("Bearer CANARY-token-0123");
      assertThat(exporter.get("/logs?target=acme/web").text())
          .contains("content_type=text/<secret>")
          .doesNotContain("CANARY");
      assertThat(exporter.log()).doesNotContain("CANARY");
    }
  }

  @Test
  void redirectsAreAnswersWhereTheyAreNotFollowed() {
    try (var here =
            RecordingServer.answering(request ->
                request.target().endsWith("?again")
                    ? Reply.json(200, STATS)
                    : Reply.redirect(request.target() + "?again"));
        var exporter = RunningExporter.with(moduleWith(here.url(), "follow_redirects: true"))) {
      exporter.probe("acme/web").assertReceived(7);
      exporter.reload(moduleWith(here.url(), "follow_redirects: false"));
      exporter.probe("acme/web").assertFailed("redirect", 302);
    }
  }

  @Test
  void theBodyLimitIsTheModules() {
    String padding = " ".repeat(2_000);
    try (var large = RecordingServer.answering(200, STATS + padding);
        var huge = RecordingServer.answering(200, STATS + " ".repeat(1_500_000));
        var exporter = RunningExporter.with(moduleWith(large.url(), "body_size_limit: 1KB"))) {
      exporter.probe("acme/web").assertFailed("too_large", 200);
      exporter.reload(moduleWith(large.url(), "body_size_limit: 2KiB"));
      exporter.probe("acme/web").assertReceived(7);
      exporter.reload(moduleWith(huge.url(), "body_size_limit: 0"));
      exporter.probe("acme/web").assertFailed("too_large", 200);
      exporter.reload(moduleWith(huge.url(), "body_size_limit: 2MB"));
      exporter.probe("acme/web").assertReceived(7);
    }
  }

  @Test
  void aProxyThatWantsAPasswordIsReportedWithTheKey() {
    try (var proxy = RecordingServer.answering(_ -> new Reply(407, Map.of(), ""));
        var exporter =
            RunningExporter.with(
                moduleWith(URI.create("http://sentry.example"), "proxy_url: " + proxy.url()))) {
      exporter.probe("acme/web").assertFailed("rejected", 407);
      assertThat(proxy.last().target()).startsWith("http://sentry.example/api/0/projects/");
      assertThat(exporter.get("/logs?target=acme/web").text())
          .contains("the proxy wants a user and password")
          .contains("proxy_url");
    }
  }

  @Test
  void anInstanceThatChecksNoCertificateIsAWarningAndAMetric() {
    String insecure = "auth_token: simulated-api-token\ntls_config: {insecure_skip_verify: true}";
    String series = "sentry_exporter_tls_insecure_skip_verify{kind=\"instance\",name=\"default\"}";
    try (var exporter = RunningExporter.with(instanceWith(sentry.url(), insecure))) {
      assertThat(exporter.get("/metrics").value(series)).isEqualTo(1);
      assertThat(exporter.get("/").text()).contains("certificate is not checked");
      assertThat(exporter.log()).contains("certificate is not checked");
      exporter.reload(instanceWith(sentry.url(), "auth_token: simulated-api-token"));
      assertThat(exporter.get("/metrics").has(series)).isFalse();
    }
  }

  private String oauth(RecordingServer tokens) {
    return """
    oauth2:
      client_id: exporter
      client_secret: CANARY-0123456789
      token_url: %s/token
      scopes: [sentry.read, offline]
      endpoint_params: {audience: "https://sentry.example"}
    """
        .formatted(tokens.url());
  }

  private static Reply token(String token, int seconds) {
    return Reply.json(
        200,
        "{\"access_token\": \"%s\", \"token_type\": \"bearer\", \"expires_in\": %d}"
            .formatted(token, seconds));
  }

  @Test
  void aTokenServesAllProbesUntilShortlyBeforeItsEnd() {
    var number = new AtomicInteger();
    var clock = TestClock.at("2026-11-22T10:20:00Z");
    try (var tokens =
            RecordingServer.answering(_ -> token("token-number-" + number.incrementAndGet(), 60));
        var exporter =
            RunningExporter.withClock(moduleWith(sentry.url(), oauth(tokens)), clock, null)) {
      exporter.probe("acme/web");
      exporter.probe("acme/ios");
      assertThat(tokens.received())
          .extracting(Received::body)
          .containsExactly(
              "grant_type=client_credentials&scope=sentry.read+offline"
                  + "&audience=https%3A%2F%2Fsentry.example");
      assertThat(sentry.last().header("Authorization")).isEqualTo("Bearer token-number-1");
      clock.advance(Duration.ofSeconds(55));
      exporter.probe("acme/web");
      assertThat(sentry.last().header("Authorization")).isEqualTo("Bearer token-number-2");
    }
  }

  @Test
  void aReloadThatChangesNothingForAModuleKeepsItsToken() {
    try (var tokens = RecordingServer.answering(_ -> token("token-number-1", 3600));
        var exporter = RunningExporter.with(moduleWith(sentry.url(), oauth(tokens)))) {
      exporter.probe("acme/web").assertReceived(7);
      exporter.reload(moduleWith(sentry.url(), oauth(tokens)) + "  further: {prober: http}\n");
      exporter.probe("acme/web").assertReceived(7);
      assertThat(tokens.received()).hasSize(1);
    }
  }

  @Test
  void after401AnotherTokenIsRequestedAndTheProbeSucceeds() {
    var number = new AtomicInteger();
    try (var tokens =
            RecordingServer.answering(
                _ -> token("token-number-" + number.incrementAndGet(), 3600));
        var strict =
            RecordingServer.answering(request ->
                request.header("Authorization").equals("Bearer token-number-2")
                    ? Reply.json(200, STATS)
                    : Reply.json(401, "{\"detail\": \"Invalid token\"}"));
        var exporter = RunningExporter.with(moduleWith(strict.url(), oauth(tokens)))) {
      exporter.probe("acme/web").assertReceived(7);
      assertThat(tokens.received()).hasSize(2);
      exporter.reload(instanceWith(strict.url(), oauth(tokens)));
      exporter.probe("acme");
      assertThat(exporter.get("/logs?target=acme").text()).contains("HTTP 401");
      assertThat(tokens.received()).as("once for a request").hasSizeBetween(4, 5);
    }
  }

  @Test
  void aTokenIsRequestedOnceForAllThatWait() throws Exception {
    var release = new CountDownLatch(1);
    try (var tokens =
            RecordingServer.answering(_ -> {
              awaitQuietly(release);
              return token("token-number-1", 3600);
            });
        var exporter = RunningExporter.with(moduleWith(sentry.url(), oauth(tokens)))) {
      var probes = new ArrayList<Future<RunningExporter.Reply>>();
      for (String target : List.of("acme/a", "acme/b", "acme/c", "acme/d")) {
        probes.add(Aside.run(() -> exporter.probe(target)));
      }
      Aside.awaitWaiting(3);
      release.countDown();
      for (var probe : probes) {
        probe.get().assertReceived(7);
      }
      assertThat(tokens.received()).hasSize(1);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aServerThatTakesTheSecretInTheFormOnlyGetsItThere() {
    try (var tokens =
            RecordingServer.answering(request ->
                request.body().contains("client_secret=CANARY-0123456789")
                    ? token("token-number-1", 1)
                    : Reply.json(401, "{\"error\": \"invalid_client\"}"));
        var exporter = RunningExporter.with(moduleWith(sentry.url(), oauth(tokens)))) {
      exporter.probe("acme/web").assertReceived(7);
      assertThat(tokens.received()).hasSize(2);
      assertThat(tokens.last().header("Authorization")).isEmpty();
      assertThat(tokens.last().body()).contains("client_id=exporter");
    }
  }

  @Test
  void aRefusedSecretIsReportedWithTheServersOwnWords() {
    try (var tokens =
            RecordingServer.answering(
                401,
                "{\"error\": \"invalid_client\", \"error_description\": \"CANARY-0123456789 no\"}");
        var exporter = RunningExporter.with(moduleWith(sentry.url(), oauth(tokens)))) {
      exporter.probe("acme/web").assertFailed("auth", 0);
      assertThat(exporter.get("/logs?target=acme/web").text())
          .contains("no token from " + tokens.url() + " (oauth2): HTTP 401 (invalid_client: ")
          .contains("; check client_id, client_secret and scopes of oauth2")
          .doesNotContain("CANARY");
      assertThat(sentry.received()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"503, upstream_5xx", "404, auth"})
  void aTokensServerThatIsOutOfOrderHasAReason(int status, String reason) {
    try (var tokens = RecordingServer.answering(status, "{}");
        var exporter = RunningExporter.with(moduleWith(sentry.url(), oauth(tokens)))) {
      exporter.probe("acme/web").assertFailed(reason, 0);
    }
  }

  @Test
  void aTokensServerThatIsNotThereIsNamed() {
    var tokens = RecordingServer.answering(200, "{}");
    tokens.close();
    try (var exporter = RunningExporter.with(moduleWith(sentry.url(), oauth(tokens)))) {
      exporter.probe("acme/web").assertFailed("connect", 0);
      assertThat(exporter.get("/logs?target=acme/web").text())
          .contains("no token from " + tokens.url() + " (oauth2): cannot connect");
    }
  }

  @Test
  void anAnswerWithoutATokenIsReported() {
    try (var tokens = RecordingServer.answering(200, "{\"token\": \"x\"}");
        var exporter = RunningExporter.with(moduleWith(sentry.url(), oauth(tokens)))) {
      exporter.probe("acme/web").assertFailed("parse", 0);
    }
  }
}
