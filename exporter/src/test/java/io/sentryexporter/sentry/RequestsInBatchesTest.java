package io.sentryexporter.sentry;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.sentry.api.Projects.ProjectPage;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.testing.Aside;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.TestTime;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Many requests of one kind: what a batch does with each.
class RequestsInBatchesTest {
  private static final CachePolicy POLICY =
      new CachePolicy(Duration.ofMinutes(1), Duration.ofMinutes(5));

  @AutoClose private final TimeSource time = TestTime.real();
  @AutoClose private final Deadline patient = time.deadline(Duration.ofMinutes(2));
  @AutoClose private final Deadline over = time.deadline(Duration.ZERO);

  private final List<String> requested = new ArrayList<>();
  private final Deque<Runnable> workers = new ConcurrentLinkedDeque<>();
  private Executor threads = workers::add;
  private Runnable during = () -> {};
  private final Batches batches =
      new Batches(
          2,
          _ -> task -> threads.execute(task),
          (request, _) -> {
            requested.add(((ProjectPage) request).slug());
            during.run();
            if (Thread.interrupted()) {
              throw new InterruptedException();
            }
            throw new SentryException(Reason.NOT_FOUND, "each costs only itself");
          });

  @AfterEach
  void isNotInterrupted() {
    assertThat(Thread.interrupted()).isFalse();
  }

  private void request(Deadline deadline, String organization, String... slugs) throws Exception {
    var wanted = Arrays.stream(slugs).map(slug -> new ProjectPage(organization, slug)).toList();
    batches.await(wanted, POLICY, deadline);
  }

  private void runWorkers() {
    while (!workers.isEmpty()) {
      workers.removeFirst().run();
    }
  }

  @Test
  void eachIsRequestedByAFewWorkersAndNoMoreThanThereAreRequests() throws Exception {
    request(over, "acme", "a", "b", "c");
    assertThat(workers).hasSize(2);
    request(over, "globex", "d");
    assertThat(workers).hasSize(3);
    runWorkers();
    assertThat(requested).containsExactly("a", "b", "c", "d");
  }

  @Test
  void aCallerWaitsForTheWholeBatchWhoseEndLeavesNothingBehind() throws Exception {
    threads = Runnable::run;
    request(patient, "acme", "a", "b", "c");
    assertThat(requested).containsExactly("a", "b", "c");
    request(patient, "acme", "a");
    assertThat(requested).containsExactly("a", "b", "c", "a");
    assertThat(patient.state()).isEqualTo(Deadline.State.OPEN);
  }

  @Test
  void aCallerWaitsUntilTheLastWorkerHasLeft() throws Exception {
    Future<?> caller =
        Aside.run(() -> {
          request(patient, "acme", "a", "b");
          return true;
        });
    Eventually.within(Duration.ofMinutes(1), () -> assertThat(workers).hasSize(2));
    Aside.awaitWaiting(1);
    workers.removeFirst().run();
    assertThat(caller.isDone()).isFalse();
    workers.removeFirst().run();
    caller.get(60, TimeUnit.SECONDS);
  }

  @Test
  void requestsOfTheSameKindJoinTheBatchThatRuns() throws Exception {
    request(over, "acme", "a");
    request(over, "acme", "b", "a");
    assertThat(workers).hasSize(1);
    runWorkers();
    assertThat(requested).containsExactly("a", "b");
  }

  @Test
  void requestsJoinAlsoWhileTheLastOneIsUnderWay() throws Exception {
    request(over, "acme", "a");
    Runnable worker = workers.removeFirst();
    during =
        () -> {
          during = () -> {};
          join("b");
        };
    worker.run();
    assertThat(workers).isEmpty();
    assertThat(requested).containsExactly("a", "b");
  }

  private void join(String slug) {
    try {
      request(over, "acme", slug);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aBatchForWhichThereIsNoThreadIsOverAtOnce() throws Exception {
    threads =
        _ -> {
          throw new RejectedExecutionException();
        };
    request(patient, "acme", "a", "b", "c");
    assertThat(requested).isEmpty();
    threads = Runnable::run;
    request(patient, "acme", "a");
    assertThat(requested).containsExactly("a");
    assertThat(patient.state()).isEqualTo(Deadline.State.OPEN);
  }

  @Test
  void aWorkerThatIsStoppedLeavesTheRestAndKeepsItsInterruption() throws Exception {
    request(over, "acme", "a", "b", "c");
    during = () -> Thread.currentThread().interrupt();
    workers.removeFirst().run();
    assertThat(Thread.interrupted()).isTrue();
    workers.removeFirst().run();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(requested).containsExactly("a", "b");
    during = () -> {};
    request(over, "acme", "d");
    runWorkers();
    assertThat(requested).containsExactly("a", "b", "d");
  }
}
