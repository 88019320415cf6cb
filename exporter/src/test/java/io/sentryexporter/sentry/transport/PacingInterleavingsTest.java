package io.sentryexporter.sentry.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.http.HttpFailure;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.sentry.api.Monitors;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.transport.RequestPacer.Outcome;
import io.sentryexporter.sentry.transport.RequestSender.Call;
import io.sentryexporter.sentry.transport.RequestSender.Call.Statuses;
import io.sentryexporter.sentry.transport.RequestSender.ConcurrencyLimit;
import io.sentryexporter.testing.ChangedSource;
import io.sentryexporter.testing.StillTime;
import io.sentryexporter.testing.TestMetrics;
import io.sentryexporter.testing.Together;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.wire.Headers;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/// Requests that wait for turns and places, in the order that a scheduler of threads gives them.
public class PacingInterleavingsTest {
  private static final ExporterMetrics METRICS = TestMetrics.create();
  private static final Headers NO_LIMIT = Headers.of(List.of());
  private static final Headers TEN_A_SECOND =
      Headers.of(List.of(Map.entry("X-Sentry-Rate-Limit-Limit", "10")));

  /// At half of ten a second.
  private static final Duration DISTANCE = Duration.ofMillis(200);

  private final StillTime time = new StillTime();
  private final RequestPacer pacer = new RequestPacer(time::nanoTime, Duration.ofMinutes(5));
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger sent = new AtomicInteger();

  /// A request that ends is counted without the lock.
  public static ChangedSource lostUpdate() {
    return ChangedSource.of(
        "sentry/transport/RequestPacer.java",
        """
          synchronized void leave(Outcome outcome) {
            inFlight--;
        """,
        """
          void leave(Outcome outcome) {
            inFlight--;
            left(outcome);
          }

          private synchronized void left(Outcome outcome) {
        """);
  }

  private Deadline later() {
    return time.deadline(Duration.ofMinutes(10));
  }

  private static Call call(Endpoint endpoint) {
    return new Call(
        endpoint,
        new HttpGet(URI.create("http://localhost/" + endpoint.name()), List.of()),
        new Statuses(Set.of()),
        0.5);
  }

  private Outcome outcome(int status, Headers headers) {
    return new Outcome(status, RateLimitHeaders.read(headers, time.instant()));
  }

  private void go(Deadline deadline, int most) throws SentryException, InterruptedException {
    Duration _ = pacer.enter(call(Endpoint.PROJECTS), deadline, time::sleep);
    int now = inFlight.incrementAndGet();
    sent.incrementAndGet();
    inFlight.decrementAndGet();
    pacer.leave(Outcome.UNANSWERED);
    assertThat(now).isLessThanOrEqualTo(most);
  }

  @Test
  public void asLongAsNoLimitIsKnownTwoAreInFlightAndOneThatIsCancelledTakesNoPlaceAlong()
      throws Exception {
    var cancelled = new AtomicInteger();
    Deadline hangsUp = later();
    Together.run(
        () -> go(later(), 2),
        () -> {
          try {
            go(hangsUp, 2);
          } catch (SentryException e) {
            assertThat(e.reason()).isEqualTo(Reason.CANCELLED);
            cancelled.incrementAndGet();
          }
        },
        hangsUp::cancel,
        () -> go(later(), 2),
        () -> go(later(), 2));
    assertThat(sent).hasValue(4 - cancelled.get());
    enterBothPlaces();
  }

  /// Waits for ever if a place got lost.
  private void enterBothPlaces() throws SentryException, InterruptedException {
    for (int i = 0; i < 2; i++) {
      Duration _ = pacer.enter(call(Endpoint.PROJECTS), later(), time::sleep);
    }
  }

  @Test
  public void turnsKeepTheirDistanceAndEachGetsOne() throws Exception {
    Duration _ = pacer.enter(call(Endpoint.PROJECTS), later(), time::sleep);
    long first = time.nanoTime();
    pacer.leave(outcome(200, TEN_A_SECOND));
    sent.incrementAndGet();
    Together.run(() -> takeTurn(first), () -> takeTurn(first), () -> takeTurn(first));
    assertThat(sent).hasValue(4);
  }

  private void takeTurn(long first) throws SentryException, InterruptedException {
    Duration _ = pacer.enter(call(Endpoint.PROJECTS), later(), time::sleep);
    int turns = sent.incrementAndGet(); // each of them after its turn, so no more than there were
    long passed = time.nanoTime() - first;
    pacer.leave(outcome(200, TEN_A_SECOND));
    assertThat(turns).isLessThanOrEqualTo((int) (passed / DISTANCE.toNanos()) + 1);
  }

  /// A server that refuses the first request, and counts those that are under way.
  private final class Server implements RequestSender.Http {
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger refusals = new AtomicInteger();

    @Override
    public HttpAnswer get(HttpGet request, IntPredicate wantsBody, Deadline deadline)
        throws HttpFailure {
      most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
      int status = sent.incrementAndGet() == 1 ? 429 : 200;
      inFlight.decrementAndGet();
      if (status == 429) {
        refusals.incrementAndGet();
        return new HttpAnswer(
            429, Headers.of(List.of(Map.entry("Retry-After", "1"))), new byte[0], 0);
      }
      return new HttpAnswer(200, NO_LIMIT, new byte[0], 0);
    }
  }

  @Test
  public void noMoreThanAllowedAreUnderWayAtAServerAndEachHasItsAnswer() throws Exception {
    var server = new Server();
    RequestSender sender =
        RequestSender.ofInstance(
            server,
            METRICS,
            time,
            new ServerClock(time, time::nanoTime),
            () -> new ConcurrencyLimit(2, 1),
            new Random(1));
    Deadline hangsUp = later();
    var answered = new AtomicInteger();
    var cancelled = new AtomicInteger();
    Together.run(
        () -> send(sender, Endpoint.PROJECTS, later(), answered),
        () -> send(sender, Monitors.ENDPOINT, later(), answered),
        () -> {
          try {
            send(sender, Endpoint.PROJECTS, hangsUp, answered);
          } catch (SentryException e) {
            assertThat(e.reason()).isEqualTo(Reason.CANCELLED);
            cancelled.incrementAndGet();
          }
        },
        hangsUp::cancel);
    assertThat(answered).hasValue(3 - cancelled.get());
    assertThat(server.most.get()).isBetween(1, 2);
    assertThat(inFlight).hasValue(0);
    // each endpoint still has its place
    send(sender, Endpoint.PROJECTS, later(), answered);
    send(sender, Monitors.ENDPOINT, later(), answered);
  }

  private static void send(
      RequestSender sender, Endpoint endpoint, Deadline deadline, AtomicInteger answered)
      throws SentryException, InterruptedException {
    assertThat(sender.send(call(endpoint), deadline).http().status()).isIn(200, 429);
    answered.incrementAndGet();
  }
}
