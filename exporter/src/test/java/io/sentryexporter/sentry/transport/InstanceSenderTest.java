package io.sentryexporter.sentry.transport;

import static io.sentryexporter.testing.Failures.because;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.http.Header;
import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.http.HttpClient;
import io.sentryexporter.http.HttpClient.HttpSettings;
import io.sentryexporter.http.HttpFailure;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.ExporterMetrics.LastHour.Activity;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.transport.RequestSender.Answer;
import io.sentryexporter.sentry.transport.RequestSender.Call;
import io.sentryexporter.sentry.transport.RequestSender.Call.Statuses;
import io.sentryexporter.sentry.transport.RequestSender.ConcurrencyLimit;
import io.sentryexporter.testing.Aside;
import io.sentryexporter.testing.LogCapture;
import io.sentryexporter.testing.StillTime;
import io.sentryexporter.testing.TestMetrics;
import io.sentryexporter.testing.TestTime;
import io.sentryexporter.text.Secret;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import io.sentryexporter.wire.Headers;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Requests to an instance of Sentry, with answers that the test makes up; sleeping lets time pass.
class InstanceSenderTest {
  private static final String PROJECTS = "https://sentry.example/api/0/organizations/acme/projects";
  private static final Map<String, String> TEN_A_SECOND = Map.of("X-Sentry-Rate-Limit-Limit", "10");

  private final StillTime time = new StillTime();
  @AutoClose private final TimeSource real = TestTime.real();
  private final ExporterMetrics metrics = TestMetrics.create();
  private final Queue<Next> next = new ArrayDeque<>();
  private final ServerClock clock = new ServerClock(time, time::nanoTime);
  private final ConcurrencyLimit places = new ConcurrencyLimit(4, 0.5);
  private final RequestSender sender =
      RequestSender.ofInstance(
          this::answer, metrics, time, clock, () -> places, new Random(20261130));
  private final RequestSender ofProbes = RequestSender.ofProbes(this::answer, metrics, time);

  /// What comes of a request.
  private interface Next {
    HttpAnswer come() throws HttpFailure;
  }

  private HttpAnswer answer(HttpGet request, IntPredicate wantsBody, Deadline deadline)
      throws HttpFailure {
    return next.remove().come();
  }

  private HttpAnswer refused() throws HttpFailure {
    try (var http = new HttpClient(HttpSettings.standard("test"), real, Runnable::run);
        var deadline = real.deadline(Duration.ofMinutes(1))) {
      var nobody = new HttpGet(URI.create("http://127.0.0.1:1/"), List.of());
      return http.get(nobody, _ -> true, deadline);
    }
  }

  private void answers(int status, Map<String, String> headers) {
    var http = new HttpAnswer(status, Headers.of(List.copyOf(headers.entrySet())), new byte[0], 0);
    next.add(() -> http);
  }

  private static Call call(String url, double share) {
    var headers = List.of(new Header("Authorization", new Secret("Bearer a-simulated-token")));
    return new Call(
        Endpoint.PROJECTS,
        new HttpGet(URI.create(url), headers),
        new Statuses(Set.of(200, 404)),
        share);
  }

  private Answer send(RequestSender by, Duration timeout)
      throws SentryException, InterruptedException {
    try (var deadline = time.deadline(timeout)) {
      return by.send(call(PROJECTS, 0.5), deadline);
    }
  }

  private Answer send() throws SentryException, InterruptedException {
    return send(sender, Duration.ofMinutes(1));
  }

  @ParameterizedTest
  @CsvSource({"500", "503", "599"})
  void aServerErrorIsSentAgainOnceAfterAboutASecond(int status) throws Exception {
    answers(status, Map.of());
    answers(status, Map.of());
    long before = time.nanoTime();
    Answer answer = send();
    assertThat(answer.http().status()).isEqualTo(status);
    assertThat(answer.requests()).isEqualTo(2);
    assertThat(Duration.ofNanos(time.nanoTime() - before))
        .isBetween(Duration.ofMillis(500), Duration.ofMillis(1_500));
    assertThat(next).isEmpty();
    assertThat(page())
        .contains("sentry_exporter_api_retries_total{endpoint=\"projects\"} 1.0")
        .contains("endpoint=\"projects\"} 2.0");
  }

