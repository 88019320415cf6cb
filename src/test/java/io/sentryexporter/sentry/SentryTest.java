package io.sentryexporter.sentry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.http.Deadline;
import io.sentryexporter.http.HttpCaller;
import io.sentryexporter.http.HttpSettings;
import io.sentryexporter.http.Secret;
import io.sentryexporter.metrics.BuildInfo;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.sentry.marks.InstanceMarks;
import io.sentryexporter.sentry.marks.MarksStorage;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Epoch;
import io.sentryexporter.sentry.model.Kind;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Sums;
import io.sentryexporter.sentry.question.CounterQuestion;
import io.sentryexporter.sentry.question.Question;
import io.sentryexporter.sentry.request.ApiRequest;
import io.sentryexporter.sentry.request.Fetching;
import io.sentryexporter.sentry.transport.Answer;
import io.sentryexporter.sentry.transport.HttpTransport;
import io.sentryexporter.sentry.transport.Sleeper;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.message.SentryError;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.TestClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// One instance over real HTTP to the simulated Sentry; waiting moves a clock instead.
class SentryTest {
  private static final Duration PATIENT = Duration.ofSeconds(20);
  private static final Freshness MINUTE =
      new Freshness(Duration.ofMinutes(1), Duration.ofMinutes(5));
  private static final Ask PROJECTS = new Ask("acme", Endpoint.PROJECTS, List.of("acme"));
  private static final Ask STATS = new Ask("acme", Endpoint.PROJECT_STATS, List.of("acme", "web"));
  private static final Ask MONITORS = new Ask("acme", Endpoint.MONITORS, List.of("acme"));

  private final TestClock clock = TestClock.at("2026-11-22T10:20:00Z");
  private Duration secondReading = Duration.ZERO;
  private final SimulatedSentry simulated =
      SimulatedSentry.start(
          SimulatedWorld.demo(1),
          ServerOptions.onLoopback(clock).withInstallation(Installation.SELF_HOSTED));
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpCaller http = new HttpCaller(HttpSettings.standard("test").withMaxRedirects(1));
  private final ExporterMetrics metrics = new ExporterMetrics(new BuildInfo("1", "2", "3", "25"));
  private final Sentry sentry = sentry(token(SimulatedSentry.TOKEN));

  @TempDir Path folder;

  /// Requests an endpoint, without reading its answer.
  record Ask(String organization, Endpoint endpoint, List<String> path)
      implements Question<String> {
    @Override
    public String name() {
      return endpoint.name();
    }

    @Override
    public String fetch(Fetching sentry) throws SentryException, InterruptedException {
      var answer = sentry.get(new ApiRequest(endpoint, path, List.of()));
      return new String(answer.body(), UTF_8);
    }
  }

  /// A request with a bug.
  record Buggy(String organization) implements Question<String> {
    @Override
    public String name() {
      return "buggy";
    }

    @Override
    public String fetch(Fetching sentry) {
      throw new IllegalArgumentException("a bug, for the test");
    }
  }

  @AfterEach
  void stop() {
    sentry.close();
    simulated.close();
    http.close();
    timer.shutdownNow();
    threads.shutdownNow();
    threads.close(); // a save on its way ends before its folder is deleted
  }

  @Test
  void fiveHundredConcurrentCallersCostOneRequest() throws Exception {
    simulated.faults().next(1, new Fault.Delay(Duration.ofMillis(300)));
    var together = new CountDownLatch(500);
    var answers = new ArrayList<Future<String>>();
    for (int i = 0; i < 500; i++) {
      answers.add(
          threads.submit(() -> {
            together.countDown();
            together.await();
            return ask(PROJECTS);
          }));
    }
    for (var answer : answers) {
      assertThat(answer.get()).startsWith("[{");
    }
    assertThat(simulated.requests().total()).isEqualTo(1);
  }

  @Test
  void aYoungAnswerServesAgainAndAnOlderOneIsRequestedAnew() throws Exception {
    ask(STATS);
    clock.advance(Duration.ofSeconds(53));
    try (var deadline = Deadline.after(PATIENT, timer)) {
      SentryApi api = sentry.api(MINUTE, deadline);
      api.ask(STATS);
      assertThat(api.age()).isEqualTo(Duration.ofSeconds(53));
      assertThat(api.failure()).isNull();
      assertThat(api.notes())
          .containsExactly(
              new SentryApi.Note(
                  "project_stats acme",
                  Answer.Source.KEPT,
                  Duration.ofSeconds(53),
                  List.of(),
                  null));
    }
    assertThat(simulated.requests().total()).isEqualTo(1);
    clock.advance(Duration.ofSeconds(1));
    ask(STATS);
    assertThat(simulated.requests().total()).isEqualTo(2);
  }

  @Test
  void aFetchGoesOnWhenItsCallerHasNoMoreTimeAndServesTheNext() throws Exception {
    simulated.faults().next(1, new Fault.Delay(Duration.ofMillis(800)));
    assertThatThrownBy(() -> ask(sentry, STATS, Duration.ofMillis(100)))
        .isInstanceOf(SentryException.TimedOut.class);
    assertThat(ask(STATS)).startsWith("[[");
    assertThat(simulated.requests().total()).isEqualTo(1);
  }

