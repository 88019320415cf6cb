package io.sentryexporter.sentry.transport;

import static io.sentryexporter.testing.Failures.because;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.api.Issues;
import io.sentryexporter.sentry.api.Monitors;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.transport.RequestSender.ConcurrencyLimit;
import io.sentryexporter.testing.Aside;
import io.sentryexporter.testing.TestTime;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {
  @AutoClose private final TimeSource time = TestTime.real();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Deadline patient = time.deadline(Duration.ofMinutes(2));

  @AfterEach
  void stop() {
    patient.close();
    threads.shutdownNow();
  }

  @Test
  void whenItIsFullACallWaitsUntilOneLeaves() throws Exception {
    var limit = new ConcurrencyLimit(1, 0.5);
    limit.enter(Endpoint.PROJECTS, patient);
    Future<?> second = threads.submit(() -> enter(limit, Issues.ENDPOINT));
    Aside.awaitWaiting(1);
    limit.leave(Endpoint.PROJECTS);
    second.get(60, TimeUnit.SECONDS);
    assertFull(limit, Endpoint.PROJECTS);
  }

  @Test
  void anEndpointLeavesOnePlaceToTheOthers() throws Exception {
    var limit = new ConcurrencyLimit(3, 1);
    limit.enter(Issues.ENDPOINT, patient);
    limit.enter(Issues.ENDPOINT, patient);
    assertFull(limit, Issues.ENDPOINT);
    limit.enter(Endpoint.PROJECTS, patient);
    assertFull(limit, Monitors.ENDPOINT);
  }

  @Test
  void ofManyPlacesOfAnEndpointEachIsGivenBackByItself() throws Exception {
    var limit = new ConcurrencyLimit(4, 1);
    for (int i = 0; i < 3; i++) {
      limit.enter(Issues.ENDPOINT, patient);
    }
    assertFull(limit, Issues.ENDPOINT);
    limit.leave(Issues.ENDPOINT);
    limit.enter(Issues.ENDPOINT, patient);
    assertFull(limit, Issues.ENDPOINT);
  }

  @Test
  void aCallThatWaitsGoesWhenSentryAdvertisesMore() throws Exception {
    var limit = new ConcurrencyLimit(4, 1);
    limit.advertised(Endpoint.PROJECTS, 1);
    limit.enter(Endpoint.PROJECTS, patient);
    Future<?> second = threads.submit(() -> enter(limit, Issues.ENDPOINT));
    Aside.awaitWaiting(1);
    limit.advertised(Endpoint.PROJECTS, 4);
    second.get(60, TimeUnit.SECONDS);
  }

  @Test
  void atMostTheShareOfWhatSentryAdvertisesIsUnderWayAndAtLeastOne() throws Exception {
    var limit = new ConcurrencyLimit(100, 0.5);
    limit.advertised(Endpoint.PROJECTS, 5);
    limit.enter(Endpoint.PROJECTS, patient);
    limit.enter(Issues.ENDPOINT, patient);
    assertFull(limit, Monitors.ENDPOINT);
    limit.leave(Endpoint.PROJECTS);
    limit.leave(Issues.ENDPOINT);
    limit.advertised(Issues.ENDPOINT, 1);
    limit.enter(Endpoint.PROJECTS, patient);
    assertFull(limit, Monitors.ENDPOINT);
  }

  @Test
  void aCallThatGoesAwayWhileWaitingIsCancelled() throws Exception {
    var limit = new ConcurrencyLimit(1, 1);
    limit.enter(Endpoint.PROJECTS, patient);
    try (var gone = time.deadline(Duration.ofSeconds(20))) {
      gone.cancel();
      assertThatThrownBy(() -> limit.enter(Endpoint.PROJECTS, gone))
          .satisfies(because(Reason.CANCELLED));
    }
  }

  @Test
  void manyThreadsNeverExceedIt() throws Exception {
    var limit = new ConcurrencyLimit(3, 1);
    var inside = new AtomicInteger();
    var most = new AtomicInteger();
    var runs = new java.util.ArrayList<Future<?>>();
    for (int i = 0; i < 16; i++) {
      Endpoint endpoint = i % 2 == 0 ? Endpoint.PROJECTS : Issues.ENDPOINT;
      runs.add(
          threads.submit(() -> {
            for (int j = 0; j < 200; j++) {
              enter(limit, endpoint);
              most.accumulateAndGet(inside.incrementAndGet(), Math::max);
              inside.decrementAndGet();
              limit.leave(endpoint);
            }
            return null;
          }));
    }
    for (var run : runs) {
      run.get(60, TimeUnit.SECONDS);
    }
    assertThat(most.get()).isBetween(1, 3);
  }

  private boolean enter(ConcurrencyLimit limit, Endpoint endpoint) throws Exception {
    limit.enter(endpoint, patient);
    return true;
  }

  private void assertFull(ConcurrencyLimit limit, Endpoint endpoint) {
    try (var hasty = time.deadline(Duration.ofMillis(20))) {
      assertThatThrownBy(() -> limit.enter(endpoint, hasty))
          .satisfies(because(Reason.TIMEOUT))
          .hasMessageContaining("max_concurrent");
    }
  }
}
