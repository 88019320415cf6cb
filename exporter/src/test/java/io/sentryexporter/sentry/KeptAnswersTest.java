package io.sentryexporter.sentry;

import static io.sentryexporter.testing.Failures.because;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.sentry.AnswerCache.Given;
import io.sentryexporter.sentry.AnswerCache.Memory;
import io.sentryexporter.sentry.AnswerCache.Request;
import io.sentryexporter.sentry.AnswerCache.Source;
import io.sentryexporter.sentry.AnswerCache.Subject;
import io.sentryexporter.sentry.api.Json;
import io.sentryexporter.sentry.model.Lifetime;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.testing.LogCapture;
import io.sentryexporter.testing.TestMetrics;
import io.sentryexporter.testing.TestTime;
import io.sentryexporter.time.Deadline;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// What the cache of answers keeps, for how long, and what stands in for what; on one thread, with
/// answers that the test makes up. Answers to many callers at once: `SharedAnswersTest`.
class KeptAnswersTest {
  private static final CachePolicy MINUTE =
      new CachePolicy(Duration.ofMinutes(1), Duration.ofMinutes(5));
  private static final CachePolicy UNKEPT = new CachePolicy(Duration.ZERO, Duration.ofMinutes(5));
  private static final int MOST_ITEMS = 10;

  private final TestClock clock = TestClock.at("2026-11-22T10:20:00Z");
  @AutoClose private final TestTime time = new TestTime(clock, (_, _) -> {});
  private final ExporterMetrics metrics = TestMetrics.create();
  private final List<Runnable> later = new ArrayList<>();
  private Executor threads = Runnable::run;
  private final AnswerCache answers =
      new AnswerCache(metrics, new Memory(MOST_ITEMS), time, task -> threads.execute(task));
  @AutoClose private final Deadline deadline = time.deadline(Duration.ofMinutes(5));

  private interface Fetch {
    List<Integer> answer(Json.Drops drops) throws SentryException;
  }

  /// A request whose answers a test makes up. Each is equal to itself alone.
  private static final class Wanted implements Request<List<Integer>> {
    private final String organization;
    private Fetch next = _ -> List.of(0);
    private Duration patience = Duration.ofMinutes(1);
    private boolean isKept = true;
    private boolean isValid = true;
    private int fetches;
    private int taken;

    Wanted(String organization) {
      this.organization = organization;
    }

    @Override
    public String name() {
      return "wanted";
    }

    @Override
    public String organization() {
      return organization;
    }

    @Override
    public String collector() {
      return "projects";
    }

    @Override
    public Duration patience() {
      return patience;
    }

    @Override
    public boolean isKept(List<Integer> answer) {
      return isKept;
    }

    @Override
    public boolean stillAnswers(List<Integer> answer) {
      return isValid;
    }

    @Override
    public void taken() {
      taken++;
    }

    @Override
    public List<Integer> fetch(Json.Drops drops, Deadline deadline) throws SentryException {
      fetches++;
      return next.answer(drops);
    }

    void answers(Integer... numbers) {
      next = _ -> List.of(numbers);
    }

    void fails(Reason reason) {
      next =
          _ -> {
            throw new SentryException(reason, "Sentry is out of order");
          };
    }
  }

  private final Wanted acme = new Wanted("acme");

  @Test
  void anAnswerServesUntilItIsDue() throws Exception {
    acme.answers(1);
    assertThat(get(acme).source()).isEqualTo(Source.REQUESTED);
    acme.answers(2);
    advance(53);
    assertThat(get(acme).answer()).containsExactly(1);
    assertThat(get(acme).source()).isEqualTo(Source.KEPT);
    advance(1);
    assertThat(get(acme).answer()).containsExactly(2);
    assertThat(acme.fetches).isEqualTo(2);
    assertThat(acme.taken).isEqualTo(2);
    assertThat(page())
        .contains(
            "sentry_exporter_cache_requests_total 4.0", "sentry_exporter_cache_hits_total 2.0")
        .contains("sentry_exporter_coalesced_requests_total 0.0");
  }