  @Test
  void aServerErrorThatNamesAWaitIsSentAgainAfterIt() throws Exception {
    answers(503, Map.of("Retry-After", "7"));
    answers(200, Map.of());
    long before = time.nanoTime();
    assertThat(send().http().status()).isEqualTo(200);
    assertThat(Duration.ofNanos(time.nanoTime() - before)).hasSeconds(7);
  }

  @Test
  void aServerErrorThatCannotBeSentAgainInTimeIsTheAnswer() throws Exception {
    answers(503, Map.of("Retry-After", "7"));
    assertThat(send(sender, Duration.ofSeconds(7)).http().status()).isEqualTo(503);
    answers(503, Map.of("Retry-After", "7"));
    answers(200, Map.of());
    assertThat(send(sender, Duration.ofSeconds(8)).http().status()).isEqualTo(200);
  }

  @Test
  void aServerErrorOfAProbeIsItsAnswer() throws Exception {
    answers(503, Map.of());
    assertThat(send(ofProbes, Duration.ofMinutes(1)).http().status()).isEqualTo(503);
  }

  @Test
  void afterAServerErrorA429IsSentAgainTwiceAsWell() throws Exception {
    answers(500, Map.of());
    for (int i = 0; i < 3; i++) {
      answers(429, Map.of("Retry-After", "1"));
    }
    Answer answer = send();
    assertThat(answer.http().status()).isEqualTo(429);
    assertThat(answer.requests()).isEqualTo(4);
    assertThat(page()).contains("sentry_exporter_api_retries_total{endpoint=\"projects\"} 3.0");
  }

  @Test
  void a429WhoseNextTurnIsTooLateIsTheAnswerButNoOtherFailure() throws Exception {
    answers(429, Map.of("Retry-After", "1", "X-Sentry-Rate-Limit-Limit", "1"));
    try (var deadline = time.deadline(Duration.ofSeconds(50))) {
      assertThat(sender.send(call(PROJECTS, 0.01), deadline).http().status()).isEqualTo(429);
    }
    time.pass(Duration.ofMinutes(5));
    answers(429, Map.of("Retry-After", "1"));
    next.add(this::refused);
    assertThatThrownBy(() -> send()).satisfies(because(Reason.CONNECT));
  }

  @ParameterizedTest
  @CsvSource({"7, 3, '', 5", "3, 5, 7, ''", "'', 7, 5, 3", "5, '', 3, 7"})
  void ofSeveralServersTheLimitThatLeavesTheFewestRequestsIsReported(
      String a, String b, String c, String d) throws Exception {
    List<String> all = List.of(a, b, c, d);
    for (int server = 0; server < all.size(); server++) {
      String remaining = all.get(server);
      answers(
          200,
          remaining.isEmpty()
              ? TEN_A_SECOND
              : Map.of(
                  "X-Sentry-Rate-Limit-Limit", "10", "X-Sentry-Rate-Limit-Remaining", remaining));
      try (var deadline = time.deadline(Duration.ofMinutes(1))) {
        Answer _ = sender.send(call("https://server-" + server + ".example/", 0.5), deadline);
      }
    }
    assertThat(sender.limits()).hasSize(1);
    assertThat(limitOfProjects().remaining()).isEqualTo(3);
  }

  @Test
  void anAnswerOfAGatewayLeavesTheLimitThatSentryAdvertised() throws Exception {
    answers(404, TEN_A_SECOND);
    answers(404, Map.of());
    Answer _ = send();
    Answer _ = send();
    assertThat(limitOfProjects().limit()).isEqualTo(10);
    answers(404, Map.of("X-Sentry-Rate-Limit-ConcurrentLimit", "8"));
    Answer _ = send();
    assertThat(limitOfProjects().concurrentLimit()).isEqualTo(8);
  }

