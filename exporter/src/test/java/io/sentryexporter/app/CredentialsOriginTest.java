package io.sentryexporter.app;

import static io.sentryexporter.testing.RunningExporter.instanceWith;
import static io.sentryexporter.testing.RunningExporter.moduleWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.RecordingServer;
import io.sentryexporter.testing.RecordingServer.Received;
import io.sentryexporter.testing.RecordingServer.Reply;
import io.sentryexporter.testing.RunningExporter;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Credentials go to their own origin: each test looks at what the other host received. What a
/// proxy receives is in `http.ProxyTest` and `TlsTest`.
class CredentialsOriginTest {
  private static final String STATS = "[[1541455200,7]]";

  @AutoClose private final RecordingServer other = RecordingServer.answering(200, "[]");

  private static final String CREDENTIALS =
      """
            authorization: {credentials: CANARY-credentials-0123}
            http_headers: {X-Access: {secrets: [CANARY-access-0123456]}}
      """;

  @Test
  void aRedirectToAnotherHostCarriesNothingThere() {
    try (var sentry =
            RecordingServer.answering(request -> Reply.redirect(other.url() + request.target()));
        var exporter = RunningExporter.with(moduleWith(sentry.url(), CREDENTIALS))) {
      exporter.probe("acme/web").assertFailed("redirect", 302);
      exporter.reload(instanceWith(sentry.url(), CREDENTIALS));
      exporter.probe("acme");
      assertThat(sentry.last().header("Authorization")).isEqualTo("Bearer CANARY-credentials-0123");
      assertThat(sentry.last().header("X-Access")).isEqualTo("CANARY-access-0123456");
      assertThat(other.received()).isEmpty();
      assertThat(exporter.get("/logs?target=acme/web").text())
          .contains("write the headers that it wants in http_headers")
          .doesNotContain("CANARY");
    }
  }

  @Test
  void aRedirectToAnotherPortOfTheSameHostCarriesNothingThere() {
    try (var sentry = RecordingServer.answering(_ -> Reply.redirect(other.url() + "/auth/login/"));
        var exporter = RunningExporter.with(moduleWith(sentry.url(), CREDENTIALS))) {
      exporter.probe("acme/web").assertFailed("redirect", 302);
      assertThat(other.received()).isEmpty();
    }
  }

  @Test
  void theNextPageOfAListIsRequestedFromTheSameHostEvenIfItsLinkNamesAnother() {
    try (var sentry = RecordingServer.answering(this::pageOf);
        var exporter = RunningExporter.with(instanceWith(sentry.url(), CREDENTIALS))) {
      exporter.probe("acme");
      assertThat(sentry.received())
          .anySatisfy(request -> assertThat(request.target()).contains("cursor=0%3A100%3A0"))
          .allSatisfy(
              request -> assertThat(request.header("Authorization")).startsWith("Bearer CANARY"));
      assertThat(other.received()).isEmpty();
    }
  }

  private Reply pageOf(Received request) {
    String next =
        "<%s%s&cursor=0:100:0>; rel=\"next\"; results=\"%s\"; cursor=\"0:100:0\""
            .formatted(other.url(), request.target(), !request.target().contains("cursor="));
    return new Reply(200, Map.of("Content-Type", "application/json", "Link", next), "[]");
  }

  @Test
  void theRegionOfAnOrganizationIsNotRequestedUnlessTheUrlNamesIt() {
    String organization =
        """
        {"id":"1","slug":"acme","links":{"organizationUrl":"%1$s","regionUrl":"%1$s"}}
        """
            .formatted(other.url());
    try (var sentry =
            RecordingServer.answering(request ->
                Reply.json(
                    200,
                    request.target().contains("/organizations/acme/projects/")
                        ? "[]"
                        : request.target().contains("/organizations/acme")
                            ? organization
                            : "[" + organization + "]"));
        var exporter = RunningExporter.with(instanceWith(sentry.url(), CREDENTIALS))) {
      exporter.probe("acme");
      exporter.probe("1");
      assertThat(sentry.received()).isNotEmpty();
      assertThat(other.received()).isEmpty();
    }
  }

  @Test
  void theServerOfATokenGetsTheClientsSecretAndSentryGetsTheToken() {
    try (var tokens =
            RecordingServer.answering(
                200, "{\"access_token\": \"given-0123456789\", \"expires_in\": 3600}");
        var sentry = RecordingServer.answering(200, STATS);
        var exporter = RunningExporter.with(moduleWith(sentry.url(), oauth(tokens)))) {
      exporter.probe("acme/web").assertReceived(7);
      assertThat(tokens.received())
          .singleElement()
          .satisfies(request -> {
            assertThat(request.method()).isEqualTo("POST");
            assertThat(request.target()).isEqualTo("/token");
            assertThat(request.body()).isEqualTo("grant_type=client_credentials");
            assertThat(request.header("Authorization")).startsWith("Basic ");
            assertThat(request.header("X-Access")).isEmpty();
          });
      assertThat(sentry.received())
          .singleElement()
          .satisfies(request -> {
            assertThat(request.header("Authorization")).isEqualTo("Bearer given-0123456789");
            assertThat(request.header("X-Access")).isEqualTo("CANARY-access-0123456");
            assertThat(request.toString()).doesNotContain("CANARY-client");
          });
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 307, 308})
  void aTokensServerThatRedirectsIsNotFollowed(int status) {
    try (var tokens =
            RecordingServer.answering(
                _ -> new Reply(status, Map.of("Location", other.url() + "/token"), ""));
        var sentry = RecordingServer.answering(200, STATS);
        var exporter = RunningExporter.with(moduleWith(sentry.url(), oauth(tokens)))) {
      exporter.probe("acme/web").assertFailed("auth", 0);
      assertThat(other.received()).isEmpty();
      assertThat(sentry.received()).isEmpty();
      assertThat(exporter.get("/logs?target=acme/web").text())
          .contains("no token from " + tokens.url() + " (oauth2): HTTP " + status)
          .doesNotContain("CANARY");
    }
  }

  private static String oauth(RecordingServer tokens) {
    return """
          oauth2:
            client_id: exporter
            client_secret: CANARY-client-0123456
            token_url: %s/token
          http_headers: {X-Access: {secrets: [CANARY-access-0123456]}}
    """
        .formatted(tokens.url());
  }
}
