package io.sentryexporter.sentry;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.http.HttpClient;
import io.sentryexporter.http.HttpClient.HttpSettings;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.sentry.Instance.Credentials;
import io.sentryexporter.sentry.api.ApiGet;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.transport.RequestSender;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.TestMetrics;
import io.sentryexporter.testing.TestTime;
import io.sentryexporter.text.Secret;
import io.sentryexporter.wire.Headers;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A server, or a proxy before it, that sends the token back.
class TokenEchoTest {
  private static final String TOKEN = "sntryu_0123456789abcdef";

  private static void assertHidden(RequestSender.Http http) throws Exception {
    assertHidden(http, TOKEN);
  }

  private static void assertHidden(RequestSender.Http http, String part) throws Exception {
    var instance =
        new Instance(
            "default",
            URI.create("https://sentry.example"),
            new Credentials.Token(new Secret(TOKEN)),
            Set.of(),
            0.5,
            4);
    ApiGet request = new ApiGet.Parameters().to(Endpoint.PROJECTS, "acme");
    try (var time = TestTime.real();
        var deadline = time.deadline(Duration.ofMinutes(1))) {
      var client =
          new ApiClient(
              instance,
              RequestSender.ofProbes(http, TestMetrics.create(), time),
              new OrganizationState(() -> 0),
              time);
      assertThatThrownBy(() -> client.get(request, "acme", null, deadline))
          .isInstanceOf(SentryException.class)
          .hasMessageContaining("<secret>")
          .message()
          .doesNotContainIgnoringCase(part);
    }
  }

  private static RequestSender.Http answering(
      int status, String body, Map<String, String> headers) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    var http = new HttpAnswer(status, Headers.of(List.copyOf(headers.entrySet())), bytes, -1);
    return (_, _, _) -> http;
  }

  @Test
  void asAScopeIsNotShown() throws Exception {
    var challenge = Map.of("WWW-Authenticate", "Bearer scope=\"" + TOKEN + "\"");
    assertHidden(answering(403, "{\"detail\": \"no\"}", challenge));
  }

  @Test
  void asAContentTypeIsNotShown() throws Exception {
    assertHidden(answering(200, "[]", Map.of("Content-Type", "application/" + TOKEN)));
  }

  @Test
  void inCapitalsIsNotShown() throws Exception {
    String body = "{\"detail\": \"" + TOKEN.toUpperCase(java.util.Locale.ROOT) + " is bad\"}";
    assertHidden(answering(400, body, Map.of("Content-Type", "application/json")));
  }

  @Test
  void inBase64IsNotShown() throws Exception {
    String encoded =
        Base64.getEncoder().encodeToString(("Bearer " + TOKEN).getBytes(StandardCharsets.UTF_8));
    assertHidden(
        answering(200, "[]", Map.of("Content-Type", "text/" + encoded)), encoded.substring(12, 30));
  }

  @Test
  void escapedInAnErrorIsNotShown() throws Exception {
    String escaped = TOKEN.replace("_", "%5F");
    assertHidden(answering(400, "{\"detail\": \"" + escaped + " is bad\"}", Map.of()), escaped);
    String unicode = TOKEN.replace("_", "\\\\u005f");
    assertHidden(
        answering(400, "{\"detail\": \"" + unicode + " is bad\"}", Map.of()), "0123456789abcdef");
  }

  @Test
  void asTheHostOfARedirectIsNotShown() throws Exception {
    try (var simulated =
            SimulatedSentry.start(
                SimulatedWorld.demo(1), ServerOptions.onLoopback(InstantSource.system()));
        var time = TestTime.real();
        var http = new HttpClient(HttpSettings.standard("test"), time, Runnable::run)) {
      var elsewhere = new Fault.RedirectTo(URI.create("https://" + TOKEN + ".example"));
      simulated.faults().when(_ -> true, elsewhere);
      var get = new HttpGet(simulated.url(), List.of());
      assertHidden((_, wantsBody, deadline) -> http.get(get, wantsBody, deadline));
    }
  }
}
