package io.sentryexporter.sentry;

import static io.sentryexporter.sentry.SentryScene.MINUTE;
import static io.sentryexporter.testing.Failures.because;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.api.ApiGet;
import io.sentryexporter.sentry.api.ApiRequest;
import io.sentryexporter.sentry.api.CounterRequest;
import io.sentryexporter.sentry.api.Monitors;
import io.sentryexporter.sentry.marks.InstanceMarks;
import io.sentryexporter.sentry.marks.MarksStorage;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Counters: the window that counts, the second reading, and that none falls.
class CountersTest {
  @AutoClose private final SentryScene scene = SentryScene.demo();
  private final TestClock clock = scene.clock;
  private final SimulatedSentry simulated = scene.simulated;
  private final SentryClient sentry = scene.sentry;

  @TempDir Path folder;

  @Test
  void countersOfTheDemoComeThroughAndAreKept() throws Exception {
    SentrySession api = scene.api();
    Totals month = requireNonNull(api.outcomes("acme", List.of(), Epoch.MONTH));
    assertThat(month.start()).isEqualTo("2026-11-01T00:00:00Z");
    assertThat(month.byProject()).isNotEmpty();
    long requests = simulated.requests().total();
    assertThat(api.outcomes("acme", List.of(), Epoch.MONTH)).isSameAs(month);
    assertThat(simulated.requests().total()).isEqualTo(requests);
  }