  @Test
  void aPlaceIsTakenForEachRequestWithinWhatSentryAdvertises() throws Exception {
    answers(200, Map.of("X-Sentry-Rate-Limit-ConcurrentLimit", "2"));
    Answer _ = send();
    try (var over = time.deadline(Duration.ofMinutes(1))) {
      places.enter(Endpoint.PROJECTS, over);
      over.cancel();
      assertThatThrownBy(() -> places.enter(Endpoint.ORGANIZATION, over))
          .as("half of two")
          .satisfies(because(Reason.CANCELLED));
    }
    assertThatThrownBy(() -> send(sender, Duration.ZERO)).isInstanceOf(SentryException.class);
    places.leave(Endpoint.PROJECTS);
    answers(200, Map.of());
    assertThat(send().http().status()).isEqualTo(200);
    answers(200, Map.of());
    assertThat(send().http().status()).as("the place was left").isEqualTo(200);
  }

  @Test
  void theServersClockIsReadOfItsAnswers() throws Exception {
    answers(200, Map.of("Date", "Sun, 22 Nov 2026 11:20:00 GMT"));
    Answer _ = send();
    assertThat(clock.skewSeconds()).isNotZero();
  }

  @Test
  void theRatesThatAreNeededAndGivenAreThoseOfAllCallers() throws Exception {
    answers(200, TEN_A_SECOND);
    Answer _ = send();
    try (var deadline = time.deadline(Duration.ofMinutes(1))) {
      answers(200, TEN_A_SECOND);
      var other = List.of(new Header("Authorization", new Secret("Bearer another")));
      var get = new HttpGet(URI.create(PROJECTS), other);
      var call = new Call(Endpoint.PROJECTS, get, new Statuses(Set.of()), 0.2);
      assertThat(sender.send(call, deadline).http().status()).isEqualTo(200);
    }
    var rates = sender.rates();
    assertThat(rates).hasSize(2);
    assertThat(rates.getFirst().samples())
        .singleElement()
        .satisfies(needed -> {
          assertThat(needed.value()).isEqualTo(2);
          assertThat(needed.labelValues()).containsExactly("sentry.example", "projects");
        });
    assertThat(rates.getLast().samples())
        .singleElement()
        .satisfies(given -> assertThat(given.value()).isEqualTo(7));
  }

  @Test
  void requestsWithoutATurnAreInTheLogOnceUntilAllHaveTheirsAgain() throws Exception {
    var log = LogCapture.of(RequestSender.class);
    answers(200, Map.of("X-Sentry-Rate-Limit-Limit", "1"));
    Answer _ = send();
    for (int i = 0; i < 2; i++) {
      time.pass(Duration.ofMillis(300));
      assertThatThrownBy(() -> send(sender, Duration.ofSeconds(1)))
          .satisfies(because(Reason.RATE_LIMITED));
    }
    assertThat(warnings(log))
        .singleElement()
        .asString()
        .contains("more requests are needed than sentry's rate limit leaves turns for")
        .contains("server=sentry.example endpoint=projects needed_per_second=2.0")
        .contains("given_per_second=0.5", "remedy=raise refresh_interval");
    assertThat(page())
        .contains("sentry_exporter_api_turns_refused_total{endpoint=\"projects\"} 2.0");
    time.pass(Duration.ofMinutes(6));
    for (int i = 0; i < 2; i++) {
      answers(200, Map.of());
      Answer _ = send();
    }
    assertThat(log.lines())
        .filteredOn(line -> line.contains("every request to sentry gets its turn again"))
        .singleElement()
        .asString()
        .contains("needed_per_second=0.02");
  }