  @Test
  void whileSentryFailsTheLastAnswerStandsInUntilItIsTooOld() throws Exception {
    acme.answers(1);
    get(acme);
    acme.fails(Reason.UPSTREAM_5XX);
    advance(60);
    Given<List<Integer>> old = get(acme);
    assertThat(old.answer()).containsExactly(1);
    assertThat(old.source()).isEqualTo(Source.KEPT);
    assertThat(old.failure()).satisfies(because(Reason.UPSTREAM_5XX));
    assertThat(acme.taken).as("only what came is taken").isOne();
    advance(239);
    assertThat(get(acme).answer()).containsExactly(1);
    advance(1);
    assertFails(acme, Reason.UPSTREAM_5XX);
  }

  @Test
  void aFailureIsNotRepeatedForTenSeconds() throws Exception {
    acme.fails(Reason.CONNECT);
    assertFails(acme, Reason.CONNECT);
    acme.answers(1);
    clock.advance(Duration.ofMillis(9_999));
    assertFails(acme, Reason.CONNECT);
    assertThat(answers.isDue(acme, MINUTE)).isFalse();
    clock.advance(Duration.ofMillis(1));
    assertThat(answers.isDue(acme, MINUTE)).isTrue();
    assertThat(get(acme).failure()).isNull();
    assertThat(answers.isDue(acme, MINUTE)).isFalse();
  }

  @Test
  void forgottenRefusalsAreRequestedAgainAtOnceAndThoseUnderWayAreNotRemembered() throws Exception {
    acme.next =
        _ -> {
          answers.forgetRefusals();
          throw new SentryException(Reason.SCOPE, "no scope");
        };
    assertFails(acme, Reason.SCOPE);
    acme.fails(Reason.SCOPE);
    assertFails(acme, Reason.SCOPE);
    assertThat(acme.fetches).as("that under way was not remembered").isEqualTo(2);
    assertFails(acme, Reason.SCOPE);
    assertThat(acme.fetches).isEqualTo(2);
    answers.forgetRefusals();
    acme.answers(1);
    assertThat(get(acme).answer()).containsExactly(1);
  }

  @Test
  void aListThatLacksSomethingIsReadAgainOnceAMinute() throws Exception {
    acme.answers(1);
    get(acme);
    assertThat(answers.isDue(acme, Lifetime.LIST_REREAD)).isFalse();
    acme.answers(2);
    assertThat(answers.getNewer(acme, CachePolicy.NAMES, deadline).answer()).containsExactly(1);
    advance(59);
    assertThat(answers.getNewerWithin(acme, CachePolicy.NAMES, deadline)).containsExactly(1);
    advance(1);
    assertThat(answers.isDue(acme, Lifetime.LIST_REREAD)).isTrue();
    assertThat(answers.getNewer(acme, CachePolicy.NAMES, deadline).answer()).containsExactly(2);
    acme.answers(3);
    answers.forgetRefusals();
    assertThat(answers.getNewerWithin(acme, CachePolicy.NAMES, deadline)).containsExactly(3);
  }

  @Test
  void whatIsBegunAheadIsTheFirstCallers() throws Exception {
    threads = later::add;
    answers.begin(acme, MINUTE);
    answers.begin(acme, MINUTE);
    answers.renew(acme);
    assertThat(later).hasSize(1);
    later.removeFirst().run();
    assertThat(acme.fetches).isOne();
    answers.begin(acme, MINUTE);
    assertThat(later).as("it serves").isEmpty();
    answers.renew(acme);
    assertThat(later).as("read again though it serves").hasSize(1);
    assertThat(get(acme).source()).isEqualTo(Source.KEPT);
    Wanted other = new Wanted("other");
    answers.begin(other, MINUTE);
    assertThat(answers.getWithin(other, MINUTE, deadline)).containsExactly(0);
    later.removeLast().run();
    assertThat(other.fetches).as("the caller has fetched it").isOne();
    assertThat(page()).contains("sentry_exporter_coalesced_requests_total 0.0");
  }

  @Test
  void whatHasFailedIsNotBegunAhead() {
    acme.fails(Reason.CONNECT);
    answers.begin(acme, MINUTE);
    advance(60);
    answers.begin(acme, MINUTE);
    assertThat(acme.fetches).isOne();
  }

