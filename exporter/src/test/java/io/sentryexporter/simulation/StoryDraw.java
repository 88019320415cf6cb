package io.sentryexporter.simulation;

import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.simulation.Story.Fault;
import io.sentryexporter.simulation.Story.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Draws the story of a seed.
final class StoryDraw {
  private final Random random;
  private final Duration length;
  private final int exporters;
  private final int projects;
  private final int scrapers;

  private StoryDraw(Random random) {
    this.random = random;
    this.length = Duration.ofMinutes(40 + random.nextInt(320));
    this.exporters = 1 + random.nextInt(3);
    this.scrapers = exporters + random.nextInt(2);
    this.projects = 2 + random.nextInt(3);
  }

  static Story of(long seed) {
    var random = new Random(seed);
    return new StoryDraw(random).story(seed);
  }

  private Story story(long seed) {
    var epoch = random.nextBoolean() ? Epoch.MONTH : Epoch.DAY;
    var interval = Duration.ofSeconds(pick(30, 60, 60, 60, 120));
    var refresh = Duration.ofSeconds(pick(20, 60, 60, 120, 300));
    var faults = new ArrayList<Fault>();
    int count = random.nextInt(12);
    Instant start = start();
    long end = Duration.between(start, epoch.end(epoch.start(start))).toSeconds();
    for (int i = 0; i < count; i++) {
      faults.add(fault(from(end, faults)));
    }
    return new Story(
        seed,
        start,
        length,
        exporters,
        scrapers,
        projects,
        interval,
        Duration.ofSeconds(pick(10, 10, 20, 30)),
        refresh,
        refresh.multipliedBy(pick(3, 5, 10)),
        epoch,
        random.nextInt(3) == 0,
        pick(1, 2, 3, 5, 10, 20),
        faults);
  }

  private int pick(int... numbers) {
    return numbers[random.nextInt(numbers.length)];
  }

  /// In two of three stories the month, and so the day, ends meanwhile; in some only the day.
  private Instant start() {
    var end =
        Instant.parse(random.nextInt(3) == 0 ? "2026-11-18T00:00:00Z" : "2026-12-01T00:00:00Z");
    return end.minusSeconds(random.nextLong(length.toSeconds() * 3 / 2));
  }

  /// When the next fault begins: at any time, near the end of the month or day, or near another
  /// one.
  private long from(long end, List<Fault> faults) {
    long near =
        switch (random.nextInt(4)) {
          case 0 -> end;
          case 1 -> faults.isEmpty() ? -1 : faults.getLast().from().toSeconds();
          default -> -1;
        };
    long from = near + random.nextInt(400) - 150;
    return near < 0 || from < 0 || from >= length.toSeconds()
        ? random.nextLong(length.toSeconds())
        : from;
  }

  private Fault fault(long from) {
    var kinds = Kind.values();
    Kind kind = kinds[random.nextInt(kinds.length)];
    return new Fault(
        kind,
        Duration.ofSeconds(from),
        Duration.ofSeconds(from + duration(kind)),
        number(kind),
        target(kind));
  }

  private long duration(Kind kind) {
    return switch (kind) {
      case CORRECTION, RENAME, SWAP, DELETE, CREATE, RELOAD, RELOAD_INSTANCE -> 0;
      case FORGETS_404 -> 10 + random.nextInt(280);
      case CRASH, CRASH_WITHOUT_STORAGE -> random.nextInt(3) == 0 ? 600 : 5;
      default -> random.nextInt(4) == 0 ? 60 + random.nextInt(3_600) : 5 + random.nextInt(300);
    };
  }

  private long number(Kind kind) {
    return switch (kind) {
      case LAG -> 10 + random.nextInt(170);
      case DIP, CORRECTION -> 1 + random.nextInt(40);
      case LATE -> 60 + random.nextInt(7_000);
      case TOO_MANY -> 1 + random.nextInt(90);
      case SERVER_ERROR -> pick(500, 502, 503, 504);
      case SLOW -> 100 + random.nextInt(9_000);
      case SENTRY_CLOCK -> random.nextInt(240) - 120;
      case EXPORTER_CLOCK -> random.nextInt(20_000) - 10_000;
      case REPLICA -> random.nextInt(exporters);
      default -> 0;
    };
  }

  private int target(Kind kind) {
    return switch (kind) {
      case EXPORTER_CLOCK, CRASH, CRASH_WITHOUT_STORAGE, RELOAD, RELOAD_INSTANCE ->
          random.nextInt(exporters);
      case REPLICA -> random.nextInt(scrapers);
      case SWAP -> 1 + random.nextInt(projects - 1);
      case MISSING -> 0;
      default -> random.nextInt(projects);
    };
  }
}
