package io.sentryexporter.sentry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.sentry.Instance.Credentials;
import io.sentryexporter.sentry.api.ApiGet;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.transport.RequestSender;
import io.sentryexporter.sentry.transport.RequestSender.ConcurrencyLimit;
import io.sentryexporter.sentry.transport.ServerClock;
import io.sentryexporter.testing.ChangedSource;
import io.sentryexporter.testing.StillTime;
import io.sentryexporter.testing.TestMetrics;
import io.sentryexporter.testing.Together;
import io.sentryexporter.text.Secret;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.wire.Headers;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/// Requests that fail while others have answers, in the order that a scheduler of threads gives
/// them.
public class OutageInterleavingsTest {
  private static final ExporterMetrics METRICS = TestMetrics.create();
  private static final Instance INSTANCE =
      new Instance(
          "default",
          URI.create("https://sentry.example"),
          new Credentials.Token(new Secret("a-simulated-token")),
          Set.of(),
          0.5,
          4);

  private final StillTime time = new StillTime();
  private final Together threads = new Together();
  private final ApiClient client;

  public OutageInterleavingsTest() {
    var sender =
        RequestSender.ofInstance(
            OutageInterleavingsTest::answer,
            METRICS,
            time,
            new ServerClock(time, time::nanoTime),
            () -> new ConcurrencyLimit(4, 0.5),
            new Random(1));
    client = new ApiClient(INSTANCE, sender, new OrganizationState(time::nanoTime), time);
  }

  /// An answer does not wait for a failure that is being noted.
  public static ChangedSource lostUpdate() {
    return ChangedSource.of(
        "sentry/ApiClient.java",
        "  private synchronized void answered() {",
        "  private void answered() {");
  }

  /// Answers for one organization; for others it is no Sentry.
  private static HttpAnswer answer(HttpGet request, IntPredicate wantsBody, Deadline deadline) {
    boolean isKnown = request.uri().getPath().contains("/acme/");
    byte[] body = "[]".getBytes(UTF_8);
    String type = isKnown ? "application/json" : "text/html";
    var headers = Headers.of(List.of(Map.entry("Content-Type", type)));
    return new HttpAnswer(isKnown ? 200 : 404, headers, body, body.length);
  }

  private void get(String organization) throws SentryException, InterruptedException {
    try (var deadline = time.deadline(Duration.ofMinutes(10))) {
      var request = new ApiGet(Endpoint.PROJECTS, List.of(organization), List.of());
      client.get(request, organization, null, deadline);
    }
  }

  @Test
  public void afterAnAnswerNoFailureOfTheSameTimeIsAnOutage() throws Exception {
    Together.Part fails =
        () -> assertThatThrownBy(() -> get("other")).isInstanceOf(SentryException.class);
    threads.add(fails);
    threads.add(() -> get("acme"));
    threads.add(fails);
    threads.join();
    assertThat(client.outage()).isNull();
  }
}
