package io.sentryexporter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.sentry.AnswerCache;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.message.SentryError;
import io.sentryexporter.simulator.world.History;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.PrometheusServer;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.TestSentry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// One random history of Sentry, scraped through exporters that come and go.
final class CounterPlay {
  static final String SERIES =
      "sentry_outcomes_total{category=\"error\",organization=\"acme\",outcome=\"accepted\",project=\"web\"}";
  private static final String AGE = "sentry_probe_data_age_seconds{collector=\"outcomes\"}";
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final List<Fault> OUTAGES =
      List.of(
          new Fault.Status(503),
          new Fault.TruncatedBody(),
          new Fault.HtmlLogin(),
          new Fault.Failure(SentryError.INTERNAL));

  private final Random random;
  private final String name;
  private final Instant start;
  private final Duration interval;
  private final int scrapes;
  private final boolean stored;
  private final Epoch epoch;
  private final Instant epochStart;
  private final Instant epochEnd;
  private final ToldHistory history;
  private final List<Outage> outages = new ArrayList<>();

  /// A time during which Sentry's statistics cannot be had.
  private record Outage(int fromScrape, int untilScrape, Fault fault) {}

  /// What one scraper has got from one exporter.
  ///
  /// @param first and `last`, when it got its first and last sample
  /// @param firstKnown as of when the first sample was, likewise the last
  /// @param windows what is counted at the end
  /// @param told time, value and as of when, to look into a failure
  record Scraped(
      String labels,
      ToldHistory history,
      Instant first,
      Instant firstKnown,
      Instant last,
      Instant lastKnown,
      Windows windows,
      List<String> told) {

    /// The increase as Prometheus computes it.
    void judge(PrometheusServer prometheus, String story) {
      // A millisecond more, for newer servers leave out the sample at the range's very start.
      long range = Duration.between(first, last).toMillis() + 1;
      var answer =
          prometheus.values(
              "increase(sentry_outcomes_total{%s}[%dms])".formatted(labels, range), last);
      if (first.equals(last)) {
        assertThat(answer).as("%s: %s has one sample", story, labels).isEmpty();
        return;
      }
      assertThat(answer).as("%s: %s", story, labels).hasSize(1);
      double increase = answer.values().iterator().next();

      long truth = history.happened(first, last);
      long late = history.unknown(Instant.MIN, first, firstKnown);
      long unknown = windows.unknown(history, first, last, lastKnown);
      long lost = windows.lost(history, first);
      long corrected = history.corrected(first);
      double rounding = 1 + truth * 1e-4; // Prometheus stretches a millisecond's worth
      assertThat(increase)
          .as(
              "%s: %s, %s to %s, truth %d, late %d, unknown %d, lost %d, corrected %d%n%s%n",
              story,
              labels,
              first,
              last,
              truth,
              late,
              unknown,
              lost,
              corrected,
              String.join("\n", told))
          .isLessThanOrEqualTo(truth + late + rounding)
          .isGreaterThanOrEqualTo(truth - unknown - lost - corrected - rounding);
    }
  }

  /// The window that ends while a scraper scrapes, and the next.
  ///
  /// @param end of the old window
  /// @param isNew whether the last sample is of the new window
  /// @param oldKnown as of when the last sample of the old window was
  record Windows(Instant end, boolean isNew, Instant oldKnown) {
    /// What Sentry reports of the old window after its last sample.
    long lost(ToldHistory history, Instant first) {
      return isNew ? history.unknown(first, end.minusMillis(1), oldKnown) : 0;
    }

    /// What the last sample cannot have: Sentry did not know of it, or it is not of its window.
    long unknown(ToldHistory history, Instant first, Instant last, Instant lastKnown) {
      Instant justBefore = end.minusMillis(1);
      if (isNew) {
        Instant from = first.isAfter(justBefore) ? first : justBefore;
        return history.unknown(from, last, lastKnown);
      }
      Instant until = last.isBefore(end) ? last : justBefore;
      return history.unknown(first, until, lastKnown)
          + (last.isBefore(end) ? 0 : history.happened(justBefore, last));
    }
  }

