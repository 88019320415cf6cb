package io.sentryexporter.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulation.Page.Series;
import io.sentryexporter.testing.PrometheusServer;
import io.sentryexporter.testing.RealParts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/// Whether the simulation's judge adds up as Prometheus does: a real one is the second judge of the
/// samples of a few stories.
@Tag(RealParts.TAG)
class SecondJudgeIT {
  private static final int STORIES = RealParts.share(3, 12);

  @TempDir Path work = Path.of("");

  /// A series of one scraper of one story.
  private record Key(long seed, int scraper, Series series) {
    String labels() {
      return "seed=\"%d\",scraper=\"%d\",project=\"%s\",category=\"%s\",outcome=\"%s\""
          .formatted(
              seed,
              scraper,
              series.label("project"),
              series.label("category"),
              series.label("outcome"));
    }
  }

  private static final class Samples {
    private final StringBuilder lines = new StringBuilder();
    private final Instant first;
    private Instant last;
    private long increase;

    Samples(Instant first) {
      this.first = first;
      this.last = first;
    }
  }

  @Test
  void theJudgeOfTheSimulationComputesTheSameIncreaseAsPrometheus(TestReporter reporter)
      throws IOException {
    long first = Long.getLong("simulation.seed", new Random().nextInt(Integer.MAX_VALUE));
    reporter.publishEntry("seed", "-Dsimulation.seed=" + first);
    Map<Key, Samples> all = new LinkedHashMap<>();
    for (long seed = first; seed < first + STORIES; seed++) {
      long story = seed;
      var _ =
          Simulation.run(
              Story.of(seed),
              (scraper, series, at, value, increase) -> {
                var key = new Key(story, scraper, series);
                var samples = all.computeIfAbsent(key, _ -> new Samples(at));
                samples
                    .lines
                    .append(CounterJudge.EVENTS)
                    .append("{%s} %d %s%n".formatted(key.labels(), value, seconds(at)));
                samples.last = at;
                samples.increase = increase;
              });
    }
    var text = new StringBuilder("# TYPE sentry_outcomes counter\n");
    all.values().forEach(samples -> text.append(samples.lines));
    Path file = Files.writeString(work.resolve("samples.txt"), text.append("# EOF\n"));

    try (var prometheus = PrometheusServer.over(work, file)) {
      assertThat(all).hasSizeGreaterThan(STORIES);
      all.forEach((key, samples) -> judge(prometheus, key, samples));
    }
  }

  private static String seconds(Instant at) {
    return "%d.%03d".formatted(at.getEpochSecond(), at.getNano() / 1_000_000);
  }

  private static void judge(PrometheusServer prometheus, Key key, Samples samples) {
    Instant last = Instant.ofEpochMilli(samples.last.toEpochMilli());
    // A millisecond more, for newer servers leave out the sample at the range's very start.
    long range = Duration.between(samples.first, samples.last).toMillis() + 2;
    var values =
        prometheus.values(
            "increase(%s{%s}[%dms])".formatted(CounterJudge.EVENTS, key.labels(), range), last);
    if (samples.first.equals(samples.last)) {
      assertThat(values).as("%s has one sample", key).isEmpty();
      return;
    }
    assertThat(values).as("%s", key).hasSize(1);
    // Prometheus stretches the time between the samples by so many milliseconds at most.
    double rounding = 0.01 + samples.increase * Math.max(1e-4, 3.0 / range);
    assertThat(values.values().iterator().next())
        .as("%s, from %s to %s", key, samples.first, samples.last)
        .isBetween(samples.increase - rounding, samples.increase + rounding);
  }
}