  @Test
  void theOldWindowStandsToItsEndForTwoMinutesAndIsThenDueHoweverYoung() throws Exception {
    clock.advance(Duration.between(clock.instant(), Instant.parse("2026-11-30T23:59:50Z")));
    SentrySession api = scene.api();
    api.outcomes("acme", List.of(), Epoch.MONTH);
    clock.advance(Duration.ofSeconds(69));
    Totals november = requireNonNull(api.outcomes("acme", List.of(), Epoch.MONTH));
    assertThat(november.start()).isEqualTo("2026-11-01T00:00:00Z");
    assertThat(november.end()).isEqualTo("2026-12-01T00:00:00Z");
    clock.advance(Duration.ofSeconds(60));
    api.outcomes("acme", List.of(), Epoch.MONTH);
    clock.advance(Duration.ofSeconds(1));
    assertThat(requireNonNull(api.outcomes("acme", List.of(), Epoch.MONTH)).start())
        .isEqualTo("2026-12-01T00:00:00Z");
    assertThat(api.failure()).isNull();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theWindowIsThatOfTheTimeAtWhichTheListOfProjectsHasCome(boolean ofSessions)
      throws Exception {
    clock.advance(Duration.between(clock.instant(), Instant.parse("2026-12-01T00:01:50Z")));
    simulated
        .faults()
        .when(
            path -> {
              if (path.endsWith("/acme/projects/")) {
                clock.advance(Duration.ofSeconds(40)); // as long as it takes
              }
              return false;
            },
            new Fault.Status(500));
    Totals totals =
        ofSessions
            ? scene.api().sessions("acme", Epoch.MONTH)
            : scene.api().outcomes("acme", List.of(), Epoch.MONTH);
    assertThat(requireNonNull(totals).start()).isEqualTo("2026-12-01T00:00:00Z");
    assertThat(totals.end()).isEqualTo("2026-12-01T00:02:30Z");
  }

  /// Reads the list of projects, and again when that has become old.
  private record TwoLists(TestClock clock) implements ApiRequest<List<List<Project>>> {
    @Override
    public String name() {
      return "two_lists";
    }

    @Override
    public String organization() {
      return "acme";
    }

    @Override
    public List<List<Project>> fetch(Fetching sentry) throws SentryException, InterruptedException {
      List<Project> first = sentry.projects();
      clock.advance(Duration.ofMinutes(30));
      return List.of(first, sentry.projects());
    }
  }

  /// Otherwise the window would be an old one again, where the second time it takes long.
  @Test
  void aFetchReadsTheListOfProjectsOnce() throws Exception {
    var lists = requireNonNull(scene.api().answer(new TwoLists(clock)));
    assertThat(lists.getFirst()).isNotEmpty().isSameAs(lists.getLast());
  }

  @Test
  void theOldWindowOfARareRefreshStandsForARefreshInterval() throws Exception {
    clock.advance(Duration.between(clock.instant(), Instant.parse("2026-12-01T00:04:59Z")));
    var rare = new CachePolicy(Duration.ofMinutes(5), Duration.ofHours(1));
    SentrySession api = scene.api(sentry, rare);
    assertThat(requireNonNull(api.outcomes("acme", List.of(), Epoch.MONTH)).start())
        .isEqualTo("2026-11-01T00:00:00Z");
    clock.advance(Duration.ofSeconds(1));
    assertThat(requireNonNull(api.outcomes("acme", List.of(), Epoch.MONTH)).start())
        .isEqualTo("2026-12-01T00:00:00Z");
  }

  @Test
  void modulesWithShortRefreshIntervalsShareTheirCounters() throws Exception {
    Totals totals = scene.api().outcomes("acme", List.of(), Epoch.MONTH);
    var other = new CachePolicy(Duration.ofSeconds(90), Duration.ofMinutes(5));
    assertThat(scene.api(sentry, other).outcomes("acme", List.of(), Epoch.MONTH)).isSameAs(totals);
  }

  @Test
  void aCounterOfTheEpochBeforeStandsInWhileSentryFails() throws Exception {
    clock.advance(Duration.between(clock.instant(), Instant.parse("2026-12-01T00:01:50Z")));
    SentrySession api = scene.api();
    Totals november = api.outcomes("acme", List.of(), Epoch.MONTH);
    simulated.faults().when(_ -> true, new Fault.NginxPage(504));
    clock.advance(Duration.ofSeconds(20));
    assertThat(api.outcomes("acme", List.of(), Epoch.MONTH)).isSameAs(november);
    assertThat(api.failure()).isNotNull();
  }

  @Test
  void aClockThatIsSetRightDoesNotBringTheLastMonthBack() throws Exception {
    var here = new TestClock(clock.instant().plus(Duration.ofDays(40)));
    SentryClient ahead = scene.sentry(here);
    SentrySession api = scene.api(ahead, MINUTE);
    api.projects("acme");
    assertThat(requireNonNull(api.outcomes("acme", List.of(), Epoch.MONTH)).start())
        .isEqualTo("2026-11-01T00:00:00Z");
    here.advance(Duration.ofDays(-40));
    clock.advance(Duration.ofMinutes(1));
    assertThat(requireNonNull(api.outcomes("acme", List.of(), Epoch.MONTH)).start())
        .isEqualTo("2026-11-01T00:00:00Z");
    assertThat(api.failure()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"})
  void anAbsurdDateIsIgnored(String date) throws Exception {
    try (var strange =
        SimulatedSentry.start(
            SimulatedWorld.demo(1), ServerOptions.onLoopback(TestClock.at(date)))) {
      SentryClient of = scene.sentry(strange);
      strange.faults().next(1, new Fault.Body(200, "application/json", "7"));
      Totals totals = scene.api(of, MINUTE).get(new Counter(Epoch.MONTH));
      assertThat(totals.start()).isEqualTo("2026-11-01T00:00:00Z");
      assertThat(of.now()).isEqualTo(clock.instant());
      assertThat(scene.page())
          .contains("sentry_exporter_clock_skew_seconds{sentry_instance=\"default\"} 0.0");
    }
  }

  @Test
  void aFirstAnswerWithoutProjectsThatSentryCountsIsWithheld() throws Exception {
    SentrySession api = scene.api();
    api.projects("acme");
    scene.bodies(
        "{\"start\": \"2026-11-01T00:00:00Z\", \"end\": \"2026-11-23T00:00:00Z\","
            + " \"groups\": []}");
    assertThat(api.outcomes("acme", List.of(), Epoch.MONTH)).isNull();
    assertThat(api.failure())
        .satisfies(because(Reason.TRUNCATED))
        .hasMessageContaining("in all projects together");
    clock.advance(Duration.ofMinutes(1));
    Totals whole = requireNonNull(api.outcomes("acme", List.of(), Epoch.MONTH));
    assertThat(whole.byProject()).isNotEmpty();
  }

  @Test
  void aFirstAnswerOfTheMonthWithoutProjectsIsWithheldAsWell() throws Exception {
    SentrySession api = scene.api();
    Totals november = requireNonNull(api.outcomes("acme", List.of(), Epoch.MONTH));
    clock.advance(Duration.between(clock.instant(), Instant.parse("2026-12-01T09:00:00Z")));
    SentrySession later = scene.api();
    later.projects("acme");
    scene.bodies(
        "{\"start\": \"2026-12-01T00:00:00Z\", \"end\": \"2026-12-02T00:00:00Z\","
            + " \"groups\": []}");
    assertThat(later.outcomes("acme", List.of(), Epoch.MONTH)).isNull();
    assertThat(later.failure())
        .hasMessageContaining("in all projects together")
        .satisfies(because(Reason.TRUNCATED));
    clock.advance(Duration.ofMinutes(1));
    Totals december = requireNonNull(scene.api().outcomes("acme", List.of(), Epoch.MONTH));
    assertThat(december.byProject().keySet()).isEqualTo(november.byProject().keySet());
  }

  @Test
  void aCounterWithoutAMarkIsReadTwiceAndTheLargerCounts() throws Exception {
    Instant before = clock.instant();
    SentryClient careful = scene.readingTwice(scene.marks());
    scene.bodies("90", "100");
    assertThat(counted(careful)).isEqualTo(100);
    assertThat(Duration.between(before, clock.instant())).isEqualTo(SentryScene.SECOND_READING);
    assertThat(simulated.requests().total()).isEqualTo(2);
    clock.advance(Duration.ofMinutes(2));
    scene.bodies("101");
    assertThat(counted(careful)).isEqualTo(101);
    assertThat(simulated.requests().total()).isEqualTo(3);
  }

  @Test
  void theFirstOfTwoReadingsCountsWhereItIsTheLarger() throws Exception {
    scene.bodies("100", "90");
    assertThat(counted(scene.readingTwice(scene.marks()))).isEqualTo(100);
  }

  @Test
  void aCounterWhoseSecondReadingFailsIsReadTwiceAgain() throws Exception {
    SentryClient careful = scene.readingTwice(scene.marks());
    scene.bodies("100", "no number");
    assertThatThrownBy(() -> counted(careful)).satisfies(because(Reason.PARSE));
    clock.advance(Duration.ofSeconds(10));
    scene.bodies("90", "95");
    assertThat(counted(careful)).isEqualTo(100);
    assertThat(simulated.requests().total()).isEqualTo(4);
  }

  @Test
  void aScrapeThatCannotWaitForTheSecondReadingLeavesItToTheNext() throws Exception {
    var sleeping = new CountDownLatch(1);
    var awake = new CountDownLatch(1);
    SentryClient careful =
        scene.readingTwice(
            (time, _) -> {
              sleeping.countDown();
              awake.await();
              clock.advance(time);
            },
            scene.marks());
    scene.bodies("90", "100");
    var first = scene.threads.submit(() -> counted(careful, Duration.ofSeconds(1)));
    sleeping.await();
    assertThatThrownBy(first::get).cause().satisfies(because(Reason.TIMEOUT));
    awake.countDown();
    assertThat(counted(careful)).isEqualTo(100);
    assertThat(simulated.requests().total()).isEqualTo(2);
  }

  @Test
  void aCounterWithAStoredMarkIsReadOnce() throws Exception {
    var storage = MarksStorage.in(folder);
    var fetches = Executors.newSingleThreadExecutor();
    SentryClient before = scene.sentry(fetches, scene.marks(storage));
    counted(before, 100);
    fetches.close();
    long requests = simulated.requests().total();
    SentryClient after = scene.readingTwice(scene.marks(storage));
    assertThat(counted(after, 90)).isEqualTo(100);
    assertThat(simulated.requests().total()).isEqualTo(requests + 1);
  }

  @Test
  void correctionsAreCountedFromZeroSoThatTheirFirstIncreaseShows() throws Exception {
    var storage = MarksStorage.in(folder.resolve("marks"));
    SentryClient client = scene.sentry(scene.threads, scene.marks(storage));
    counted(client, 100);
    clock.advance(Duration.ofMinutes(2));
    counted(client, 101);

    assertThat(scene.page())
        .contains("sentry_exporter_corrections_total{collector=\"counter\"} 0.0");
  }

  @Test
  void aCounterDoesNotFallNorAfterARestartWithStorage() throws Exception {
    var storage = MarksStorage.in(folder.resolve("marks"));
    var fetches = Executors.newSingleThreadExecutor();
    SentryClient before = scene.sentry(fetches, scene.marks(storage));
    assertThat(counted(before, 100)).isEqualTo(100);
    clock.advance(Duration.ofMinutes(2));
    assertThat(counted(before, 90)).isEqualTo(100);
    fetches.close(); // what has been taken in is written
    SentryClient after = scene.sentry(scene.threads, scene.marks(storage));
    assertThat(counted(after, 60)).isEqualTo(100);
    assertThat(scene.page())
        .contains("sentry_exporter_corrections_total{collector=\"counter\"} 2.0");
    clock.advance(Duration.ofMinutes(2));
    assertThat(counted(after, 101)).isEqualTo(101);
  }

  @Test
  void aCounterDoesNotFallWhenItsInstanceIsConfiguredOtherwise() throws Exception {
    InstanceMarks marks = scene.marks(MarksStorage.none());
    SentryClient before = scene.sentry(scene.threads, marks);
    assertThat(counted(before, 100)).isEqualTo(100);
    before.close();
    SentryClient after = scene.sentry(Set.of("acme"), marks);
    assertThat(counted(after, 90)).isEqualTo(100);
  }

  /// Takes the number that Sentry answers for a counter.
  record Counter(Epoch epoch) implements CounterRequest {
    static final OutcomeKey KIND = new OutcomeKey("error", "accepted");

    @Override
    public String name() {
      return "counter";
    }

    @Override
    public String organization() {
      return "acme";
    }

    @Override
    public Counting counting() {
      return Counting.refreshedEach(Duration.ZERO, epoch);
    }

    @Override
    public String markName() {
      return name();
    }

    @Override
    public Totals fetch(Fetching sentry) throws SentryException, InterruptedException {
      var answer = sentry.get(new ApiGet(Monitors.ENDPOINT, List.of("acme"), List.of()));
      String text = new String(answer.body(), UTF_8);
      if (!text.matches("[0-9]+")) {
        throw new SentryException(Reason.PARSE, "not a number", 200, 0);
      }
      long value = Long.parseLong(text);
      Instant now = sentry.now();
      return new Totals(
          counting().start(now), now, java.util.Map.of(1L, java.util.Map.of(KIND, value)));
    }
  }

  private long counted(SentryClient of, long upstream) throws Exception {
    scene.bodies("" + upstream);
    return counted(of);
  }

  private long counted(SentryClient of) throws Exception {
    return counted(of, SentryScene.PATIENT);
  }

  private long counted(SentryClient of, Duration patience) throws Exception {
    try (var deadline = scene.real.deadline(patience)) {
      return of.api(MINUTE, deadline)
          .get(new Counter(Epoch.MONTH))
          .of(1)
          .getOrDefault(Counter.KIND, -1L);
    }
  }
}
