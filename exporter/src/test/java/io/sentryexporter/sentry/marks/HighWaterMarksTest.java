package io.sentryexporter.sentry.marks;

import static io.sentryexporter.sentry.marks.MarkedCounters.ACCEPTED;
import static io.sentryexporter.sentry.marks.MarkedCounters.ACME;
import static io.sentryexporter.sentry.marks.MarkedCounters.FILTERED;
import static io.sentryexporter.sentry.marks.MarkedCounters.NOVEMBER;
import static io.sentryexporter.sentry.marks.MarkedCounters.accepted;
import static io.sentryexporter.sentry.marks.MarkedCounters.november;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.sentry.marks.MarkedCounters.Requested;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.testing.LogCapture;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A series that falls is held at its mark, unless it has started anew.
class HighWaterMarksTest {
  @TempDir Path parent;

  private final MarkedCounters counters = new MarkedCounters();

  @Test
  void aSeriesThatFallsIsHeldAndCountedOnceUntilItRecovers() throws Exception {
    var marks = counters.marks(MarksStorage.none());
    marks.raise(ACME, november(1, 100, 10));
    assertThat(accepted(marks.raise(ACME, november(2, 90, 12)))).isEqualTo(100);
    assertThat(accepted(marks.raise(ACME, november(3, 95, 12)))).isEqualTo(100);
    assertThat(counters.corrections()).isEqualTo(1);
    assertThat(accepted(marks.raise(ACME, november(4, 101, 12)))).isEqualTo(101);
    assertThat(accepted(marks.raise(ACME, november(5, 99, 12)))).isEqualTo(101);
    assertThat(counters.corrections()).isEqualTo(2);
  }

  @Test
  void whatDoesNotFallIsTakenAsItIs() throws Exception {
    var marks = counters.marks(MarksStorage.none());
    marks.raise(ACME, november(1, 100, 10));
    Totals raised = marks.raise(ACME, november(2, 90, 12));
    assertThat(raised.of(7)).isEqualTo(Map.of(ACCEPTED, 100L, FILTERED, 12L));
    assertThat(raised.end()).isEqualTo(NOVEMBER.plusSeconds(2));
  }

  @Test
  void aProjectThatIsGoneKeepsItsValues() throws Exception {
    var marks = counters.marks(MarksStorage.none());
    marks.raise(ACME, november(1, 100, 10));
    var without = new Totals(NOVEMBER, NOVEMBER.plusSeconds(2), Map.of(8L, Map.of(ACCEPTED, 5L)));
    Totals raised = marks.raise(ACME, without);
    assertThat(raised.of(7)).isEqualTo(Map.of(ACCEPTED, 100L, FILTERED, 10L));
    assertThat(raised.of(8)).isEqualTo(Map.of(ACCEPTED, 5L));
  }

  @Test
  void otherOrganizationsHaveOtherMarks() throws Exception {
    var marks = counters.marks(MarksStorage.none());
    marks.raise(ACME, november(1, 100, 10));
    var other = new Requested("other", Epoch.MONTH);
    assertThat(accepted(marks.raise(other, november(1, 5, 1)))).isEqualTo(5);
  }

  @Test
  void manyThreadsNeverSeeASeriesFall() throws Exception {
    var marks = counters.marks(MarksStorage.in(parent));
    try (var threads = Executors.newFixedThreadPool(8)) {
      List<Future<Boolean>> runs =
          IntStream.range(0, 8)
              .mapToObj(seed -> threads.submit(() -> neverFalls(marks, seed)))
              .toList();
      for (var run : runs) {
        assertThat(run.get()).isTrue();
      }
    }
    long greatest = accepted(marks.raise(ACME, november(1, 0, 0)));
    assertThat(accepted(counters.marks(MarksStorage.in(parent)).raise(ACME, november(1, 0, 0))))
        .isEqualTo(greatest);
  }

  @Test
  void aLastingFallBelowHalfIsBelievedWhenItGrows() throws Exception {
    var marks = counters.marks(MarksStorage.none());
    marks.raise(ACME, november(0, 1_000_000, 10));
    for (int minute = 1; minute <= 10; minute++) {
      assertThat(accepted(marks.raise(ACME, november(60 * minute, 12_000 + minute, 10))))
          .isEqualTo(1_000_000);
    }
    assertThat(accepted(marks.raise(ACME, november(660, 12_011, 10)))).isEqualTo(12_011);
    assertThat(accepted(marks.raise(ACME, november(720, 12_000, 10)))).isEqualTo(12_011);
  }