  @Test
  void whatIsKnownIsGivenWithoutARequest() throws Exception {
    assertThatThrownBy(() -> answers.known(acme, MINUTE)).satisfies(because(Reason.TIMEOUT));
    acme.answers(1);
    get(acme);
    advance(299);
    Given<List<Integer>> known = answers.known(acme, MINUTE);
    assertThat(known.answer()).containsExactly(1);
    assertThat(known.failure()).isNull();
    advance(1);
    assertThatThrownBy(() -> answers.known(acme, MINUTE)).satisfies(because(Reason.TIMEOUT));
    assertThat(Objects.requireNonNull(answers.last(acme)).answer())
        .as("however old")
        .containsExactly(1);
    assertThat(answers.last(new Wanted("other"))).isNull();
    assertThat(acme.fetches).isOne();
  }

  @Test
  void anAnswerThatDoesNotFitAnyMoreIsRequestedAnew() throws Exception {
    acme.answers(1);
    get(acme);
    acme.isValid = false;
    acme.answers(2);
    assertThat(get(acme).answer()).containsExactly(2);
  }

  @Test
  void anAnswerThatMayNotServeAgainIsNotKept() throws Exception {
    acme.isKept = false;
    get(acme);
    assertThat(answers.last(acme)).isNull();
    get(acme);
    assertThat(acme.fetches).isEqualTo(2);
  }

  @Test
  void aRequestOfItsCallersAloneHasNoFailureRememberedAndNoOldAnswer() throws Exception {
    acme.patience = Duration.ZERO;
    acme.answers(1);
    get(acme);
    acme.fails(Reason.CONNECT);
    advance(60);
    assertFails(acme, Reason.CONNECT);
    assertThat(answers.last(acme)).as("for a longer refresh interval").isNotNull();
    acme.answers(2);
    assertThat(get(acme).answer()).containsExactly(2);
    assertThat(answers.get(acme, UNKEPT, deadline).source()).isEqualTo(Source.REQUESTED);
    assertThat(page()).as("only where an answer may serve").contains("cache_requests_total 3.0");
  }

  @Test
  void theAgesAreThoseOfTheOldestAnswersThatAreStillRequested() throws Exception {
    Wanted older = new Wanted("acme");
    Wanted other = new Wanted("other");
    Wanted none = new Wanted("");
    get(older);
    get(none);
    advance(10);
    get(acme);
    get(other);
    advance(20);
    assertThat(answers.ages())
        .isEqualTo(
            Map.of(
                new Subject("acme", "projects"), Duration.ofSeconds(30),
                new Subject("other", "projects"), Duration.ofSeconds(20)));
    advance(279);
    assertThat(answers.ages().get(new Subject("acme", "projects")))
        .as("the older one was requested before that")
        .isEqualTo(Duration.ofSeconds(299));
    advance(1);
    assertThat(answers.ages()).isEmpty();
  }

  @Test
  void whereTheMemoryIsFullTheAnswerRequestedLongestAgoIsDropped() throws Exception {
    Wanted second = new Wanted("second");
    Wanted third = new Wanted("third");
    acme.answers(1, 2, 3, 4);
    second.answers(1, 2, 3, 4);
    third.answers(1, 2);
    get(acme);
    get(second);
    get(third);
    assertThat(answers.last(acme)).as("ten items are not too many").isNotNull();
    get(acme);
    advance(60);
    third.answers(1, 2, 3);
    get(third);
    assertThat(answers.last(second)).isNull();
    assertThat(answers.last(acme)).isNotNull();
    assertThat(answers.last(third)).isNotNull();
  }

  @Test
  void whatIsClosedGivesItsMemoryBackAndKeepsNothing() throws Exception {
    var memory = new Memory(4);
    var closed = new AnswerCache(metrics, memory, time, threads);
    acme.answers(1, 2, 3, 4);
    Given<List<Integer>> _ = closed.get(acme, MINUTE, deadline);
    memory.add(1);
    assertThat(memory.isFull()).isTrue();
    closed.close();
    assertThat(memory.isFull()).isFalse();
    memory.add(3);
    assertThat(memory.isFull()).isFalse();
    Given<List<Integer>> _ = closed.get(acme, MINUTE, deadline);
    assertThat(closed.last(acme)).isNull();
    assertThat(memory.isFull()).isFalse();
  }

