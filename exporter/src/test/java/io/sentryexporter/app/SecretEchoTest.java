package io.sentryexporter.app;

import static io.sentryexporter.testing.RunningExporter.instanceWith;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.RecordingServer;
import io.sentryexporter.testing.RecordingServer.Received;
import io.sentryexporter.testing.RecordingServer.Reply;
import io.sentryexporter.testing.RunningExporter;
import java.net.URI;
import java.net.URLEncoder;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A server that sends back what it was sent, raw and decoded, in its errors.
class SecretEchoTest {
  private static Reply echo(Received request) {
    var all =
        Stream.of("Authorization", "Proxy-Authorization", "X-Access", "X-Zone")
            .map(request::header)
            .filter(value -> !value.isEmpty())
            .flatMap(SecretEchoTest::forms)
            .toList();
    return Reply.json(
        403, "{\"detail\": \"sent " + String.join(" | ", all).replace("\"", "\\\"") + " end\"}");
  }

  /// As few as one line of the log shows.
  private static Stream<String> forms(String value) {
    var credentials = value.replaceFirst("^B\\w+ ", "");
    if (!value.startsWith("Basic ")) {
      return Stream.of(value, URLEncoder.encode(value, UTF_8), credentials, base64(credentials));
    }
    var pair = new String(Base64.getDecoder().decode(credentials), UTF_8);
    return Stream.of(pair, URLEncoder.encode(pair, UTF_8), pair.substring(pair.indexOf(':') + 1));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private static void assertHidden(RunningExporter exporter, List<String> parts) {
    var shown =
        exporter.get("/probe?target=acme&debug=true").text()
            + exporter.get("/sd").text()
            + exporter.get("/logs?target=acme").text()
            + exporter.get("/").text()
            + exporter.log();
    assertThat(shown).contains("(sent ", "<secret> | ").doesNotContain(parts);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "basic_auth: {username: bob, password: correct horse battery staple} |"
            + " horse,battery,correct",
        "basic_auth: {username: bob, password: 'hunter2 is:my pw'} | hunter2,my pw",
        "basic_auth: {username: bob, password: hunter2} | hunter2",
        "basic_auth: {username: s3cr3tkey} | s3cr3tkey",
        "authorization: {credentials: 'k7#x'} | k7#x",
        "auth_token: simulated-api-token; http_headers: {X-Access: {secrets: [s3cr3t]}} | s3cr3t",
        "auth_token: simulated-api-token; http_headers: {X-Access: {secrets: [my pass word 12]}}"
            + " | my pass,pass word,word 12",
      })
  void asSecretsOfAnyLengthAndOfSeveralWordsTheyAreNotShown(String settings, String parts) {
    try (var echo = RecordingServer.answering(SecretEchoTest::echo);
        var exporter = RunningExporter.with(instanceWith(echo.url(), settings))) {
      assertHidden(exporter, List.of(parts.split(",")));
    }
  }

  @Test
  void anErrorWithASecretThatIsTooShortToBeHiddenIsLeftOut() {
    try (var echo = RecordingServer.answering(403, "{\"detail\": \"none of xyz9 please\"}");
        var exporter =
            RunningExporter.with(
                instanceWith(echo.url(), "basic_auth: {username: bob, password: yz9}"))) {
      var shown = exporter.get("/probe?target=acme&debug=true").text() + exporter.log();
      assertThat(shown)
          .contains("HTTP 403 (<secret>); give the token the scope")
          .doesNotContain("yz9", "please");
    }
  }

  @ParameterizedTest
  @CsvSource({"CorrectHorse9, Horse9", "p%40x%20w7, p@x w7", "hunter2, hunter2"})
  void theUserAndPasswordOfAProxyAreNotShown(String password, String part) {
    try (var proxy = RecordingServer.answering(SecretEchoTest::echo)) {
      var address = proxy.url().toString().replace("://", "://proxyuser:" + password + "@");
      var settings = "auth_token: simulated-api-token; proxy_url: " + address;
      try (var exporter =
          RunningExporter.with(instanceWith(URI.create("http://sentry.example"), settings))) {
        assertHidden(exporter, List.of(part, password, "proxyuser", "simulated"));
        assertThat(proxy.last().target()).startsWith("http://sentry.example/");
      }
    }
  }

  @Test
  void whatIsShownToProxiesWithConnectIsHiddenToo() {
    var connect =
        "auth_token: simulated-api-token"
            + "; proxy_url: http://proxyuser:hunter2@127.0.0.1:9"
            + "; no_proxy: 127.0.0.1"
            + "; proxy_connect_header: {X-Zone: [my connect word]}";
    try (var echo =
            RecordingServer.answering(
                403, "{\"detail\": \"sent my connect word | my+connect+word | hunter2\"}");
        var exporter = RunningExporter.with(instanceWith(echo.url(), connect))) {
      assertHidden(exporter, List.of("connect word", "connect+word", "hunter2"));
    }
  }

  @Test
  void whatTheServerOfATokenSendsBackIsNotShown() {
    try (var proxy =
        RecordingServer.answering(request ->
            Reply.json(
                401,
                "{\"error\": \"sent cl!ent s3c | cl%21ent+s3c | "
                    + request.header("Proxy-Authorization")
                    + " | proxyuser:hunter2\"}"))) {
      var settings =
          "oauth2: {client_id: cid, client_secret: 'cl!ent s3c',"
              + " token_url: 'http://tokens.example/token', proxy_url: '"
              + proxy.url().toString().replace("://", "://proxyuser:hunter2@")
              + "'}";
      try (var exporter =
          RunningExporter.with(instanceWith(URI.create("http://sentry.example"), settings))) {
        var shown = exporter.get("/probe?target=acme&debug=true").text() + exporter.log();
        assertThat(shown)
            .contains("(sent <secret> | <secret> | <secret> | <secret>)")
            .doesNotContain("cl!ent", "s3c", "hunter2", "proxyuser");
      }
    }
  }

  @Test
  void theHeadersOfAModuleAreNotShownWhereTheirServerRedirectsOrTypesThem() {
    try (var echo =
            RecordingServer.answering(request ->
                request.target().contains("/web/")
                    ? Reply.redirect("http://" + request.header("X-Access") + ".example/")
                    : new Reply(
                        403, Map.of("Content-Type", "text/" + request.header("X-Access")), ""));
        var exporter =
            RunningExporter.with(
                """
                modules:
                  sentry:
                    prober: http
                    timeout: 20s
                    http: {prefix: %s/api/0/projects/, headers: {X-Access: k7x9}}
                """
                    .formatted(echo.url()))) {
      exporter.probe("acme/web").assertFailed("redirect", 302);
      exporter.probe("acme/api");
      assertThat(
              exporter.get("/logs?target=acme/web").text()
                  + exporter.get("/logs?target=acme/api").text()
                  + exporter.get("/").text()
                  + exporter.log())
          .contains("to http://<secret>.example", "content_type=text/<secret>")
          .doesNotContain("k7x9");
    }
  }
}