  private CounterPlay(Random random, String name) {
    this.random = random;
    this.name = name;
    boolean ends = random.nextInt(2) == 0;
    boolean isSmall = random.nextInt(3) == 0;
    this.epoch = random.nextInt(3) == 0 ? Epoch.DAY : Epoch.MONTH;
    this.stored = random.nextBoolean();
    this.interval = Duration.ofSeconds(List.of(15, 30, 60).get(random.nextInt(3)));
    this.scrapes = 40 + random.nextInt(60);
    Duration half = interval.multipliedBy(scrapes / 2);
    Instant month = Instant.parse("2026-11-01T00:00:00Z");
    Instant middle = Instant.parse("2026-11-17T09:00:00Z").plusSeconds(random.nextInt(12 * 3_600));
    Instant day = Instant.parse("2026-11-17T00:00:00Z");
    this.epochStart = epoch == Epoch.DAY ? day : month;
    this.epochEnd = epoch.end(epochStart);
    this.start = ends ? epochEnd.plusSeconds(7).minus(half) : middle;
    Instant until = start.plus(interval.multipliedBy(scrapes + 1L)).plusSeconds(600);
    int latePercent = random.nextInt(3) * 10;
    Duration latest = Duration.ofMinutes(random.nextInt(30));
    this.history =
        isSmall
            ? ToldHistory.small(random, epochStart, start, until, latePercent, latest)
            : ToldHistory.growing(random, epochStart, start, until, latePercent, latest);
    addTrouble();
  }

  static CounterPlay random(Random random, String name) {
    return new CounterPlay(random, name);
  }

  /// Outages; and sums that fall, for longer where the exporters keep their marks over a restart
  /// than where they read twice.
  private void addTrouble() {
    for (int i = random.nextInt(3); i > 0; i--) {
      int from = 1 + random.nextInt(scrapes - 1);
      int until = from + 1 + random.nextInt(8);
      outages.add(new Outage(from, until, OUTAGES.get(random.nextInt(OUTAGES.size()))));
    }
    if (stored) {
      for (int i = random.nextInt(4); i > 0; i--) {
        Instant from = start.plus(interval.multipliedBy(2 + random.nextInt(scrapes)));
        history.lag(
            from, from.plusSeconds(random.nextInt(300)), Duration.ofSeconds(random.nextInt(200)));
      }
      if (random.nextBoolean()) {
        history.correct(
            start.plus(interval.multipliedBy(2 + random.nextInt(scrapes / 3))),
            random.nextInt(500));
      }
    } else {
      for (int i = random.nextInt(4); i > 0; i--) {
        Instant from = start.plus(interval.multipliedBy(2 + random.nextInt(scrapes)));
        history.lag(from, from.plusSeconds(7), Duration.ofSeconds(random.nextInt(200)));
      }
    }
  }

  /// Plays it to its end.
  ///
  /// @param samples where what was scraped is added
  List<Scraped> run(Path folder, OpenMetricsSamples samples) {
    var clock = new TestClock(start);
    var world =
        SimulatedWorld.demo(1)
            .withHistory(
                "acme", List.of(History.Stream.of("web", "error", "accepted", "none")), history);
    var scrapers = new ArrayList<Scraper>();
    try (var sentry = TestSentry.start(world, clock)) {
      var exporters = new ArrayList<Exporter>();
      try {
        for (int e = 0; e < 1 + random.nextInt(2); e++) {
          var exporter = new Exporter(sentry, clock, stored ? folder.resolve("" + e) : null);
          exporters.add(exporter);
          for (int s = 0; s < 1 + random.nextInt(2); s++) {
            scrapers.add(
                new Scraper(
                    exporter, "play=\"%s\",exporter=\"%d\",scraper=\"%d\"".formatted(name, e, s)));
          }
        }
        play(sentry, clock, exporters, scrapers, samples);
      } finally {
        exporters.forEach(Exporter::close);
      }
    }
    return scrapers.stream().filter(Scraper::hasSamples).map(Scraper::result).toList();
  }