  @Test
  void theMemoryIsAQuarterOfTheHeapAndIsReportedOnceWhenItIsFull() {
    var log = LogCapture.of(Memory.class);
    var memory = Memory.ofHeap(6_400); // ten items of 160 bytes in a quarter
    memory.add(10);
    assertThat(memory.isFull()).isFalse();
    assertThat(log.lines()).isEmpty();
    memory.add(1);
    assertThat(memory.isFull()).isTrue();
    assertThat(log.lines()).hasSize(1);
    assertThat(memory.isFull()).isTrue();
    assertThat(log.lines()).singleElement().asString().contains("is full", "items=10");
  }

  @Test
  void aPolicyHasNoOldAnswersYoungerThanItsInterval() {
    assertThat(new CachePolicy(Duration.ZERO, Duration.ZERO).dueAge()).isZero();
    assertThatThrownBy(() -> new CachePolicy(Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new CachePolicy(Duration.ofSeconds(-1), Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFetchThatNoThreadTakesIsAFailureAndNotTheEnd() throws Exception {
    threads =
        _ -> {
          throw new RejectedExecutionException("full");
        };
    assertThatThrownBy(() -> get(acme))
        .satisfies(because(Reason.CANCELLED))
        .hasMessageContaining("full");
    threads = Runnable::run;
    assertThat(get(acme).answer()).containsExactly(0);
  }

  @Test
  void aBugInAFetchFailsItsCallersAndTheNextRequestIsSent() throws Exception {
    acme.next =
        _ -> {
          throw new IllegalStateException("a bug");
        };
    assertThatThrownBy(() -> get(acme)).isInstanceOf(IllegalStateException.class);
    acme.answers(1);
    assertThat(get(acme).answer()).containsExactly(1);
    assertThat(acme.taken).isOne();
  }

  @Test
  void whatIsLeftOutOfAnAnswerIsCountedAndTheFirstTenAreNoted() throws Exception {
    acme.next =
        drops -> {
          for (int i = 1; i <= 12; i++) {
            drops.dropped(Json.DropCause.VALUE, "number " + i);
          }
          return List.of();
        };
    String label = Json.DropCause.VALUE.label();
    assertThat(get(acme).kept().dropped())
        .hasSize(10)
        .startsWith(label + ": number 1")
        .endsWith(label + ": number 10");
    assertThat(page()).contains("collector=\"projects\"} 12.0");
  }

  @Test
  void ofTooManyRequestsTheOneMadeLongestAgoIsForgottenButNoneInFlight() throws Exception {
    Wanted held = new Wanted("held");
    var memory = new Memory(19_999);
    var many = new AnswerCache(metrics, memory, time, task -> threads.execute(task));
    threads = later::add;
    many.begin(held, MINUTE);
    threads = Runnable::run;
    Given<List<Integer>> _ = many.get(acme, MINUTE, deadline);
    Wanted second = new Wanted("second");
    Given<List<Integer>> _ = many.get(second, MINUTE, deadline);
    for (int i = 2; i < 20_000; i++) {
      Given<List<Integer>> _ = many.get(new Wanted("other"), MINUTE, deadline);
    }
    assertThat(many.last(acme)).isNull();
    assertThat(many.isDue(acme, Lifetime.LIST_REREAD)).isTrue();
    assertThat(many.last(second)).isNotNull();
    assertThat(memory.isFull()).as("what is forgotten gives its memory back").isFalse();
    memory.add(1);
    assertThat(memory.isFull()).isTrue();
    memory.add(-1);
    held.answers();
    later.removeFirst().run();
    assertThat(many.last(held)).isNotNull();
  }

  private Given<List<Integer>> get(Wanted wanted) throws SentryException, InterruptedException {
    return answers.get(wanted, MINUTE, deadline);
  }

  private void assertFails(Wanted wanted, Reason reason) {
    assertThatThrownBy(() -> get(wanted)).satisfies(because(reason));
  }

  private void advance(int seconds) {
    clock.advance(Duration.ofSeconds(seconds));
  }

  private String page() {
    return new String(metrics.page(Exposition.TEXT), StandardCharsets.UTF_8);
  }
}
