package io.sentryexporter.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.app.App.StartException;
import io.sentryexporter.app.JoinedExporter;
import io.sentryexporter.config.Config;
import io.sentryexporter.http.FailedCalls;
import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.http.HttpFailure;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.sentry.transport.RequestSender;
import io.sentryexporter.server.Request;
import io.sentryexporter.server.Response;
import io.sentryexporter.simulation.World.Reply;
import io.sentryexporter.time.Cancellation;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import io.sentryexporter.wire.Headers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// One exporter of a story: its storage, its configuration, and the process that runs it at the
/// moment, if one does. All but the sockets is the program's own.
final class Machine {
  /// As `serve` has it.
  private static final Duration SECOND_READING = Duration.ofSeconds(8);

  /// A listener notices so late that its client has gone.
  private static final int LATEST_HANG_UP_MILLIS = 500;

  private final int number;
  private final Story story;
  private final Scheduler scheduler;
  private final World world;
  private final Judge judge;
  private final Path folder;
  private final Random random;
  private final Set<Scrape> scrapes = new LinkedHashSet<>();
  private Scheduler.@Nullable Node process;
  private @Nullable JoinedExporter exporter;
  private int instances;
  private long answered;
  private long requests;

  /// One scrape under way.
  private record Scrape(int scraper, Instant started, Cancellation hangUp) {}

  /// @param folder of `--storage.path`
  Machine(
      int number,
      Story story,
      Scheduler scheduler,
      World world,
      Judge judge,
      Path folder,
      Random random) {
    this.number = number;
    this.story = story;
    this.scheduler = scheduler;
    this.world = world;
    this.judge = judge;
    this.folder = folder;
    this.random = random;
  }

  /// Scrapes that have ended, with or without a page.
  long answered() {
    return answered;
  }

  /// Requests sent to Sentry.
  long requests() {
    return requests;
  }

  /// Starts the exporter, unless it runs.
  void start() {
    if (exporter != null) {
      return;
    }
    var started = scheduler.process("exporter " + number, now -> world.exporterClock(number, now));
    try {
      process = started;
      exporter =
          new JoinedExporter(
              () -> Config.parse(yaml(), "sentry_exporter.yml"),
              new Calls(started),
              started,
              started,
              folder,
              SECOND_READING,
              new Random(random.nextLong()));
    } catch (StartException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Ends the process where it stands.
  ///
  /// @param withStorage whether its storage is left as it is
  void crash(boolean withStorage) {
    if (process != null && exporter != null) {
      process.crash();
      exporter.close();
      process = null;
      exporter = null;
    }
    try {
      spoil(withStorage);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (Scrape scrape : List.copyOf(scrapes)) {
      ended(scrape, Page.NONE);
    }
    judge.crashed(number, withStorage, scheduler.instant());
  }

  /// Gives back what a process would at its end.
  void release() {
    if (exporter != null) {
      exporter.close();
    }
  }

  /// What a crash leaves: a file that was being written, or files that are gone or cut.
  private void spoil(boolean withStorage) throws IOException {
    Path marks = folder.resolve("marks");
    if (!Files.isDirectory(marks)) {
      return;
    }
    boolean isCut = random.nextBoolean();
    try (var files = Files.list(marks)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".marks")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        byte[] half = Arrays.copyOf(bytes, bytes.length / 2);
        if (withStorage) {
          Files.write(file.resolveSibling(file.getFileName() + ".4711.tmp"), half);
        } else if (isCut) {
          Files.write(file, half);
        } else {
          Files.delete(file);
        }
      }
    }
  }

  /// Reads the configuration again, if it runs.
  ///
  /// @param isNewInstance whether another instance takes the place of the one that is there
  void reload(boolean isNewInstance) {
    JoinedExporter running = exporter;
    if (process == null || running == null) {
      return;
    }
    process.execute(() -> {
      instances += isNewInstance ? 1 : 0;
      List<String> errors = running.reload();
      if (!errors.isEmpty()) {
        throw new IllegalStateException(errors.toString());
      }
      judge.reloaded(number, isNewInstance, scheduler.instant());
    });
  }

  /// Begins a scrape.
  void scrape(int scraper) {
    var scrape = new Scrape(scraper, scheduler.instant(), new Cancellation());
    JoinedExporter running = exporter;
    if (process == null || running == null) {
      ended(scrape, Page.NONE);
      return;
    }
    scrapes.add(scrape);
    process.execute(() -> ended(scrape, answer(running, scrape)));
    scheduler.at(
        scrape.started().plus(story.timeout()).plusMillis(random.nextInt(LATEST_HANG_UP_MILLIS)),
        scrape.hangUp()::cancel);
  }

  private Page answer(JoinedExporter running, Scrape scrape) {
    var request =
        new Request(
            "GET",
            "/probe",
            "target=" + story.target(scrape.scraper()),
            Headers.of(
                List.of(
                    Map.entry(
                        "X-Prometheus-Scrape-Timeout-Seconds",
                        Long.toString(story.timeout().toSeconds())))),
            scrape.hangUp());
    try {
      Response response = running.answer(request);
      String text = new String(response.content().readAllBytes(), UTF_8);
      response.onEnd().run();
      return Page.parse(response.status(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }

  private void ended(Scrape scrape, Page page) {
    scrapes.remove(scrape);
    answered++;
    Instant now = scheduler.instant();
    boolean isInTime = !now.isAfter(scrape.started().plus(story.timeout()));
    judge.scraped(number, scrape.scraper(), scrape.started(), now, isInTime ? page : Page.NONE);
  }

  private String yaml() {
    String keys =
        "{refresh_interval: %ds, max_stale: %ds"
            .formatted(story.refresh().toSeconds(), story.maxStale().toSeconds());
    return """
    instances:
      default:
        url: %s
        auth_token: %s
        rate_limit: {share: 0.5}
        http_headers: {%s: {values: ["%d"]}}
    modules:
      sentry:
        prober: sentry
        timeout: 60s
        collectors:
          outcomes: %s, epoch: %s}
    """
            .formatted(
                World.URL, World.TOKEN, RequestJudge.CLIENT, instances, keys, story.epoch().label())
        + (story.sessions() ? "      sessions: " + keys + "}\n" : "");
  }

  /// Calls to the simulated Sentry, which take virtual time.
  private final class Calls implements RequestSender.Http {
    private final Scheduler.Node time;

    Calls(Scheduler.Node time) {
      this.time = time;
    }

    @Override
    public HttpAnswer get(HttpGet request, IntPredicate wantsBody, Deadline deadline)
        throws HttpFailure {
      Reply reply;
      try {
        Instant now = scheduler.instant();
        reply = world.answer(number, request, now);
        requests++;
        judge.requested(number, request, now, reply);
      } catch (RuntimeException e) { // the program would catch it, and go on
        scheduler.fail(e);
        throw e;
      }
      time.sleep(reply instanceof Reply.Hung ? TimeSource.LONGEST : reply.latency(), deadline);
      switch (deadline.state()) {
        case OPEN -> {}
        case EXPIRED -> throw FailedCalls.timedOut();
        case CANCELLED -> throw FailedCalls.cancelled();
      }
      return switch (reply) {
        case Reply.Answered(HttpAnswer answer, Duration _) ->
            wantsBody.test(answer.status())
                ? answer
                : new HttpAnswer(
                    answer.status(), answer.headers(), new byte[0], answer.contentLength());
        case Reply.Failed(HttpFailure failure, Duration _) -> throw failure;
        case Reply.Hung() -> throw new IllegalStateException("it hangs until the deadline");
      };
    }
  }
}