  private void play(
      SimulatedSentry sentry,
      TestClock clock,
      List<Exporter> exporters,
      List<Scraper> scrapers,
      OpenMetricsSamples samples) {
    for (int number = 0; number < scrapes; number++) {
      sentry.faults().clear();
      for (Outage outage : outages) {
        if (outage.fromScrape() <= number && number < outage.untilScrape()) {
          sentry.faults().when(path -> path.contains("/stats_v2/"), outage.fault());
        }
      }
      for (Exporter exporter : exporters) {
        if (number > 0 && random.nextInt(25) == 0) {
          exporter.restart();
        }
      }
      Duration left = interval;
      for (Scraper scraper : scrapers) {
        scraper.scrape(clock, samples);
        Duration step = left.dividedBy(scrapers.size() + 1).truncatedTo(ChronoUnit.SECONDS);
        clock.advance(step);
        left = left.minus(step);
      }
      clock.advance(left);
    }
  }

  /// A configuration with outcomes alone, fetched anew every 20 seconds.
  static String config(URI sentry, Epoch epoch) {
    return """
    instances:
      default: {url: %s, auth_token: %s}
    modules:
      sentry:
        prober: sentry
        collectors:
          outcomes: {refresh_interval: 20s, max_stale: 10m, epoch: %s}
    """
        .formatted(sentry, SimulatedSentry.TOKEN, epoch.label());
  }

  /// Waits until what was exposed is stored, too: that comes after the answer, and an exporter that
  /// ends gives it a second.
  static void awaitMarks() {
    Eventually.within(
        PATIENCE,
        () ->
            assertThat(Thread.getAllStackTraces().values())
                .allSatisfy(frames ->
                    assertThat(frames)
                        .noneMatch(frame ->
                            frame.getClassName().equals(AnswerCache.class.getName())
                                && frame.getMethodName().equals("fly"))));
  }

  /// An exporter that can be restarted.
  private final class Exporter implements AutoCloseable {
    private final SimulatedSentry sentry;
    private final TestClock clock;
    private final @Nullable Path storage;
    private RunningExporter running;

    Exporter(SimulatedSentry sentry, TestClock clock, @Nullable Path storage) {
      this.sentry = sentry;
      this.clock = clock;
      this.storage = storage;
      this.running = start();
    }

    private RunningExporter start() {
      return RunningExporter.readingTwice(config(sentry.url(), epoch), clock, storage);
    }

    void restart() {
      awaitMarks();
      running.close();
      running = start();
    }

    RunningExporter running() {
      return running;
    }

    @Override
    public void close() {
      running.close();
    }
  }

  /// Who scrapes one exporter at its interval.
  private final class Scraper {
    private final Exporter exporter;
    private final String labels;
    private final List<String> told = new ArrayList<>();
    private @Nullable Instant first;
    private @Nullable Instant firstKnown;
    private Instant last = Instant.MIN;
    private Instant lastKnown = Instant.MIN;
    private Instant oldKnown = Instant.MIN;
    private boolean isNew;

    Scraper(Exporter exporter, String labels) {
      this.exporter = exporter;
      this.labels = labels;
    }

    void scrape(TestClock clock, OpenMetricsSamples samples) {
      var page =
          exporter
              .running()
              .get("/probe?target=acme/web", "X-Prometheus-Scrape-Timeout-Seconds", "10");
      if (!page.has(SERIES)) {
        return; // no event, and none reported
      }
      Instant now = clock.instant(); // a first reading and a second have taken their time
      double value = page.value(SERIES);
      Instant taken = now.minusMillis((long) (page.value(AGE) * 1e3));
      Instant known = history.knownAt(taken);
      samples.add(labels, value, now);
      told.add(now + " " + value + " " + known);
      if (first == null) {
        first = now;
        firstKnown = known;
      }
      isNew = !taken.isBefore(epochEnd.plusSeconds(120));
      if (!isNew && known.isAfter(oldKnown)) {
        oldKnown = known;
      }
      last = now;
      lastKnown = known.isAfter(lastKnown) ? known : lastKnown;
    }

    /// Whether anything had happened before its end.
    boolean hasSamples() {
      return first != null;
    }

    Scraped result() {
      return new Scraped(
          labels,
          history,
          Objects.requireNonNull(first),
          Objects.requireNonNull(firstKnown),
          last,
          lastKnown,
          new Windows(epochEnd, isNew, oldKnown),
          told);
    }
  }
}
