package io.sentryexporter.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.app.App.StartException;
import io.sentryexporter.config.ActiveConfig;
import io.sentryexporter.config.Config;
import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.sentry.AnswerCache.Memory;
import io.sentryexporter.sentry.CachePolicy;
import io.sentryexporter.sentry.Instance;
import io.sentryexporter.sentry.SentryClient;
import io.sentryexporter.sentry.SentryClient.Dependencies;
import io.sentryexporter.sentry.SentrySession;
import io.sentryexporter.sentry.api.ApiGet;
import io.sentryexporter.sentry.api.CounterRequest;
import io.sentryexporter.sentry.marks.InstanceMarks;
import io.sentryexporter.sentry.marks.MarksStorage;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.sentry.transport.RequestSender;
import io.sentryexporter.testing.ChangedSource;
import io.sentryexporter.testing.StillTime;
import io.sentryexporter.testing.TestMetrics;
import io.sentryexporter.testing.Together;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.wire.Headers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/// Reloads against each other and against probes, in the order that a scheduler of threads gives
/// them.
public class ReloadInterleavingsTest {
  private static final ExporterMetrics METRICS = TestMetrics.create();
  private static final CachePolicy MINUTE =
      new CachePolicy(Duration.ofMinutes(1), Duration.ofHours(1));
  private static final Config.Result ONE = configured("the-first-simulated-token");
  private static final Config.Result TWO = configured("the-second-simulated-token");
  private static final Config.Result BROKEN = Config.parse("modules: [", "test.yml");
  private static final OutcomeKey ACCEPTED = new OutcomeKey("error", "accepted");
  private static final Counters COUNTERS = new Counters();

  private final StillTime time = new StillTime();
  private final Together threads = new Together();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicReference<Config.Result> file = new AtomicReference<>(ONE);
  private final List<SentryClient> clients = Collections.synchronizedList(new ArrayList<>());
  private final ConfigReloader reloader;

  /// The highest value that has been exposed.
  private final AtomicLong exposed = new AtomicLong();

  public ReloadInterleavingsTest() throws StartException {
    var dependencies =
        new Dependencies(
            new Server(),
            METRICS,
            time,
            new Random(1),
            () -> threads,
            Memory.ofHeap(1 << 30),
            new InstanceMarks(MarksStorage.none(), METRICS.sentry(), time::nanoTime),
            Duration.ZERO);
    reloader =
        new ConfigReloader(file::get, instance -> client(instance, dependencies), METRICS, time);
    reloader.start();
  }

  /// Reloads do not wait for each other.
  public static ChangedSource lostUpdate() {
    return ChangedSource.of(
        "app/ConfigReloader.java",
        """
          synchronized List<String> reload() {
        """,
        """
          List<String> reload() {
        """);
  }

  private static Config.Result configured(String token) {
    String text =
        """
        instances:
          default: {url: "https://sentry.example", auth_token: %s, organizations: [acme]}
        """
            .formatted(token);
    Config.Result read = Config.parse(text, "test.yml");
    assertThat(read.errors()).isEmpty();
    return read;
  }

  private SentryClient client(Instance instance, Dependencies dependencies) {
    var client = new SentryClient(instance, dependencies);
    clients.add(client);
    return client;
  }

  /// Answers with the number of requests so far, but less each second time, as a replica that lags.
  private final class Server implements RequestSender.Http {
    @Override
    public HttpAnswer get(HttpGet request, IntPredicate wantsBody, Deadline deadline) {
      int number = requests.incrementAndGet();
      byte[] body = String.valueOf(number % 2 == 0 ? 1 : number).getBytes(UTF_8);
      var json = Headers.of(List.of(Map.entry("Content-Type", "application/json")));
      return new HttpAnswer(200, json, body, body.length);
    }
  }

  /// Counters of one series.
  private record Counters() implements CounterRequest {
    private static final Instant NOVEMBER = Instant.parse("2026-11-01T00:00:00Z");

    @Override
    public String organization() {
      return "acme";
    }

    @Override
    public Counting counting() {
      return Counting.refreshedEach(Duration.ofMinutes(1), Epoch.MONTH);
    }

    @Override
    public String markName() {
      return "outcomes";
    }

    @Override
    public String name() {
      return "outcomes";
    }

    @Override
    public Totals fetch(Fetching sentry) throws SentryException, InterruptedException {
      byte[] body = sentry.get(new ApiGet(Endpoint.PROJECTS, List.of("acme"), List.of())).body();
      return new Totals(
          NOVEMBER,
          sentry.now(),
          Map.of(7L, Map.of(ACCEPTED, Long.parseLong(new String(body, UTF_8)))));
    }
  }

  private void load(Config.Result written) {
    file.set(written);
    var _ = reloader.reload();
  }

  /// A probe has its answer from the instance of its configuration, and exposes nothing below what
  /// has been exposed before it began.
  private void probe() throws InterruptedException {
    ActiveConfig active = reloader.active();
    SentryClient client = requireNonNull(active.sentries().get("default"));
    assertThat(client.instance()).isEqualTo(active.config().instances().get("default"));
    long before = exposed.get();
    long now = counted(client);
    assertThat(now).isGreaterThanOrEqualTo(before);
    exposed.accumulateAndGet(now, Math::max);
  }

  private long counted(SentryClient client) throws InterruptedException {
    try (var deadline = time.deadline(Duration.ofMinutes(10))) {
      SentrySession session = client.api(MINUTE, deadline);
      Totals totals = session.answer(COUNTERS);
      assertThat(session.failure()).isNull();
      return requireNonNull(requireNonNull(totals).of(7).get(ACCEPTED));
    }
  }

  /// What was loaded last is active, its client keeps answers, and all others have given their
  /// memory back.
  private void assertOneIsActive() throws InterruptedException {
    ActiveConfig active = reloader.active();
    Config.Result last = file.get();
    if (last.config() == null) {
      assertThat(active.reloadErrors()).isEqualTo(last.errors());
    } else {
      assertThat(active.reloadErrors()).isEmpty();
      assertThat(active.config()).isSameAs(last.config());
    }
    for (SentryClient client : clients) {
      long _ = counted(client);
      int before = requests.get();
      long _ = counted(client);
      assertThat(requests.get() - before)
          .isEqualTo(active.sentries().containsValue(client) ? 0 : 1);
    }
    active.sentries().values().forEach(SentryClient::close);
  }

  @Test
  public void ofReloadsAtOneTimeTheLastFileStaysAndOneClient() throws Exception {
    threads.add(() -> load(TWO));
    threads.add(() -> load(ONE));
    threads.add(() -> load(TWO));
    threads.join();
    assertOneIsActive();
  }

  @Test
  public void aProbeEndsWithTheConfigurationThatItBeganWith() throws Exception {
    threads.add(() -> load(TWO));
    threads.add(this::probe);
    threads.add(() -> {
      probe();
      probe();
    });
    threads.join();
    assertOneIsActive();
  }

  @Test
  public void aFileThatCannotBeReadAndTheBeginOfServingDoNotUndoAReload() throws Exception {
    threads.add(() -> load(TWO));
    threads.add(() -> load(BROKEN));
    threads.add(reloader::serving);
    threads.add(this::probe);
    threads.join();
    assertThat(reloader.active().notReady()).isNull();
    assertOneIsActive();
  }
}
