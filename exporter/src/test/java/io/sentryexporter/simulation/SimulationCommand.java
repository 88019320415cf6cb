package io.sentryexporter.simulation;

import io.sentryexporter.simulation.Judge.Broken;
import io.sentryexporter.simulation.Scheduler.StuckException;
import io.sentryexporter.simulation.Simulation.Failure;
import io.sentryexporter.simulation.Simulation.Outcome;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// The command `proof/simulation`: runs story after story, and at the first that fails prints how
/// to repeat it and the shortest one found that fails alike.
final class SimulationCommand {
  private static final String USAGE =
      """
      usage: proof/simulation [--seconds N] [--seed N | --story TEXT]

      Runs simulated exporters, scrapers and Sentry in virtual time, and judges every scrape by the
      promises of docs/counters.md and docs/limits.md. Exit code 0: none was broken, 1: one was.

        --seconds N   how long to run story after story; 30 by default
        --stories N   how many of them at most
        --seed N      the one story of this seed; with --seconds the first of many
        --story TEXT  the one story that a failure has printed
      """;

  /// A simulated month, for the count.
  private static final double MONTH_DAYS = 30;

  private final PrintStream out;
  private long stories;
  private long scrapes;
  private long requests;
  private Duration simulated = Duration.ZERO;
  private long digest;

  private SimulationCommand(PrintStream out) {
    this.out = out;
  }

  /// The arguments; null or negative where there is none.
  private record Options(long seconds, long stories, @Nullable Long seed, @Nullable Story story) {
    static Options parse(String... args) {
      long seconds = -1;
      long stories = Long.MAX_VALUE;
      Long seed = null;
      Story story = null;
      for (int i = 0; i < args.length; i += 2) {
        if (i + 1 == args.length) {
          throw new IllegalArgumentException(args[i] + " needs a value, or is not known");
        }
        String value = args[i + 1];
        switch (args[i]) {
          case "--seconds" -> seconds = Long.parseLong(value);
          case "--stories" -> stories = Long.parseLong(value);
          case "--seed" -> seed = Long.valueOf(value);
          case "--story" -> story = Story.parse(value);
          default -> throw new IllegalArgumentException(args[i] + " is not known");
        }
      }
      return new Options(seconds, stories, seed, story);
    }
  }

  public static void main(String... args) {
    if (args.length == 1 && args[0].equals("--help")) {
      System.out.print(USAGE);
      return;
    }
    Options options;
    try {
      options = Options.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println("proof/simulation: " + e.getMessage() + "\n\n" + USAGE);
      System.exit(2);
      return;
    }
    System.exit(new SimulationCommand(System.out).run(options) ? 0 : 1);
  }

  private boolean run(Options options) {
    Story only = options.story();
    Long seed = options.seed();
    if (only == null && seed != null && options.seconds() < 0) {
      only = Story.of(seed);
    }
    if (only != null) {
      out.println(only.words());
      return ended(one(only));
    }
    long first = seed == null ? new SplittableRandom().nextLong(Integer.MAX_VALUE) : seed;
    out.println("the first seed is " + first);
    return ended(many(first, options.seconds() < 0 ? 30 : options.seconds(), options.stories()));
  }

  private @Nullable Failure many(long first, long seconds, long most) {
    long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    for (long seed = first; System.nanoTime() - end < 0 && seed - first < most; seed++) {
      Failure failure = one(Story.of(seed));
      if (failure != null) {
        return failure;
      }
    }
    return null;
  }

  private @Nullable Failure one(Story story) {
    try {
      Outcome outcome = Simulation.run(story);
      stories++;
      scrapes += outcome.scrapes();
      requests += outcome.requests();
      simulated = simulated.plus(outcome.length());
      digest = 31 * digest + outcome.digest();
      return null;
    } catch (RuntimeException | Error e) { // a bug of any kind is reported
      return Failure.of(story, e);
    }
  }

  private boolean ended(@Nullable Failure failure) {
    out.println(
        String.format(
            Locale.ROOT,
            "%d stories, %.2f simulated months, %d scrapes, %d requests to Sentry, digest %016x",
            stories,
            simulated.toSeconds() / (MONTH_DAYS * 86_400),
            scrapes,
            requests,
            digest));
    if (failure == null) {
      out.println("no promise was broken");
      return true;
    }
    out.println("FAILED: " + failure.words());
    if (!(failure.cause() instanceof Broken) && !(failure.cause() instanceof StuckException)) {
      failure.cause().printStackTrace(out);
    }
    out.println("shrinking ...");
    Failure shortest = Simulation.shrunk(failure, Simulation::failure);
    out.println("the shortest story found: " + shortest.words());
    return false;
  }
}
