package io.sentryexporter.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.sentryexporter.simulation.Judge.Broken;
import io.sentryexporter.simulation.Story.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// Runs stories: exporters, scrapers and a Sentry in one virtual time, under the eyes of a judge.
final class Simulation implements AutoCloseable {
  /// Folders in memory, where the machine has them: a counter is saved at each refresh.
  private static final Path MEMORY = Path.of("/dev/shm");

  private static final int MOST_ATTEMPTS = 400;

  private final Story story;
  private final World world;
  private final Judge judge;
  private final Scheduler scheduler;
  private final Path folder;
  private final Random random;
  private final List<Machine> machines;
  private final Errors errors;

  /// How a story went that broke no promise.
  ///
  /// @param digest of all pages and requests with their times
  record Outcome(long scrapes, long requests, Duration length, long digest) {}

  /// How a story went that broke one.
  ///
  /// @param kind what identifies the promise
  record Failure(Story story, String kind, Throwable cause) {
    static Failure of(Story story, Throwable cause) {
      String kind =
          cause instanceof Broken broken
              ? broken.invariant().name()
              : cause.getClass().getSimpleName();
      return new Failure(story, kind, cause);
    }

    /// For a person, with the command that repeats it.
    String words() {
      return "%s%n%s%nrepeat it with: proof/simulation %s%n"
          .formatted(
              cause.getMessage() == null ? cause.toString() : cause.getMessage(),
              story.words(),
              story.equals(Story.of(story.seed()))
                  ? "--seed " + story.seed()
                  : "--story '" + story + "'");
    }
  }

  private Simulation(Story story, CounterJudge.Samples samples) throws IOException {
    this.story = story;
    this.world = new World(story);
    this.judge = new Judge(story, world, samples);
    this.scheduler = new Scheduler(story.seed(), story.start());
    this.folder =
        Files.isWritable(MEMORY)
            ? Files.createTempDirectory(MEMORY, "simulation-")
            : Files.createTempDirectory("simulation-");
    this.errors = new Errors();
    this.random = new Random(story.seed());
    this.machines =
        IntStream.range(0, story.exporters())
            .mapToObj(number ->
                new Machine(
                    number,
                    story,
                    scheduler,
                    world,
                    judge,
                    folder.resolve("" + number),
                    new Random(random.nextLong())))
            .toList();
  }

  /// Runs a story to its end.
  ///
  /// @throws RuntimeException if a promise is broken, or the program gets stuck or has a bug
  static Outcome run(Story story) {
    return run(story, CounterJudge.Samples.NONE);
  }

  /// The same, and hands over the samples of all counters.
  static Outcome run(Story story, CounterJudge.Samples samples) {
    try (var simulation = new Simulation(story, samples)) {
      return simulation.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What is wrong with a story; null if nothing is.
  static @Nullable Failure failure(Story story) {
    try {
      var _ = run(story);
      return null;
    } catch (RuntimeException | Error e) { // a bug of any kind is reported
      return Failure.of(story, e);
    }
  }

  /// The shortest story found that fails as this one does.
  static Failure shrunk(Failure failure, Function<Story, @Nullable Failure> runs) {
    Failure shortest = failure;
    int attempts = 0;
    boolean isShorter = true;
    while (isShorter) {
      isShorter = false;
      for (Story shorter : shortest.story().shorter()) {
        if (++attempts > MOST_ATTEMPTS) {
          return shortest;
        }
        Failure of = runs.apply(shorter);
        if (of != null && of.kind().equals(failure.kind())) {
          shortest = of;
          isShorter = true;
          break;
        }
      }
    }
    return shortest;
  }

  private Outcome run() {
    errors.listen();
    machines.forEach(Machine::start);
    for (int scraper = 0; scraper < story.scrapers(); scraper++) {
      long offset = random.nextLong(story.interval().toMillis());
      scrapeAt(story.start().plusMillis(offset), scraper);
    }
    story.faults().forEach(this::plan);
    scheduler.run();
    errors.check();
    return new Outcome(
        machines.stream().mapToLong(Machine::answered).sum(),
        machines.stream().mapToLong(Machine::requests).sum(),
        story.length(),
        judge.digest());
  }

  private void scrapeAt(Instant time, int scraper) {
    if (time.isAfter(story.end())) {
      return;
    }
    scheduler.at(
        time,
        () -> {
          errors.check();
          machines.get(story.exporter(scraper, time)).scrape(scraper);
          scrapeAt(time.plus(story.interval()), scraper);
        });
  }

  private void plan(Fault fault) {
    switch (fault.kind()) {
      case CRASH, CRASH_WITHOUT_STORAGE -> {
        boolean withStorage = fault.kind() == Story.Kind.CRASH;
        scheduler.at(story.from(fault), () -> machine(fault).crash(withStorage));
        scheduler.at(story.until(fault), () -> startAgain(fault));
      }
      case RELOAD -> scheduler.at(story.from(fault), () -> machine(fault).reload(false));
      case RELOAD_INSTANCE -> scheduler.at(story.from(fault), () -> machine(fault).reload(true));
      default -> {} // the world's, or a matter of the scrapers
    }
  }

  /// Two crashes may overlap.
  private void startAgain(Fault fault) {
    boolean isDown =
        IntStream.of(0, 1)
            .mapToObj(i -> i == 0 ? Story.Kind.CRASH : Story.Kind.CRASH_WITHOUT_STORAGE)
            .flatMap(kind -> story.at(scheduler.instant(), kind))
            .anyMatch(
                other -> other.target() % machines.size() == fault.target() % machines.size());
    if (!isDown) {
      machine(fault).start();
    }
  }

  private Machine machine(Fault fault) {
    return machines.get(fault.target() % machines.size());
  }

  @Override
  public void close() throws IOException {
    errors.root.setLevel(Level.OFF); // what a crash logs is no error
    scheduler.close();
    errors.stop();
    machines.forEach(Machine::release);
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /// Errors in the log: bugs of the program. Everything below is not logged meanwhile.
  private final class Errors extends AppenderBase<ILoggingEvent> {
    private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private final Level before = root.getLevel();
    private final List<ILoggingEvent> errors = new ArrayList<>();

    void listen() {
      root.setLevel(Level.ERROR);
      start();
      root.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
      if (event.getLevel() == Level.ERROR && !scheduler.isCrashing()) {
        errors.add(event);
      }
    }

    void check() {
      if (!errors.isEmpty()) {
        var proxy = errors.getFirst().getThrowableProxy();
        throw new IllegalStateException(
            "logged: "
                + errors.getFirst().getMessage()
                + (proxy == null ? "" : ": " + proxy.getClassName() + ": " + proxy.getMessage()),
            proxy instanceof ch.qos.logback.classic.spi.ThrowableProxy of
                ? of.getThrowable()
                : null);
      }
    }

    @Override
    public void stop() {
      super.stop();
      root.detachAppender(this);
      root.setLevel(before);
    }
  }
}
