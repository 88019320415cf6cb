package io.sentryexporter.sentry;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.http.HttpClient;
import io.sentryexporter.http.HttpClient.HttpSettings;
import io.sentryexporter.http.HttpClient.Limits;
import io.sentryexporter.http.ProxyRules;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.sentry.AnswerCache.Memory;
import io.sentryexporter.sentry.Instance.Credentials;
import io.sentryexporter.sentry.SentryClient.Dependencies;
import io.sentryexporter.sentry.api.ApiGet;
import io.sentryexporter.sentry.api.ApiRequest;
import io.sentryexporter.sentry.api.Monitors;
import io.sentryexporter.sentry.marks.InstanceMarks;
import io.sentryexporter.sentry.marks.MarksStorage;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.TestMetrics;
import io.sentryexporter.testing.TestTime;
import io.sentryexporter.text.Secret;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import io.sentryexporter.time.TimeSource.Sleeper;
import io.sentryexporter.tls.Trust;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// One instance over real HTTP to the simulated Sentry, both with one clock that a test moves by
/// hand; waiting moves it too.
final class SentryScene implements AutoCloseable {
  static final Duration PATIENT = Duration.ofMinutes(1);
  static final Duration SECOND_READING = Duration.ofSeconds(8);
  static final CachePolicy MINUTE = new CachePolicy(Duration.ofMinutes(1), Duration.ofMinutes(5));
  static final Ask PROJECTS = new Ask("acme", Endpoint.PROJECTS, List.of("acme"));
  static final Ask STATS = new Ask("acme", Endpoint.PROJECT_STATS, List.of("acme", "web"));
  static final Ask MONITORS = new Ask("acme", Monitors.ENDPOINT, List.of("acme"));

  final TestClock clock = TestClock.at("2026-11-22T10:20:00Z");
  final SimulatedSentry simulated;
  final TimeSource real = TestTime.real();
  final ExecutorService threads = Executors.newCachedThreadPool();
  final ExporterMetrics metrics = TestMetrics.create();
  final SentryClient sentry;

  private final HttpClient http =
      new HttpClient(
          new HttpSettings(
              new Limits(32 << 20, 32 << 20, 1, 256, Integer.MAX_VALUE),
              "test",
              ProxyRules.NONE,
              Trust.SYSTEM),
          real,
          Runnable::run);
  private final List<Deadline> deadlines = new CopyOnWriteArrayList<>();

  private SentryScene(SimulatedWorld world, Installation installation) {
    var options = ServerOptions.onLoopback(clock).withInstallation(installation);
    simulated = SimulatedSentry.start(world, options);
    sentry = sentry(token(SimulatedSentry.TOKEN));
  }

  /// The demo's world on a self-hosted server.
  static SentryScene demo() {
    return of(SimulatedWorld.demo(1), Installation.SELF_HOSTED);
  }

  static SentryScene of(SimulatedWorld world, Installation installation) {
    return new SentryScene(world, installation);
  }

  /// Requests an endpoint, without reading its answer.
  record Ask(String organization, Endpoint endpoint, List<String> path)
      implements ApiRequest<String> {
    @Override
    public String name() {
      return endpoint.name();
    }

    @Override
    public String fetch(Fetching sentry) throws SentryException, InterruptedException {
      var answer = sentry.get(new ApiGet(endpoint, path, List.of()));
      return new String(answer.body(), UTF_8);
    }
  }

  static Credentials token(String text) {
    return new Credentials.Token(new Secret(text));
  }

  SentryClient sentry(Credentials credentials) {
    return new SentryClient(instance(simulated, credentials, Set.of()), parts());
  }

  /// An instance at another server.
  SentryClient sentry(SimulatedSentry server) {
    return new SentryClient(instance(server, token(SimulatedSentry.TOKEN), Set.of()), parts());
  }

  /// An instance of which only some organizations are configured.
  SentryClient sentry(Set<String> organizations, InstanceMarks marks) {
    return new SentryClient(
        instance(simulated, token(SimulatedSentry.TOKEN), organizations),
        parts(clock, passing(), threads, marks, Duration.ZERO));
  }

  /// An instance that fetches on other threads.
  SentryClient sentry(Executor fetches, InstanceMarks marks) {
    return sentry(parts(clock, passing(), fetches, marks, Duration.ZERO));
  }

  /// An instance with another clock than Sentry's.
  SentryClient sentry(InstantSource here) {
    return sentry(parts(here, passing(), threads, marks(), Duration.ZERO));
  }

  /// An instance that reads a counter without a mark once more after `SECOND_READING`.
  SentryClient readingTwice(Sleeper sleeper, InstanceMarks marks) {
    return sentry(parts(clock, sleeper, threads, marks, SECOND_READING));
  }

  SentryClient readingTwice(InstanceMarks marks) {
    return readingTwice(passing(), marks);
  }

  private SentryClient sentry(Dependencies parts) {
    return new SentryClient(instance(simulated, token(SimulatedSentry.TOKEN), Set.of()), parts);
  }

  private static Instance instance(
      SimulatedSentry server, Credentials credentials, Set<String> organizations) {
    return new Instance("default", server.url(), credentials, organizations, 0.5, 4);
  }

  private Sleeper passing() {
    return (time, _) -> clock.advance(time);
  }

  private Dependencies parts() {
    return parts(clock, passing(), threads, marks(), Duration.ZERO);
  }

  private Dependencies parts(
      InstantSource here,
      Sleeper sleeper,
      Executor fetches,
      InstanceMarks marks,
      Duration secondReading) {
    return new Dependencies(
        http::get,
        metrics,
        new TestTime(here, clock::nanos, sleeper, real),
        new Random(1),
        () -> fetches,
        Memory.ofHeap(1L << 30),
        marks,
        secondReading);
  }

  InstanceMarks marks() {
    return marks(MarksStorage.none());
  }

  InstanceMarks marks(MarksStorage storage) {
    return new InstanceMarks(storage, metrics.sentry(), clock::nanos);
  }

  /// A session of a patient probe.
  SentrySession api() {
    return api(sentry, MINUTE);
  }

  SentrySession api(SentryClient of, CachePolicy policy) {
    var deadline = real.deadline(PATIENT);
    deadlines.add(deadline);
    return of.api(policy, deadline);
  }

  String get(Ask request) throws SentryException, InterruptedException {
    return get(sentry, request, PATIENT);
  }

  String get(SentryClient of, Ask request) throws SentryException, InterruptedException {
    return get(of, request, PATIENT);
  }

  String get(SentryClient of, Ask request, Duration timeout)
      throws SentryException, InterruptedException {
    try (var deadline = real.deadline(timeout)) {
      return of.api(MINUTE, deadline).get(request);
    }
  }

  /// What the requests to come meet with, if the path fits.
  void fault(String part, Fault fault) {
    simulated.faults().when(path -> path.contains(part), fault);
  }

  /// Answers the next requests with these bodies.
  void bodies(String... texts) {
    simulated.faults().clear();
    for (String text : texts) {
      simulated.faults().next(1, new Fault.Body(200, "application/json", text));
    }
  }

  /// The exporter's own metrics.
  String page() {
    return new String(metrics.page(Exposition.TEXT), UTF_8);
  }

  @Override
  public void close() {
    deadlines.forEach(Deadline::close);
    sentry.close();
    simulated.close();
    http.close();
    real.close();
    threads.shutdownNow();
    threads.close(); // a save on its way ends before its folder is deleted
  }
}