  @Test
  void aLongPauseIsInTheLogAsSuch() throws Exception {
    var log = LogCapture.of(RequestSender.class);
    answers(429, Map.of("Retry-After", "60"));
    assertThat(send(sender, Duration.ofSeconds(10)).http().status()).isEqualTo(429);
    assertThatThrownBy(() -> send(sender, Duration.ofSeconds(10)))
        .satisfies(because(Reason.RATE_LIMITED));
    assertThat(warnings(log))
        .singleElement()
        .asString()
        .contains("sentry has requested to wait for longer than probes have time")
        .doesNotContain("given_per_second");
  }

  private RateLimitHeaders limitOfProjects() {
    return requireNonNull(sender.limits().get(Endpoint.PROJECTS));
  }

  private static List<String> warnings(LogCapture log) {
    return log.lines().stream().filter(line -> line.startsWith("WARN")).toList();
  }

  @Test
  void requestsAreCountedByStatusOrReasonAndWaitsForTurnsBySeconds() throws Exception {
    answers(200, Map.of("X-Sentry-Rate-Limit-Limit", "1"));
    answers(200, Map.of());
    Answer _ = send();
    assertThat(send().waited()).hasSeconds(2);
    next.add(this::refused);
    assertThatThrownBy(() -> send()).satisfies(because(Reason.CONNECT));
    assertThat(page())
        .contains("sentry_exporter_api_requests_total{code=\"200\",endpoint=\"projects\"} 2.0")
        .contains("sentry_exporter_api_requests_total{code=\"connect\",endpoint=\"projects\"} 1.0")
        .contains("sentry_exporter_api_throttled_seconds_total{endpoint=\"projects\"} 4.0");
    assertThat(
            metrics.lastHour().minutes(time.nanoTime()).stream().mapToInt(Activity::requests).sum())
        .isEqualTo(3);
  }

  @Test
  void theWaitForAPlaceIsThrottledTimeToo() throws Exception {
    try (var deadline = time.deadline(Duration.ofMinutes(1))) {
      for (Endpoint endpoint :
          List.of(Endpoint.PROJECTS, Endpoint.PROJECT, Endpoint.ORGANIZATION)) {
        places.enter(endpoint, deadline);
      }
      places.enter(Endpoint.PROJECTS, deadline);
    }
    answers(200, Map.of());
    Future<Answer> waiting = Aside.run(this::send);
    Aside.awaitWaiting(1);
    time.pass(Duration.ofSeconds(3));
    places.leave(Endpoint.PROJECTS);
    assertThat(waiting.get(60, TimeUnit.SECONDS).waited()).hasSeconds(3);
    assertThat(page())
        .contains("sentry_exporter_api_throttled_seconds_total{endpoint=\"projects\"} 3.0");
  }

  private String page() {
    return new String(metrics.page(Exposition.TEXT), UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "199, false",
    "200, true",
    "202, false",
    "204, true",
    "205, false",
    "206, false",
    "299, true",
    "300, false",
    "404, false"
  })
  void withoutNamedStatusesThoseAreASuccessThatComeWithWhatWasRequested(
      int status, boolean isSuccess) {
    assertThat(new Statuses(Set.of()).contains(status)).isEqualTo(isSuccess);
  }

  @Test
  void namedStatusesAreASuccessSaveThatOfAPart() {
    var named = new Statuses(Set.of(202, 206, 404));
    assertThat(named.contains(202)).isTrue();
    assertThat(named.contains(404)).isTrue();
    assertThat(named.contains(200)).isFalse();
    assertThat(named.contains(206)).isFalse();
  }

  @Test
  void theShareOfTheRateIsMoreThanNothingAndAtMostAll() {
    assertThat(call(PROJECTS, 1).rateShare()).isEqualTo(1);
    for (double share : List.of(0.0, -0.5, 1.01)) {
      assertThatThrownBy(() -> call(PROJECTS, share)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
