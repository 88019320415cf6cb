package io.sentryexporter.sentry;

import static io.sentryexporter.testing.Failures.because;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.sentry.AnswerCache.Given;
import io.sentryexporter.sentry.AnswerCache.Memory;
import io.sentryexporter.sentry.AnswerCache.OneCall;
import io.sentryexporter.sentry.AnswerCache.Source;
import io.sentryexporter.sentry.api.Json;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Lifetime;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.transport.RequestSender;
import io.sentryexporter.sentry.transport.RequestSender.Answer;
import io.sentryexporter.sentry.transport.RequestSender.Call;
import io.sentryexporter.sentry.transport.RequestSender.Call.Statuses;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.testing.Aside;
import io.sentryexporter.testing.StillTime;
import io.sentryexporter.testing.TestMetrics;
import io.sentryexporter.testing.TestTime;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.wire.Headers;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AnswerCacheTest {
  private static final CachePolicy MINUTE =
      new CachePolicy(Duration.ofMinutes(1), Duration.ofHours(1));

  private final TestClock clock = TestClock.at("2026-11-22T10:20:00Z");
  @AutoClose private final TestTime time = new TestTime(clock, (_, _) -> {});
  private final AnswerCache answers =
      new AnswerCache(TestMetrics.create(), new Memory(100), time, Runnable::run);
  private final AtomicInteger fetches = new AtomicInteger();

  /// A request about a name that Sentry does not know.
  ///
  /// @param meanwhile happens while it is fetched
  private record Unknown(String organization, AtomicInteger fetches, Runnable meanwhile)
      implements AnswerCache.Request<String> {
    @Override
    public String name() {
      return "unknown";
    }

    @Override
    public String collector() {
      return "unknown";
    }

    @Override
    public Duration patience() {
      return Duration.ofMinutes(1);
    }

    @Override
    public String fetch(Json.Drops drops, Deadline deadline) throws SentryException {
      fetches.incrementAndGet();
      meanwhile.run();
      throw SentryException.ofStatus("none", 404, 0)
          .rememberedFor(Lifetime.UNKNOWN_TARGET.duration());
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Unknown one && organization.equals(one.organization);
    }

    @Override
    public int hashCode() {
      return organization.hashCode();
    }
  }

  @Test
  void theOldestUnknownNameIsDropped() {
    try (var deadline = time.deadline(Duration.ofMinutes(1))) {
      for (int i = 0; i <= 1_000; i++) {
        assertUnknown("name-" + i, deadline);
      }
      assertThat(fetches.get()).isEqualTo(1_001);

      assertUnknown("name-1", deadline);
      assertUnknown("name-1000", deadline);
      assertThat(fetches.get()).as("both are remembered").isEqualTo(1_001);

      assertUnknown("name-0", deadline);
      assertThat(fetches.get()).isEqualTo(1_002);
    }
  }

  @Test
  void anUnknownNameThatIsRequestedAgainIsNotDroppedMeanwhile() {
    try (var deadline = time.deadline(Duration.ofMinutes(1))) {
      assertUnknown("name", deadline);
      clock.advance(Lifetime.UNKNOWN_TARGET.duration());
      Runnable thousandOthers =
          () -> {
            for (int i = 0; i < 1_000; i++) {
              assertUnknown("other-" + i, deadline);
            }
            answers.begin(unknown("name", () -> {}), MINUTE);
          };
      assertUnknown(unknown("name", thousandOthers), deadline);
      assertThat(fetches.get()).as("one at a time").isEqualTo(1_002);

      assertUnknown("name", deadline);
      assertThat(fetches.get()).as("it is remembered").isEqualTo(1_002);
    }
  }

  /// A request whose answers a test makes up.
  private record Made(Duration patience, Fetch fetch) implements AnswerCache.Request<Integer> {
    private interface Fetch {
      int answer(Deadline deadline) throws SentryException, InterruptedException;
    }

    @Override
    public String name() {
      return "made";
    }

    @Override
    public String organization() {
      return "acme";
    }

    @Override
    public String collector() {
      return "made";
    }

    @Override
    public Integer fetch(Json.Drops drops, Deadline deadline)
        throws SentryException, InterruptedException {
      return fetch.answer(deadline);
    }
  }

  @Test
  void aCallerThatWaitsSendsAnewWhatTheFirstGaveUpForLackOfTime() throws Exception {
    for (Reason gaveUp : List.of(Reason.TIMEOUT, Reason.CANCELLED, Reason.RATE_LIMITED)) {
      Given<Integer> given =
          whileTheFirstFails(
              gaveUp == Reason.RATE_LIMITED
                  ? SentryException.noTurn("no turn", Duration.ofSeconds(1))
                  : new SentryException(gaveUp, "given up"));
      assertThat(given.answer()).isEqualTo(2);
      assertThat(given.source()).isEqualTo(Source.REQUESTED);
    }
  }

  @Test
  void aCallerThatWaitsSharesTheFailureThatItWouldHaveToo() {
    assertThatThrownBy(() -> whileTheFirstFails(new SentryException(Reason.CONNECT, "refused")))
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("refused");
  }

  /// The answer of a caller that waits for the request of another, which fails.
  private Given<Integer> whileTheFirstFails(SentryException failure) throws Exception {
    var second = new AtomicReference<Future<Given<Integer>>>();
    var itself = new AtomicReference<Made>();
    Made.Fetch fetch =
        _ -> {
          if (fetches.incrementAndGet() % 2 == 0) {
            return 2;
          }
          var again = requireNonNull(itself.get());
          second.set(
              Aside.run(() -> answers.get(again, MINUTE, time.deadline(Duration.ofMinutes(1)))));
          Aside.awaitWaiting(1);
          throw failure;
        };
    var request = new Made(Duration.ZERO, fetch);
    itself.set(request);
    try (var deadline = time.deadline(Duration.ofMinutes(1))) {
      assertThatThrownBy(() -> answers.get(request, MINUTE, deadline)).isSameAs(failure);
    }
    return requireNonNull(second.get()).get();
  }

  @Test
  void aCallerLearnsWhetherItsOwnTimeIsOverOrItHungUp() {
    List<Runnable> never = new ArrayList<>();
    var slow = new AnswerCache(TestMetrics.create(), new Memory(100), time, never::add);
    var request = new Made(Duration.ofMinutes(1), _ -> 1);
    try (var deadline = time.deadline(Duration.ofMinutes(1))) {
      deadline.cancel();
      assertThatThrownBy(() -> slow.get(request, MINUTE, deadline))
          .satisfies(because(Reason.CANCELLED));
    }
    try (var deadline = time.deadline(Duration.ZERO)) {
      assertThatThrownBy(() -> slow.get(request, MINUTE, deadline))
          .satisfies(because(Reason.TIMEOUT))
          .hasMessageContaining("Sentry has not answered yet; the answer serves the next probe");
    }
  }

  @Test
  void withAnOldAnswerOnlyAFetchThatHangsIsNotWaitedFor() throws Exception {
    var still = new StillTime();
    List<Runnable> begun = new ArrayList<>();
    var metrics = TestMetrics.create();
    var slow = new AnswerCache(metrics, new Memory(100), still, begun::add);
    var request = new Made(Duration.ofMinutes(1), _ -> fetches.incrementAndGet());
    slow.begin(request, MINUTE);
    begun.removeFirst().run();
    still.pass(Duration.ofMinutes(1));

    var first = Aside.run(() -> slow.get(request, MINUTE, still.deadline(Duration.ofHours(1))));
    Aside.awaitWaiting(1);
    still.pass(Duration.ofSeconds(10));
    var second = Aside.run(() -> slow.get(request, MINUTE, still.deadline(Duration.ofHours(1))));
    Aside.awaitWaiting(2);
    still.pass(Duration.ofSeconds(2));
    var third = Aside.run(() -> slow.get(request, MINUTE, still.deadline(Duration.ofHours(1))));
    Aside.awaitWaiting(3);
    still.pass(Duration.ofSeconds(1));
    assertThat(third.get().answer()).as("the old one").isEqualTo(1);
    assertThat(third.get().failure()).satisfies(because(Reason.TIMEOUT));
    begun.removeFirst().run();
    assertThat(first.get().answer()).isEqualTo(2);
    assertThat(second.get().answer()).isEqualTo(2);
    assertThat(second.get().source()).isEqualTo(Source.SHARED);
    assertThat(new String(metrics.page(Exposition.TEXT), UTF_8))
        .contains("sentry_exporter_coalesced_requests_total 1.0");
  }

  @ParameterizedTest
  @EnumSource(names = {"TIMEOUT", "CONNECT"})
  void withAnOldAnswerAFetchIsNotWaitedForLongIfTheLastOneTookTooLong(Reason last)
      throws Exception {
    var still = new StillTime();
    List<Runnable> begun = new ArrayList<>();
    var slow = new AnswerCache(TestMetrics.create(), new Memory(100), still, begun::add);
    Made.Fetch fetch =
        _ -> {
          int number = fetches.incrementAndGet();
          if (number == 2) {
            throw new SentryException(last, "out of order");
          }
          return number;
        };
    var request = new Made(Duration.ofMinutes(1), fetch);
    slow.renew(request);
    begun.removeFirst().run();
    still.pass(Duration.ofMinutes(1));
    slow.renew(request);
    begun.removeFirst().run();
    still.pass(Duration.ofSeconds(10));

    var caller = Aside.run(() -> slow.get(request, MINUTE, still.deadline(Duration.ofHours(1))));
    Aside.awaitWaiting(1);
    still.pass(Duration.ofSeconds(1));
    if (last == Reason.TIMEOUT) {
      assertThat(caller.get().answer()).as("the old one").isEqualTo(1);
    } else {
      begun.removeFirst().run();
      assertThat(caller.get().answer()).isEqualTo(3);
    }
  }

  @Test
  void whatIsInterruptedWhileItFetchesFailsItsCallersAndStaysInterrupted() {
    Made.Fetch fetch =
        _ -> {
          throw new InterruptedException();
        };
    try (var deadline = time.deadline(Duration.ofMinutes(1))) {
      var ofCallers = new Made(Duration.ZERO, fetch);
      assertThatThrownBy(() -> answers.get(ofCallers, MINUTE, deadline))
          .isInstanceOf(InterruptedException.class);
      var lasting = new Made(Duration.ofMinutes(1), fetch);
      assertThatThrownBy(() -> answers.get(lasting, MINUTE, deadline))
          .satisfies(because(Reason.CANCELLED))
          .hasMessageContaining("the exporter is stopping");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void callsForTheSameAreOneAlsoWithOtherSharesOfTheRate() {
    RequestSender sender = sender();
    var call = new OneCall(sender, call("/a", 200, 0.5), true);
    var same = new OneCall(sender, call("/a", 200, 0.9), false);
    assertThat(call).isEqualTo(same).hasSameHashCodeAs(same);
    assertThat(call)
        .isNotEqualTo(new OneCall(sender(), call("/a", 200, 0.5), true))
        .isNotEqualTo(new OneCall(sender, call("/b", 200, 0.5), true))
        .isNotEqualTo(new OneCall(sender, call("/a", 204, 0.5), true))
        .isNotEqualTo("another thing");
    assertThat(call.hashCode())
        .isNotEqualTo(new OneCall(sender, call("/b", 200, 0.5), true).hashCode());
    assertThat(call.name()).isEqualTo("project_stats");
    assertThat(call.collector()).isEqualTo("http");
  }

  @Test
  void theAnswerToACallServesAgainIfItsStatusIsWantedAndItMay() throws Exception {
    assertThat(sourceOfSecond(new OneCall(sender(), call("/a", 200, 0.5), true)))
        .isEqualTo(Source.KEPT);
    assertThat(sourceOfSecond(new OneCall(sender(), call("/a", 200, 0.5), false)))
        .isEqualTo(Source.REQUESTED);
    assertThat(sourceOfSecond(new OneCall(sender(), call("/a", 204, 0.5), true)))
        .isEqualTo(Source.REQUESTED);
  }

  private Source sourceOfSecond(OneCall call) throws Exception {
    try (var deadline = time.deadline(Duration.ofMinutes(1))) {
      Given<Answer> _ = answers.get(call, MINUTE, deadline);
      return answers.get(call, MINUTE, deadline).source();
    }
  }

  private RequestSender sender() {
    var http = new HttpAnswer(200, Headers.of(List.of()), new byte[0], 0);
    return RequestSender.ofProbes((_, _, _) -> http, TestMetrics.create(), time);
  }

  private static Call call(String path, int wanted, double share) {
    var get = new HttpGet(URI.create("https://sentry.example" + path), List.of(), null);
    return new Call(Endpoint.PROJECT_STATS, get, new Statuses(Set.of(wanted)), share);
  }

  @Test
  void anAnswerTakesMemoryByTheLengthOfItsBody() {
    var body = new byte[1_600];
    var http = new HttpAnswer(200, Headers.of(List.of()), body, body.length);
    assertThat(Memory.items(new Answer(http, 1, Duration.ZERO))).isEqualTo(11);
  }

  private Unknown unknown(String name, Runnable meanwhile) {
    return new Unknown(name, fetches, meanwhile);
  }

  private void assertUnknown(String name, Deadline deadline) {
    assertUnknown(unknown(name, () -> {}), deadline);
  }

  private void assertUnknown(Unknown request, Deadline deadline) {
    assertThatThrownBy(() -> answers.get(request, MINUTE, deadline)).hasMessageContaining("none");
  }
}