  @Test
  void whileSentryFailsTheLastGoodAnswerStandsInUntilItIsTooOld() throws Exception {
    String good = ask(STATS);
    simulated.faults().when(_ -> true, new Fault.Status(503));
    clock.advance(Duration.ofMinutes(4));
    try (var deadline = Deadline.after(PATIENT, timer)) {
      SentryApi api = sentry.api(MINUTE, deadline);
      assertThat(api.ask(STATS)).isEqualTo(good);
      assertThat(api.age()).isGreaterThanOrEqualTo(Duration.ofMinutes(4));
      assertThat(api.failure()).extracting(Reason::of).isEqualTo(Reason.UPSTREAM_5XX);
      assertThat(api.notes().getFirst().failure()).contains("HTTP 503");
    }
    clock.advance(Duration.ofMinutes(1));
    assertThatThrownBy(() -> ask(STATS)).isInstanceOf(SentryException.StatusRefused.class);
  }

  @Test
  void aFailureIsRememberedSoThatACrowdDoesNotRepeatIt() throws Exception {
    simulated.faults().when(_ -> true, new Fault.Reset());
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(() -> ask(STATS)).isInstanceOf(SentryException.ConnectionClosed.class);
    }
    assertThat(simulated.requests().total()).isEqualTo(1);
    simulated.faults().clear();
    clock.advance(Duration.ofSeconds(10));
    assertThat(ask(STATS)).startsWith("[[");
  }

  @Test
  void aServerErrorIsRetriedOnce() throws Exception {
    simulated.faults().next(1, new Fault.NginxPage(502));
    assertThat(ask(STATS)).startsWith("[[");
    assertThat(simulated.requests().total()).isEqualTo(2);
  }

  @Test
  void aRefusedTokenIsCheckedOnceAMinuteByAnyRequest() throws Exception {
    Sentry stranger = sentry(token("unknown"));
    assertThatThrownBy(() -> ask(stranger, STATS, PATIENT)).hasMessageContaining("Invalid token");
    assertThatThrownBy(() -> ask(stranger, PROJECTS, PATIENT))
        .hasMessageContaining("once a minute")
        .extracting(failure -> Reason.of((SentryException) failure))
        .isEqualTo(Reason.AUTH);
    assertThat(simulated.requests().total()).isEqualTo(1);
    clock.advance(Duration.ofMinutes(1));
    assertThatThrownBy(() -> ask(stranger, STATS, PATIENT)).hasMessageContaining("Invalid token");
    assertThatThrownBy(() -> ask(stranger, PROJECTS, PATIENT)).hasMessageContaining("a minute");
    assertThat(simulated.requests().total()).isEqualTo(2);
  }

  @Test
  void aNewTokenInTheFileIsUsedAtOnce() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "unknown-api-token\n");
    Sentry reading = sentry(new Credentials.TokenFile(file));
    assertThatThrownBy(() -> ask(reading, STATS, PATIENT)).hasMessageContaining("HTTP 401");
    Files.writeString(file, " " + SimulatedSentry.TOKEN + "\n");
    assertThat(ask(reading, STATS, PATIENT)).startsWith("[[");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  \n", "one\ntwo", "Bearer token", "t\u0000ken"})
  void aFileWithoutASingleTokenIsRefusedByNameAndNotShown(String content) throws Exception {
    Path file = Files.writeString(folder.resolve("token"), content);
    assertThatThrownBy(() -> ask(sentry(new Credentials.TokenFile(file)), STATS, PATIENT))
        .isInstanceOf(SentryException.NoToken.class)
        .hasMessageContaining(file.toString())
        .hasMessageNotContaining("ken\"")
        .extracting(failure -> Reason.of((SentryException) failure))
        .isEqualTo(Reason.AUTH);
    assertThat(simulated.requests().total()).isZero();
  }

  @Test
  void aMissingTokenFileIsNamed() {
    Path file = folder.resolve("absent");
    assertThatThrownBy(() -> ask(sentry(new Credentials.TokenFile(file)), STATS, PATIENT))
        .isInstanceOf(SentryException.NoToken.class)
        .hasMessageContaining("absent: there is no such file; write Sentry's token into it");
  }

  @Test
  void anOrganizationThatRequiresSsoDoesNotBlockOtherRequests() throws Exception {
    simulated
        .faults()
        .when(path -> path.contains("/acme/"), new Fault.Failure(SentryError.SSO_REQUIRED));
    assertThatThrownBy(() -> ask(STATS)).hasMessageContaining("sso-required: Must login via SSO");
    assertThatThrownBy(() -> ask(PROJECTS)).hasMessageContaining("once a minute");
    long before = simulated.requests().total();
    ask(new Ask("", Endpoint.ORGANIZATIONS, List.of()));
    assertThat(simulated.requests().total()).isEqualTo(before + 1);
  }

  @Test
  void aMissingScopeIsNamedInTheMessageAndOnThePage() {
    simulated.faults().next(1, new Fault.Failure(SentryError.NO_PERMISSION));
    assertThatThrownBy(() -> ask(PROJECTS))
        .hasMessageContaining("org:read or org:write or org:admin")
        .extracting(failure -> Reason.of((SentryException) failure))
        .isEqualTo(Reason.SCOPE);
    assertThat(page())
        .contains(
            "sentry_exporter_token_scope_missing{organization=\"acme\",scope=\"org:read\","
                + "sentry_instance=\"default\"} 1.0");
  }

  @Test
  void whatIsNoLongerRequestedIsNotReportedForever() throws Exception {
    simulated.faults().next(1, new Fault.Failure(SentryError.NO_PERMISSION));
    assertThatThrownBy(() -> ask(PROJECTS)).hasMessageContaining("org:read");
    ask(STATS);
    clock.advance(Duration.ofHours(2));
    assertThat(page())
        .doesNotContain("sentry_exporter_token_scope_missing{")
        .contains("sentry_exporter_endpoint_available{");
    clock.advance(Duration.ofHours(23));
    assertThat(page()).doesNotContain("sentry_exporter_endpoint_available{");
  }

  @Test
  void anAbsentEndpointIsRequestedAgainAfterAnHourAndFromThenOnDaily() throws Exception {
    ask(PROJECTS);
    simulated
        .faults()
        .when(path -> path.contains("/monitors/"), new Fault.Failure(SentryError.UNKNOWN_ROUTE));
    assertThatThrownBy(() -> ask(MONITORS)).isInstanceOf(SentryException.Unsupported.class);
    clock.advance(Duration.ofMinutes(59));
    assertThat(requestsForMonitors()).isZero();
    clock.advance(Duration.ofMinutes(1));
    assertThat(requestsForMonitors()).isOne();
    clock.advance(Duration.ofHours(23));
    assertThat(requestsForMonitors()).isZero();
    assertThat(sentry.capabilities())
        .contains(
            new Capability("acme", Endpoint.MONITORS, false),
            new Capability("acme", Endpoint.PROJECTS, true));
    simulated.faults().clear();
    simulated
        .faults()
        .when(path -> path.contains("/monitors/"), new Fault.Body(200, "application/json", "[]"));
    clock.advance(Duration.ofHours(1));
    assertThat(ask(MONITORS)).isEqualTo("[]");
    assertThat(sentry.capabilities()).contains(new Capability("acme", Endpoint.MONITORS, true));
  }

  private long requestsForMonitors() {
    long before = simulated.requests().total();
    assertThatThrownBy(() -> ask(MONITORS)).isInstanceOf(SentryException.Unsupported.class);
    return simulated.requests().total() - before;
  }

  @Test
  void anEndpointIsAbsentForAMinuteWhereTheAnswerIsNotSentrys() throws Exception {
    ask(PROJECTS);
    simulated.faults().when(path -> path.contains("/monitors/"), new Fault.NginxPage(404));
    assertThat(requestsForMonitors()).isOne();
    clock.advance(Duration.ofSeconds(59));
    assertThat(requestsForMonitors()).isZero();
    clock.advance(Duration.ofSeconds(1));
    assertThat(requestsForMonitors()).isOne();
  }

  @Test
  void aProjectThatIsNotThereDoesNotMakeItsEndpointAbsent() throws Exception {
    ask(PROJECTS);
    var unknown = new Ask("acme", Endpoint.PROJECT_STATS, List.of("acme", "unknown"));
    assertThatThrownBy(() -> ask(unknown))
        .isInstanceOf(SentryException.StatusRefused.class)
        .hasMessageContaining("HTTP 404");
    assertThat(ask(STATS)).startsWith("[[");
  }

  @Test
  void madeUpOrganizationsCostTwoRequestsTogether() {
    for (int i = 0; i < 50; i++) {
      String name = "made-up-" + i;
      assertThatThrownBy(() -> ask(new Ask(name, Endpoint.PROJECTS, List.of(name))))
          .isInstanceOf(SentryException.StatusRefused.class)
          .hasMessageContaining("no such organization")
          .extracting(failure -> ((SentryException) failure).status())
          .isEqualTo(404);
    }
    assertThat(simulated.requests().total()).isEqualTo(2);
  }

  @Test
  void madeUpOrganizationsThatSentryForbidsCostNoMoreAndAreNotOnThePage() {
    simulated
        .faults()
        .when(path -> path.contains("/made-up-"), new Fault.Failure(SentryError.NO_PERMISSION));
    for (int i = 0; i < 50; i++) {
      String name = "made-up-" + i;
      assertThatThrownBy(() -> ask(new Ask(name, Endpoint.PROJECTS, List.of(name))))
          .hasMessageContaining("no such organization");
    }
    assertThat(simulated.requests().total()).isEqualTo(2);
    assertThat(page()).doesNotContain("made-up");
  }

  @Test
  void whatComesOfAMadeUpOrganizationIsNotTakenForAMissingEndpoint() {
    var question = new Ask("made-up", Endpoint.MONITORS, List.of("made-up"));
    assertThatThrownBy(() -> ask(question)).hasMessageContaining("no such organization");
    assertThat(sentry.capabilities()).extracting(Capability::organization).containsOnly("");
  }

  @Test
  void anOrganizationThatIsNotConfiguredIsNotRequested() {
    Sentry narrow = sentry(token(SimulatedSentry.TOKEN), Set.of("other"));
    assertThatThrownBy(() -> ask(narrow, PROJECTS, PATIENT))
        .isInstanceOf(SentryException.StatusRefused.class)
        .hasMessageContaining("not configured");
    assertThat(simulated.requests().total()).isZero();
  }

  @Test
  void organizationsAreNamedAgainWhenTheListIsOldAndOneMayBeNew() throws Exception {
    assertThatThrownBy(() -> ask(new Ask("new", Endpoint.PROJECTS, List.of("new"))))
        .hasMessageContaining("no such organization");
    clock.advance(Duration.ofMinutes(10));
    String list =
        "[{\"id\":\"1\",\"slug\":\"acme\"},{\"slug\":\"new\",\"status\":{\"slug\":\"x\"}}]";
    simulated
        .faults()
        .when(
            path -> path.equals("/api/0/organizations/"),
            new Fault.Body(200, "application/json", list));
    simulated
        .faults()
        .when(path -> path.contains("/new/"), new Fault.Body(200, "application/json", "[]"));
    assertThat(ask(new Ask("new", Endpoint.PROJECTS, List.of("new")))).isEqualTo("[]");
    assertThatThrownBy(() -> ask(new Ask("x", Endpoint.PROJECTS, List.of("x"))))
        .hasMessageContaining("no such organization");
  }

  @ParameterizedTest
  @EnumSource(names = {"UNKNOWN_ROUTE", "GONE", "NO_RESOURCE", "NO_PERMISSION"})
  void anEndpointThatHasWorkedIsNeverTakenForAbsentAndRequestedEachMinute(SentryError error)
      throws Exception {
    ask(PROJECTS);
    simulated.faults().next(1, new Fault.Body(200, "application/json", "[]"));
    ask(MONITORS);
    simulated.faults().when(path -> path.contains("/monitors/"), new Fault.Failure(error));
    clock.advance(Duration.ofMinutes(6));
    for (int minute = 0; minute < 5; minute++) {
      long before = simulated.requests().total();
      assertThatThrownBy(() -> ask(MONITORS)).isInstanceOf(SentryException.StatusRefused.class);
      clock.advance(Duration.ofSeconds(59));
      assertThatThrownBy(() -> ask(MONITORS)).isInstanceOf(SentryException.StatusRefused.class);
      assertThat(simulated.requests().total()).isEqualTo(before + 1);
      clock.advance(Duration.ofSeconds(1));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"404 text/html <h1>Not Found</h1>", "404 text/plain no", "410 text/html gone"})
  void anAnswerThatIsNotSentrysNamesTheUrlToCheck(String answer) {
    String[] words = answer.split(" ", 3);
    simulated
        .faults()
        .when(_ -> true, new Fault.Body(Integer.parseInt(words[0]), words[1], words[2]));
    for (Ask question : List.of(PROJECTS, MONITORS)) {
      assertThatThrownBy(() -> ask(question))
          .hasMessageContaining("does not look like Sentry")
          .hasMessageContaining(simulated.url().toString())
          .extracting(failure -> Reason.of((SentryException) failure))
          .isEqualTo(Reason.NOT_SENTRY);
    }
  }

  /// Needs the projects on its way.
  record CountOfProjects(int number) implements Question<Integer> {
    @Override
    public String name() {
      return "count";
    }

    @Override
    public String organization() {
      return "acme";
    }

    @Override
    public Integer fetch(Fetching sentry) throws SentryException, InterruptedException {
      return sentry.projects().size() + number;
    }
  }

  @Test
  void requestsThatNeedOthersSucceedWithASingleThread() throws Exception {
    try (var single = Executors.newSingleThreadExecutor()) {
      Sentry narrow =
          sentry(
              simulated,
              token(SimulatedSentry.TOKEN),
              Set.of(),
              single,
              marks(MarksStorage.none()));
      var started = new CountDownLatch(1);
      var go = new CountDownLatch(1);
      single.execute(() -> {
        started.countDown();
        awaitQuietly(go);
      });
      started.await();
      List<Future<Integer>> counts = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        int number = i;
        counts.add(
            threads.submit(() -> {
              try (var deadline = Deadline.after(PATIENT, timer)) {
                return narrow.api(MINUTE, deadline).ask(new CountOfProjects(number)) - number;
              }
            }));
      }
      Future<Integer> direct =
          threads.submit(() -> {
            try (var deadline = Deadline.after(PATIENT, timer)) {
              return requireNonNull(narrow.api(MINUTE, deadline).projects("acme")).size();
            }
          });
      go.countDown();
      int expected = direct.get();
      assertThat(expected).isPositive();
      for (var count : counts) {
        assertThat(count.get()).isEqualTo(expected);
      }
      assertThat(simulated.requests().total()).isEqualTo(1);
    }
  }

  @Test
  void aRequestForWhichNoThreadCanBeStartedFailsAtOnceAndIsMadeAnew() throws Exception {
    boolean[] isFull = {true};
    Executor full =
        task -> {
          if (isFull[0]) {
            throw new RejectedExecutionException("no thread can be started");
          }
          threads.execute(task);
        };
    Sentry narrow =
        sentry(simulated, token(SimulatedSentry.TOKEN), Set.of(), full, marks(MarksStorage.none()));
    assertThatThrownBy(() -> ask(narrow, STATS, PATIENT))
        .hasMessageContaining("no thread can be started");
    isFull[0] = false;
    assertThat(ask(narrow, STATS, PATIENT)).startsWith("[[");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void afterTheEndOfItsThreadsRequestsFailAtOnce() {
    threads.shutdownNow();
    assertThatThrownBy(() -> ask(STATS)).isInstanceOf(SentryException.Cancelled.class);
  }

  @Test
  void countersOfTheDemoComeThroughAndAreKept() throws Exception {
    try (var deadline = Deadline.after(PATIENT, timer)) {
      SentryApi api = sentry.api(MINUTE, deadline);
      Sums month = requireNonNull(api.outcomes("acme", Epoch.MONTH));
      assertThat(month.start()).isEqualTo("2026-11-01T00:00:00Z");
      assertThat(month.byProject()).isNotEmpty();
      long requests = simulated.requests().total();
      assertThat(api.outcomes("acme", Epoch.MONTH)).isSameAs(month);
      assertThat(simulated.requests().total()).isEqualTo(requests);
    }
  }

  @Test
  void theOldWindowStandsToItsEndForTwoMinutesAndIsThenDueHoweverYoung() throws Exception {
    clock.advance(Duration.between(clock.instant(), Instant.parse("2026-11-30T23:59:50Z")));
    try (var deadline = Deadline.after(PATIENT, timer)) {
      SentryApi api = sentry.api(MINUTE, deadline);
      api.outcomes("acme", Epoch.MONTH);
      clock.advance(Duration.ofSeconds(69));
      Sums november = requireNonNull(api.outcomes("acme", Epoch.MONTH));
      assertThat(november.start()).isEqualTo("2026-11-01T00:00:00Z");
      assertThat(november.end()).isEqualTo("2026-12-01T00:00:00Z");
      clock.advance(Duration.ofSeconds(60));
      api.outcomes("acme", Epoch.MONTH);
      clock.advance(Duration.ofSeconds(1));
      assertThat(requireNonNull(api.outcomes("acme", Epoch.MONTH)).start())
          .isEqualTo("2026-12-01T00:00:00Z");
      assertThat(api.failure()).isNull();
    }
  }

  @Test
  void theOldWindowOfARareRefreshStandsForARefreshInterval() throws Exception {
    clock.advance(Duration.between(clock.instant(), Instant.parse("2026-12-01T00:04:59Z")));
    var rare = new Freshness(Duration.ofMinutes(5), Duration.ofHours(1));
    try (var deadline = Deadline.after(PATIENT, timer)) {
      SentryApi api = sentry.api(rare, deadline);
      assertThat(requireNonNull(api.outcomes("acme", Epoch.MONTH)).start())
          .isEqualTo("2026-11-01T00:00:00Z");
      clock.advance(Duration.ofSeconds(1));
      assertThat(requireNonNull(api.outcomes("acme", Epoch.MONTH)).start())
          .isEqualTo("2026-12-01T00:00:00Z");
    }
  }

  @Test
  void modulesWithShortRefreshIntervalsShareTheirCounters() throws Exception {
    try (var deadline = Deadline.after(PATIENT, timer)) {
      Sums sums = sentry.api(MINUTE, deadline).outcomes("acme", Epoch.MONTH);
      var other = new Freshness(Duration.ofSeconds(90), Duration.ofMinutes(5));
      assertThat(sentry.api(other, deadline).outcomes("acme", Epoch.MONTH)).isSameAs(sums);
    }
  }

  @Test
  void aCounterOfTheEpochBeforeStandsInWhileSentryFails() throws Exception {
    clock.advance(Duration.between(clock.instant(), Instant.parse("2026-12-01T00:01:50Z")));
    try (var deadline = Deadline.after(PATIENT, timer)) {
      SentryApi api = sentry.api(MINUTE, deadline);
      Sums november = api.outcomes("acme", Epoch.MONTH);
      simulated.faults().when(_ -> true, new Fault.NginxPage(504));
      clock.advance(Duration.ofSeconds(20));
      assertThat(api.outcomes("acme", Epoch.MONTH)).isSameAs(november);
      assertThat(api.failure()).isNotNull();
    }
  }

  @Test
  void aClockThatIsSetRightDoesNotBringTheLastMonthBack() throws Exception {
    var here = new TestClock(clock.instant().plus(Duration.ofDays(40)));
    Sentry ahead = sentry(here, this::pass);
    try (var deadline = Deadline.after(PATIENT, timer)) {
      SentryApi api = ahead.api(MINUTE, deadline);
      api.projects("acme");
      assertThat(requireNonNull(api.outcomes("acme", Epoch.MONTH)).start())
          .isEqualTo("2026-11-01T00:00:00Z");
      here.advance(Duration.ofDays(-40));
      clock.advance(Duration.ofMinutes(1));
      assertThat(requireNonNull(api.outcomes("acme", Epoch.MONTH)).start())
          .isEqualTo("2026-11-01T00:00:00Z");
      assertThat(api.failure()).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"})
  void anAbsurdDateIsIgnored(String date) throws Exception {
    try (var strange =
        SimulatedSentry.start(
            SimulatedWorld.demo(1), ServerOptions.onLoopback(TestClock.at(date)))) {
      Sentry of = sentry(strange, token(SimulatedSentry.TOKEN), Set.of());
      strange.faults().next(1, new Fault.Body(200, "application/json", "7"));
      try (var deadline = Deadline.after(PATIENT, timer)) {
        Sums sums = of.api(MINUTE, deadline).ask(new Counter(Epoch.MONTH));
        assertThat(sums.start()).isEqualTo("2026-11-01T00:00:00Z");
      }
      assertThat(of.now()).isEqualTo(clock.instant());
      assertThat(page())
          .contains("sentry_exporter_clock_skew_seconds{sentry_instance=\"default\"} 0.0");
    }
  }

  @Test
  void aFirstAnswerWithoutProjectsThatSentryCountsIsWithheld() throws Exception {
    try (var deadline = Deadline.after(PATIENT, timer)) {
      SentryApi api = sentry.api(MINUTE, deadline);
      api.projects("acme");
      bodies(
          "{\"start\": \"2026-11-01T00:00:00Z\", \"end\": \"2026-11-23T00:00:00Z\","
              + " \"groups\": []}");
      assertThat(api.outcomes("acme", Epoch.MONTH)).isNull();
      assertThat(api.failure())
          .isInstanceOf(SentryException.Truncated.class)
          .hasMessageContaining("in all projects together");
      clock.advance(Duration.ofMinutes(1));
      Sums whole = requireNonNull(api.outcomes("acme", Epoch.MONTH));
      assertThat(whole.byProject()).isNotEmpty();
    }
  }

  @Test
  void aCounterWithoutAMarkIsReadTwiceAndTheLargerCounts() throws Exception {
    secondReading = Duration.ofSeconds(8);
    Instant before = clock.instant();
    Sentry careful = sentry(token(SimulatedSentry.TOKEN));
    bodies("90", "100");
    assertThat(counted(careful)).isEqualTo(100);
    assertThat(Duration.between(before, clock.instant())).isEqualTo(secondReading);
    assertThat(simulated.requests().total()).isEqualTo(2);
    clock.advance(Duration.ofMinutes(2));
    bodies("101");
    assertThat(counted(careful)).isEqualTo(101);
    assertThat(simulated.requests().total()).isEqualTo(3);
  }

  @Test
  void theFirstOfTwoReadingsCountsWhereItIsTheLarger() throws Exception {
    secondReading = Duration.ofSeconds(8);
    bodies("100", "90");
    assertThat(counted(sentry(token(SimulatedSentry.TOKEN)))).isEqualTo(100);
  }

  @Test
  void aCounterWhoseSecondReadingFailsIsReadTwiceAgain() throws Exception {
    secondReading = Duration.ofSeconds(8);
    Sentry careful = sentry(token(SimulatedSentry.TOKEN));
    bodies("100", "no number");
    assertThatThrownBy(() -> counted(careful)).isInstanceOf(SentryException.Malformed.class);
    clock.advance(Duration.ofSeconds(10));
    bodies("90", "95");
    assertThat(counted(careful)).isEqualTo(100);
    assertThat(simulated.requests().total()).isEqualTo(4);
  }

  @Test
  void aScrapeThatCannotWaitForTheSecondReadingLeavesItToTheNext() throws Exception {
    secondReading = Duration.ofSeconds(8);
    var sleeping = new CountDownLatch(1);
    var awake = new CountDownLatch(1);
    Sentry careful =
        sentry(
            clock,
            (time, _) -> {
              sleeping.countDown();
              awake.await();
              clock.advance(time);
            });
    bodies("90", "100");
    var first = threads.submit(() -> counted(careful, Duration.ofSeconds(1)));
    sleeping.await();
    assertThatThrownBy(first::get).hasCauseInstanceOf(SentryException.TimedOut.class);
    awake.countDown();
    assertThat(counted(careful)).isEqualTo(100);
    assertThat(simulated.requests().total()).isEqualTo(2);
  }

  @Test
  void aCounterWithAStoredMarkIsReadOnce() throws Exception {
    var storage = MarksStorage.in(folder);
    var fetches = Executors.newSingleThreadExecutor();
    Sentry before =
        sentry(simulated, token(SimulatedSentry.TOKEN), Set.of(), fetches, marks(storage));
    counted(before, 100);
    fetches.close();
    secondReading = Duration.ofSeconds(8);
    long requests = simulated.requests().total();
    Sentry after =
        sentry(simulated, token(SimulatedSentry.TOKEN), Set.of(), threads, marks(storage));
    assertThat(counted(after, 90)).isEqualTo(100);
    assertThat(simulated.requests().total()).isEqualTo(requests + 1);
  }

  @Test
  void anOrganizationTokenThatIsRefusedIsReportedAsOne() {
    simulated
        .faults()
        .when(_ -> true, new Fault.Body(403, "application/json", "{\"detail\":\"No\"}"));
    assertThatThrownBy(() -> ask(sentry(token("sntrys_0123456789abcdef")), STATS, PATIENT))
        .hasMessageContaining(
            "HTTP 403 (No); an organization token (sntrys_) has no scope but org:ci");
  }

  @Test
  void aTokenOfAnotherOrganizationIsNotTakenForARefusedOne() throws Exception {
    simulated
        .faults()
        .when(
            path -> path.contains("/foreign/"), new Fault.Failure(SentryError.WRONG_ORGANIZATION));
    assertThatThrownBy(() -> ask(new Ask("foreign", Endpoint.PROJECTS, List.of("foreign"))))
        .hasMessageContaining("no such organization");
    assertThat(ask(STATS)).startsWith("[[");
  }

  /// Takes the number that Sentry answers for a counter.
  record Counter(Epoch epoch) implements CounterQuestion {
    static final Kind KIND = new Kind("error", "accepted");

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
    public Sums fetch(Fetching sentry) throws SentryException, InterruptedException {
      var answer = sentry.get(new ApiRequest(Endpoint.MONITORS, List.of("acme"), List.of()));
      String text = new String(answer.body(), UTF_8);
      if (!text.matches("[0-9]+")) {
        throw new SentryException.Malformed("not a number", 200, 0);
      }
      long value = Long.parseLong(text);
      Instant now = sentry.now();
      return new Sums(
          counting().start(now), now, java.util.Map.of(1L, java.util.Map.of(KIND, value)));
    }
  }

  @Test
  void aCounterDoesNotFallNorAfterARestartWithStorage() throws Exception {
    var storage = MarksStorage.in(folder.resolve("marks"));
    var fetches = Executors.newSingleThreadExecutor();
    Sentry before =
        sentry(simulated, token(SimulatedSentry.TOKEN), Set.of(), fetches, marks(storage));
    assertThat(counted(before, 100)).isEqualTo(100);
    clock.advance(Duration.ofMinutes(2));
    assertThat(counted(before, 90)).isEqualTo(100);
    fetches.close(); // what has been taken in is written
    Sentry after =
        sentry(simulated, token(SimulatedSentry.TOKEN), Set.of(), threads, marks(storage));
    assertThat(counted(after, 60)).isEqualTo(100);
    assertThat(page()).contains("sentry_exporter_corrections_total{collector=\"counter\"} 2.0");
    clock.advance(Duration.ofMinutes(2));
    assertThat(counted(after, 101)).isEqualTo(101);
  }

  @Test
  void whileSentryHangsACallerWithAnOldAnswerWaitsOnlyOnce() throws Exception {
    ask(STATS);
    clock.advance(Duration.ofMinutes(1));
    simulated.faults().when(_ -> true, new Fault.Hang());
    assertThat(ask(sentry, STATS, Duration.ofMillis(300))).as("the old one").startsWith("[[");
    clock.advance(Duration.ofSeconds(11));
    long begun = System.nanoTime();
    assertThat(ask(sentry, STATS, PATIENT)).as("the old one").startsWith("[[");
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENT.dividedBy(2));
    assertThat(simulated.requests().total()).isEqualTo(2);
  }

  @Test
  void aCallerWithLittleTimeDoesNotShortenThatOfOthers() throws Exception {
    ask(STATS);
    clock.advance(Duration.ofMinutes(1));
    simulated.faults().next(1, new Fault.Delay(Duration.ofMillis(1_500)));
    ask(sentry, STATS, Duration.ofMillis(100));
    try (var deadline = Deadline.after(PATIENT, timer)) {
      SentryApi patient = sentry.api(MINUTE, deadline);
      patient.ask(STATS);
      assertThat(patient.failure()).isNull();
      assertThat(patient.age()).isZero();
    }
  }

  @Test
  void aCounterDoesNotFallWhenItsInstanceIsConfiguredOtherwise() throws Exception {
    InstanceMarks marks = marks(MarksStorage.none());
    Sentry before = sentry(simulated, token(SimulatedSentry.TOKEN), Set.of(), threads, marks);
    assertThat(counted(before, 100)).isEqualTo(100);
    before.close();
    Sentry after = sentry(simulated, token(SimulatedSentry.TOKEN), Set.of("acme"), threads, marks);
    assertThat(counted(after, 90)).isEqualTo(100);
  }

  /// What Sentry answers next.
  private void bodies(String... texts) {
    simulated.faults().clear();
    for (String text : texts) {
      simulated.faults().next(1, new Fault.Body(200, "application/json", text));
    }
  }

  private long counted(Sentry of, long upstream) throws Exception {
    bodies("" + upstream);
    return counted(of);
  }

  private long counted(Sentry of) throws Exception {
    return counted(of, PATIENT);
  }

  private long counted(Sentry of, Duration patience) throws Exception {
    try (var deadline = Deadline.after(patience, timer)) {
      return of.api(MINUTE, deadline)
          .ask(new Counter(Epoch.MONTH))
          .of(1)
          .getOrDefault(Counter.KIND, -1L);
    }
  }

  @Test
  void aBugInTheExporterHangsNeitherCallersNorOtherRequests() throws Exception {
    assertThatThrownBy(
            () -> {
              try (var deadline = Deadline.after(PATIENT, timer)) {
                sentry.api(MINUTE, deadline).ask(new Buggy("acme"));
              }
            })
        .isInstanceOf(IllegalStateException.class);
    assertThat(ask(STATS)).startsWith("[[");
  }

  @Test
  void aLoginPageIsNotAnAnswer() {
    simulated.faults().next(1, new Fault.HtmlLogin());
    assertThatThrownBy(() -> ask(STATS))
        .isInstanceOf(SentryException.Malformed.class)
        .hasMessageContaining("text/html");
  }

  @Test
  void aQueryTimeoutInSentrysStorageIsATimeout() {
    simulated.faults().next(1, new Fault.Failure(SentryError.QUERY_TIMEOUT));
    assertThatThrownBy(() -> ask(STATS))
        .isInstanceOf(SentryException.TimedOut.class)
        .hasMessageContaining("Query timeout")
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @EnumSource
  void everySentryErrorHasAReasonAndOneLine(SentryError error) {
    simulated.faults().when(_ -> true, new Fault.Failure(error));
    assertThatThrownBy(() -> ask(STATS))
        .isInstanceOf(SentryException.class)
        .hasMessageContaining(error.label().substring(0, 3))
        .hasMessageNotContaining("\n")
        .hasMessageNotContaining(SimulatedSentry.TOKEN);
  }

  @Test
  void aTokenThatComesBackInAnErrorIsNotShown() {
    String body = "{\"detail\":\"I do not know " + SimulatedSentry.TOKEN + "\"}";
    simulated.faults().next(1, new Fault.Body(400, "application/json", body));
    assertThatThrownBy(() -> ask(STATS))
        .hasMessageContaining("I do not know <secret>")
        .hasMessageNotContaining(SimulatedSentry.TOKEN);
  }

  @Test
  void aRedirectToTheSameHostIsFollowedOnceAndNoFurther() throws Exception {
    simulated.faults().next(1, new Fault.RedirectSameHost());
    assertThat(ask(STATS)).startsWith("[[");
    simulated.faults().when(_ -> true, new Fault.RedirectLoop());
    assertThatThrownBy(() -> ask(PROJECTS)).isInstanceOf(SentryException.RedirectRefused.class);
    assertThat(simulated.requests().total()).isEqualTo(4);
  }

  @Test
  void aWaitForSentrysLimitIsCounted() throws Exception {
    simulated
        .faults()
        .next(1, new Fault.RetryLater(Duration.ofSeconds(3), Fault.RetryAfterForm.SECONDS));
    assertThat(ask(STATS)).startsWith("[[");
    assertThat(page())
        .contains("sentry_exporter_api_throttled_seconds_total{endpoint=\"project_stats\"} 3.0");
  }

  @Test
  void thePageShowsAgeSkewAndEndpoints() throws Exception {
    ask(PROJECTS);
    clock.advance(Duration.ofSeconds(7));
    assertThat(page())
        .contains(
            "sentry_exporter_snapshot_age_seconds{collector=\"projects\",organization=\"acme\","
                + "sentry_instance=\"default\"} 7.0")
        .contains(
            "sentry_exporter_endpoint_available{endpoint=\"projects\",organization=\"acme\","
                + "sentry_instance=\"default\"} 1.0")
        .contains("sentry_exporter_clock_skew_seconds{sentry_instance=\"default\"}");
    sentry.close();
    assertThat(page()).doesNotContain("sentry_instance");
  }

  @Test
  void whatSentryAdvertisesIsOnThePage() throws Exception {
    try (var advertising =
        SimulatedSentry.start(SimulatedWorld.demo(1), ServerOptions.onLoopback(clock))) {
      ask(sentry(advertising, token(SimulatedSentry.TOKEN), Set.of()), STATS, PATIENT);
      assertThat(page())
          .contains(
              "sentry_exporter_api_rate_limit{endpoint=\"project_stats\",kind=\"limit\","
                  + "sentry_instance=\"default\"} 5.0")
          .contains("kind=\"remaining\"")
          .contains(
              "sentry_exporter_api_rate_limit{endpoint=\"project_stats\","
                  + "kind=\"concurrent_limit\",sentry_instance=\"default\"} 25.0")
          .contains("kind=\"concurrent_remaining\"");
    }
  }

  private String page() {
    return new String(metrics.page(Exposition.TEXT), UTF_8);
  }

  private String ask(Ask question) throws Exception {
    return ask(sentry, question, PATIENT);
  }

  private String ask(Sentry of, Ask question, Duration timeout) throws Exception {
    try (var deadline = Deadline.after(timeout, timer)) {
      return of.api(MINUTE, deadline).ask(question);
    }
  }

  private static Credentials token(String text) {
    return new Credentials.Token(new Secret(text));
  }

  private Sentry sentry(Credentials credentials) {
    return sentry(credentials, Set.of());
  }

  private Sentry sentry(Credentials credentials, Set<String> organizations) {
    return sentry(simulated, credentials, organizations);
  }

  private InstanceMarks marks(MarksStorage storage) {
    return new InstanceMarks(storage, metrics.sentry(), clock::nanos);
  }

  private Sentry sentry(
      SimulatedSentry server, Credentials credentials, Set<String> organizations) {
    return sentry(server, credentials, organizations, threads, marks(MarksStorage.none()));
  }

  private Sentry sentry(InstantSource here, Sleeper sleeper) {
    return new Sentry(
        new Instance("default", simulated.url(), token(SimulatedSentry.TOKEN), Set.of(), 0.5, 4),
        parts(here, sleeper, threads, marks(MarksStorage.none())));
  }

  private Sentry sentry(
      SimulatedSentry server,
      Credentials credentials,
      Set<String> organizations,
      Executor fetches,
      InstanceMarks marks) {
    return new Sentry(
        new Instance("default", server.url(), credentials, organizations, 0.5, 4),
        parts(clock, this::pass, fetches, marks));
  }

  private void pass(Duration time, Deadline deadline) {
    clock.advance(time);
  }

  private SentryParts parts(
      InstantSource here, Sleeper sleeper, Executor fetches, InstanceMarks marks) {
    return new SentryParts(
        new HttpTransport(http, metrics, clock::nanos),
        metrics,
        here,
        clock::nanos,
        sleeper,
        fetches,
        timer,
        AnswerMemory.ofHeap(1L << 30),
        marks,
        secondReading);
  }
}
