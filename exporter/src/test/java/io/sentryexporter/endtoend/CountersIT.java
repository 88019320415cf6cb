package io.sentryexporter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.InstanceOfAssertFactories.DOUBLE;

import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.world.History;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.PrometheusServer;
import io.sentryexporter.testing.RealParts;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.TestSentry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whether `increase()` over our counters is right, judged by Prometheus itself: made-up histories
/// of Sentry are scraped through the exporter, and the samples become blocks of a real Prometheus.
@Tag(RealParts.TAG)
class CountersIT {
  private static final int PLAYS = RealParts.share(15, 60);
  private static final String COUNTER = "sentry_outcomes_total";

  @TempDir Path work = Path.of("");

  @Test
  void increaseIsTheTruthExceptForWhatSentryHasNotReportedYet(TestReporter reporter)
      throws IOException {
    long seed = Long.getLong("counters.seed", new Random().nextLong());
    String story = "-Dcounters.seed=" + seed;
    reporter.publishEntry("seed", story);
    var scraped = new ArrayList<CounterPlay.Scraped>();
    var samples = new OpenMetricsSamples(COUNTER);
    int only = Integer.getInteger("counters.play", -1);
    for (int number = Math.max(0, only); number < (only < 0 ? PLAYS : only + 1); number++) {
      var play = CounterPlay.random(new Random(seed + number), Integer.toString(number));
      scraped.addAll(play.run(Files.createDirectories(work.resolve("play-" + number)), samples));
    }

    try (var prometheus = PrometheusServer.over(work, samples.write(work.resolve("samples.txt")))) {
      assertThat(scraped).hasSizeGreaterThanOrEqualTo(only < 0 ? PLAYS : 1);
      scraped.forEach(each -> each.judge(prometheus, story));
    }
  }

  /// The one weak spot, which `docs/counters.md` names with its values.
  @Test
  void withoutStorageARestartWhileSumsAreBehindCountsTheMonthOnceMore() throws IOException {
    assertThat(increaseOverARestartInADip(null)).isCloseTo(1_043_959, within(1.0));
    assertThat(increaseOverARestartInADip(work.resolve("marks"))).isCloseTo(6_600, within(1.0));
  }

  private double increaseOverARestartInADip(@Nullable Path storage) throws IOException {
    var clock = TestClock.at("2026-11-17T09:00:00Z");
    Instant start = clock.instant();
    History history = // ten events a second, and a minute of answers that are two minutes old
        (_, from, _, now) -> {
          Instant known =
              now.isAfter(start.plusSeconds(300)) && now.isBefore(start.plusSeconds(360))
                  ? now.minusSeconds(120)
                  : now;
          boolean whole = from.isBefore(start);
          return whole ? 1_000_000 + Duration.between(start, known).toSeconds() * 10 : 0;
        };
    var world =
        SimulatedWorld.demo(1)
            .withHistory(
                "acme", List.of(History.Stream.of("web", "error", "accepted", "none")), history);
    Path folder = Files.createTempDirectory(work, "dip");
    var samples = new OpenMetricsSamples(COUNTER);
    try (var sentry = TestSentry.start(world, clock)) {
      for (int run = 0; run < 2; run++) { // the second begins in the dip
        try (var exporter =
            RunningExporter.readingTwice(
                CounterPlay.config(sentry.url(), Epoch.MONTH), clock, storage)) {
          for (int scrape = 0; scrape < 11; scrape++) {
            double value = exporter.get("/probe?target=acme/web").value(CounterPlay.SERIES);
            samples.add("storage=\"%b\"".formatted(storage != null), value, clock.instant());
            clock.advance(Duration.ofSeconds(30));
          }
          CounterPlay.awaitMarks();
        }
      }
    }
    try (var prometheus =
        PrometheusServer.over(folder, samples.write(folder.resolve("samples.txt")))) {
      var values =
          prometheus.values("increase(" + COUNTER + "[11m])", clock.instant().minusSeconds(30));
      return values.values().iterator().next();
    }
  }

  /// Ten events a second, and answers that are always behind.
  @ParameterizedTest
  @CsvSource({"MONTH, 0", "MONTH, 60", "MONTH, 120", "DAY, 0", "DAY, 60", "DAY, 120"})
  void rateStaysNearTheTruthOverTheEnd(Epoch epoch, int secondsBehind) throws IOException {
    Instant end = epoch.end(epoch.start(Instant.parse("2026-11-30T12:00:00Z")));
    var clock = new TestClock(end.minusSeconds(1_193));
    History history =
        (_, from, until, now) -> {
          Instant known = now.minusSeconds(secondsBehind);
          Instant last = until.isBefore(known) ? until : known;
          return Math.max(0, Duration.between(from, last).toSeconds() * 10);
        };
    var world =
        SimulatedWorld.demo(1)
            .withHistory(
                "acme", List.of(History.Stream.of("web", "error", "accepted", "none")), history);
    var samples = new OpenMetricsSamples(COUNTER);
    Instant first = clock.instant();
    try (var sentry = TestSentry.start(world, clock);
        var exporter =
            RunningExporter.readingTwice(
                CounterPlay.config(sentry.url(), epoch), clock, work.resolve("marks"))) {
      while (clock.instant().isBefore(end.plusSeconds(1_200))) {
        double value = exporter.get("/probe?target=acme/web").value(CounterPlay.SERIES);
        samples.add("", value, clock.instant());
        clock.advance(Duration.ofMinutes(1));
      }
    }
    try (var prometheus = PrometheusServer.over(work, samples.write(work.resolve("samples.txt")))) {
      for (Instant at = first.plusSeconds(420); at.isBefore(end.plusSeconds(1_140)); ) {
        var rate = prometheus.values("rate(" + COUNTER + "[5m])", at).values();
        assertThat(rate).singleElement().asInstanceOf(DOUBLE).as("at %s", at).isBetween(4.5, 15.5);
        at = at.plusSeconds(15);
      }
    }
  }
}
