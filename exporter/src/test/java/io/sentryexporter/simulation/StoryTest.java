package io.sentryexporter.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sentryexporter.simulation.Story.Fault;
import io.sentryexporter.simulation.Story.Kind;
import java.time.Duration;
import java.util.EnumSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StoryTest {
  private static final long SEEDS = 500;

  @Test
  void aSeedAlwaysMakesTheSameStory() {
    assertThat(LongStream.range(0, SEEDS))
        .allSatisfy(seed -> assertThat(Story.of(seed)).isEqualTo(Story.of(seed)));
    assertThat(LongStream.range(0, SEEDS).mapToObj(Story::of).distinct()).hasSize((int) SEEDS);
  }

  @Test
  void everyFaultAndBothEndsOccurInAFewHundredStories() {
    var stories = LongStream.range(0, SEEDS).mapToObj(Story::of).toList();

    assertThat(
            stories.stream()
                .flatMap(story -> story.faults().stream())
                .map(Fault::kind)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Kind.class))))
        .isEqualTo(EnumSet.allOf(Kind.class));
    assertThat(stories).extracting(Story::exporters).contains(1, 2, 3);
    assertThat(stories)
        .anyMatch(
            story -> !story.epoch().start(story.end()).equals(story.epoch().start(story.start())));
  }

  @Test
  void aStoryIsReadAgainFromItsLine() {
    assertThat(LongStream.range(0, SEEDS).mapToObj(Story::of))
        .allSatisfy(story -> assertThat(Story.parse(story.toString())).isEqualTo(story));
  }

  @Test
  void whatIsNoStoryIsRefused() {
    var line = Story.of(1).toString();

    assertThatIllegalArgumentException().isThrownBy(() -> Story.parse("hello"));
    assertThatIllegalArgumentException().isThrownBy(() -> Story.parse("seed=1"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Story.parse(line.replaceFirst("length=\\S+", "length=5x")));
    assertThatIllegalArgumentException().isThrownBy(() -> Fault.parse("lag@1m"));
  }

  @Test
  void shorterStoriesHaveLessAndEndWithNothingLeftOut() {
    Story story = Story.of(4);
    int steps = 0;
    while (!story.shorter().isEmpty() && steps < 1_000) {
      Story first = story.shorter().getLast();
      assertThat(first).isNotEqualTo(story);
      assertThat(weight(first)).isLessThan(weight(story));
      story = first;
      steps++;
    }
    assertThat(steps).isLessThan(1_000);
    assertThat(story.faults()).isEmpty();
    assertThat(story.exporters()).isEqualTo(1);
  }

  private static long weight(Story story) {
    return story.length().toSeconds()
        + story.exporters()
        + story.scrapers()
        + story.projects()
        + (story.sessions() ? 1 : 0)
        + story.faults().stream()
            .mapToLong(fault -> 1 + fault.until().minus(fault.from()).toSeconds())
            .sum();
  }

  @Test
  void aFaultLastsUntilItsEnd() {
    var story =
        Story.parse(
            "seed=1 start=2026-11-18T00:00:00Z length=1h exporters=2 scrapers=2 projects=2"
                + " interval=1m timeout=10s refresh=1m max_stale=5m epoch=day sessions=false"
                + " limit=20 faults=lag@10m+5m*90#0,replica@20m+1m*0#1");
    var start = story.start();

    assertThat(story.at(start.plus(Duration.ofMinutes(10)).minusNanos(1), Kind.LAG)).isEmpty();
    assertThat(story.at(start.plus(Duration.ofMinutes(10)), Kind.LAG)).hasSize(1);
    assertThat(story.at(start.plus(Duration.ofMinutes(15)), Kind.LAG)).isEmpty();
    assertThat(story.exporter(1, start)).isEqualTo(1);
    assertThat(story.exporter(1, start.plus(Duration.ofMinutes(20)))).isZero();
    assertThat(story.words()).contains("10m to 15m: answers of Sentry are 90 s old");
  }
}