  @Test
  void whatStartedAnewIsStoredThoughItIsLower() throws Exception {
    var storage = MarksStorage.in(parent);
    var marks = counters.marks(storage);
    marks.raise(ACME, november(0, 1_000_000, 10));
    marks.save(ACME);
    for (int minute = 1; minute <= 11; minute++) {
      marks.raise(ACME, november(60 * minute, 12_000 + minute, 10));
    }
    marks.save(ACME);
    assertThat(accepted(counters.marks(storage).raise(ACME, november(720, 12_012, 10))))
        .isEqualTo(12_012);
  }

  @Test
  void whatStartedAnewIsStoredThoughItIsLowerAlsoWhereTheDiskFailedFirst() throws Exception {
    var storage = MarksStorage.in(parent);
    var marks = counters.marks(storage);
    marks.raise(ACME, november(0, 1_000_000, 10));
    marks.save(ACME);
    for (int minute = 1; minute <= 11; minute++) {
      marks.raise(ACME, november(60 * minute, 12_000 + minute, 10));
    }
    Path folder = parent.resolve("marks");
    Path away = Files.move(folder, parent.resolve("away"));
    Files.writeString(folder, "not a folder");
    marks.save(ACME);
    Files.delete(folder);
    Files.move(away, folder);
    marks.save(ACME);
    assertThat(accepted(counters.marks(storage).raise(ACME, november(720, 12_012, 10))))
        .isEqualTo(12_012);
  }

  @Test
  void aZeroThatSentryLeavesOutAfterwardsIsNoCorrection() throws Exception {
    var marks = counters.marks(MarksStorage.none());
    marks.raise(ACME, november(0, 0, 10));
    var without = new Totals(NOVEMBER, NOVEMBER.plusSeconds(1), Map.of(7L, Map.of(FILTERED, 10L)));
    assertThat(marks.raise(ACME, without)).isEqualTo(november(1, 0, 10));
    assertThat(counters.corrections()).isZero();
  }

  @Test
  void aFallThatDoesNotGrowOrIsNotBelowHalfIsHeld() throws Exception {
    var marks = counters.marks(MarksStorage.none());
    marks.raise(ACME, november(0, 1_000, 1_000));
    Totals raised = november(0, 0, 0);
    for (int minute = 1; minute <= 120; minute++) {
      raised = marks.raise(ACME, november(60 * minute, 400, 500 + minute));
    }
    assertThat(raised.of(7)).isEqualTo(Map.of(ACCEPTED, 1_000L, FILTERED, 1_000L));
  }

  @Test
  void seriesThatWereLostWithAGrowingOneAreBelievedToo() throws Exception {
    var marks = counters.marks(MarksStorage.none());
    marks.raise(ACME, november(0, 1_000_000, 800));
    Totals raised = november(0, 0, 0);
    for (int minute = 1; minute <= 11; minute++) {
      raised = marks.raise(ACME, november(60 * minute, 100L * minute, 0));
    }
    assertThat(raised.of(7)).isEqualTo(Map.of(ACCEPTED, 1_100L, FILTERED, 0L));
  }

  @Test
  void aSeriesHeldByMoreThanAPercentOrForOverAnHourIsOnThePage() throws Exception {
    var marks = counters.marks(MarksStorage.none());
    marks.raise(ACME, november(0, 100_000, 1000));
    assertThat(counters.held()).isZero();
    marks.raise(ACME, november(60, 99_500, 980));
    assertThat(counters.held()).as("filtered by 2 %").isOne();
    marks.raise(ACME, november(120, 99_500, 1000));
    assertThat(counters.held()).isZero();
    marks.raise(ACME, november(3_720, 99_500, 1000));
    assertThat(counters.held()).as("accepted for over an hour").isOne();
    marks.raise(ACME, november(3_780, 100_001, 1000));
    assertThat(counters.held()).isZero();
  }

  @Test
  void exactlyHalfOfAMarkIsHeld() throws Exception {
    var marks = counters.marks(MarksStorage.none());
    marks.raise(ACME, november(0, 1_000, 10));
    for (int minute = 1; minute <= 11; minute++) {
      assertThat(accepted(marks.raise(ACME, november(60 * minute, 489 + minute, 10))))
          .isEqualTo(1_000);
    }
    assertThat(counters.corrections()).isEqualTo(1);
  }

  @Test
  void theTenthAnswerOfTenMinutesIsBelieved() throws Exception {
    var log = LogCapture.of(HighWaterMarks.class);
    var marks = counters.marks(MarksStorage.none());
    marks.raise(ACME, november(0, 1_000, 10));
    for (int answer = 1; answer < 10; answer++) {
      assertThat(accepted(marks.raise(ACME, november(67 * answer, 100 + answer, 10))))
          .isEqualTo(1_000);
    }
    assertThat(accepted(marks.raise(ACME, november(670, 110, 10)))).isEqualTo(110);
    assertThat(log.lines()).last().asString().contains("counters start anew");
  }

  @Test
  void aCounterThatIsHeldByMoreThanAPercentIsInTheLogOnce() throws Exception {
    var log = LogCapture.of(HighWaterMarks.class);
    var marks = counters.marks(MarksStorage.none());
    marks.raise(ACME, november(0, 100, 10));
    marks.raise(ACME, november(60, 99, 10));
    assertThat(log.lines()).isEmpty();
    assertThat(counters.held()).isZero();
    marks.raise(ACME, november(120, 98, 10));
    marks.raise(ACME, november(180, 97, 10));
    assertThat(log.lines()).singleElement().asString().contains("exposed=100", "reported=98");
    assertThat(counters.held()).isOne();
  }

  @Test
  void marksAreProvenByASecondReadingOrByAnEarlierProcess() throws Exception {
    var storage = MarksStorage.in(parent);
    var marks = counters.marks(storage);
    assertThat(marks.areProven(ACME)).isFalse();
    marks.raise(ACME, november(1, 100, 10));
    assertThat(marks.areProven(ACME)).isFalse();
    marks.prove(ACME);
    assertThat(marks.areProven(ACME)).isTrue();
    marks.save(ACME);
    assertThat(counters.marks(storage).areProven(ACME)).isTrue();
  }

  @Test
  void anAnswerIsTheFirstUntilMarksOfItsEpochAreProven() throws Exception {
    var marks = counters.marks(MarksStorage.none());
    assertThat(marks.isFirst(ACME, november(1, 100, 10))).isTrue();
    marks.prove(ACME);
    assertThat(marks.isFirst(ACME, november(1, 100, 10))).as("there are none").isTrue();
    marks.raise(ACME, november(1, 100, 10));
    assertThat(marks.isFirst(ACME, november(2, 100, 10))).isFalse();
    assertThat(marks.isFirst(ACME, MarkedCounters.december(1, 1, 1))).isTrue();
    var unproven = counters.marks(MarksStorage.none());
    unproven.raise(ACME, november(1, 100, 10));
    assertThat(unproven.isFirst(ACME, november(2, 100, 10))).isTrue();
  }

  @Test
  void countersThatNobodyRequestsAnyMoreAreNotHeld() throws Exception {
    var marks = counters.marks(MarksStorage.none());
    marks.raise(ACME, november(0, 100, 1000));
    marks.raise(ACME, november(60, 50, 1000));
    assertThat(counters.held()).isOne();
    counters.clock.advance(Duration.ofMinutes(15));
    assertThat(counters.held()).isZero();
  }

  @Test
  void beyondTwentyThousandRequestsTheMarksOfTheOneOfLongestAgoAreForgotten() throws Exception {
    var marks = counters.marks(MarksStorage.none());
    for (int i = 0; i < 20_000; i++) {
      marks.raise(organization(i), november(1, 100, 10));
    }
    assertThat(accepted(marks.raise(organization(0), november(2, 90, 10)))).isEqualTo(100);
    marks.raise(organization(20_000), november(1, 100, 10));
    assertThat(accepted(marks.raise(organization(2), november(2, 90, 10)))).isEqualTo(100);
    assertThat(accepted(marks.raise(organization(1), november(2, 90, 10)))).isEqualTo(90);
  }

  private static Requested organization(int number) {
    return new Requested("organization-" + number, Epoch.MONTH);
  }

  @Test
  void beyondTenThousandInstancesTheMarksOfTheOneOfLongestAgoAreForgotten() {
    var instances = counters.instances(MarksStorage.none());
    var url = URI.create("https://sentry.example");
    var all = new ArrayList<HighWaterMarks>();
    for (int i = 0; i < 10_000; i++) {
      all.add(instances.of("instance-" + i, url));
    }
    assertThat(instances.of("instance-0", url)).isSameAs(all.getFirst());
    assertThat(instances.of("instance-10000", url)).isNotNull();
    assertThat(instances.of("instance-2", url)).isSameAs(all.get(2));
    assertThat(instances.of("instance-1", url)).isNotSameAs(all.get(1));
  }

  private static boolean neverFalls(HighWaterMarks marks, int seed) throws SentryException {
    var random = new java.util.Random(seed);
    long last = 0;
    boolean rises = true;
    for (int i = 0; i < 200; i++) {
      long now = accepted(marks.raise(ACME, november(i, 1000 + random.nextInt(1000), i)));
      rises &= now >= last;
      last = now;
      if (i % 20 == 0 || i == 199) {
        marks.save(ACME);
      }
    }
    return rises;
  }
}
