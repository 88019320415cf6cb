package io.sentryexporter.sentry.marks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.sentry.api.CounterRequest;
import io.sentryexporter.sentry.api.Outcomes;
import io.sentryexporter.sentry.api.ProjectStats;
import io.sentryexporter.sentry.api.Sessions;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Epoch;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.testing.TestMetrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HighWaterMarksTest {
  private static final Instant NOVEMBER = Instant.parse("2026-11-01T00:00:00Z");
  private static final Instant DECEMBER = Instant.parse("2026-12-01T00:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final OutcomeKey ACCEPTED = new OutcomeKey("error", "accepted");
  private static final OutcomeKey FILTERED = new OutcomeKey("error", "filtered");
  private static final Requested ACME = new Requested("acme", Epoch.MONTH);

  @TempDir Path parent;

  private final TestClock clock = new TestClock(NOVEMBER);
  private final ExporterMetrics metrics = TestMetrics.create();

  record Requested(String organization, Epoch epoch, Duration refreshInterval)
      implements CounterRequest {
    Requested(String organization, Epoch epoch) {
      this(organization, epoch, Duration.ofMinutes(1));
    }

    @Override
    public Counting counting() {
      return Counting.refreshedEach(refreshInterval, epoch);
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
    public Totals fetch(Fetching sentry) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void aSeriesThatFallsIsHeldAndCountedOnceUntilItRecovers() throws Exception {
    var marks = marks(MarksStorage.none());
    marks.raise(ACME, november(1, 100, 10));
    assertThat(accepted(marks.raise(ACME, november(2, 90, 12)))).isEqualTo(100);
    assertThat(accepted(marks.raise(ACME, november(3, 95, 12)))).isEqualTo(100);
    assertThat(corrections()).isEqualTo(1);
    assertThat(accepted(marks.raise(ACME, november(4, 101, 12)))).isEqualTo(101);
    assertThat(accepted(marks.raise(ACME, november(5, 99, 12)))).isEqualTo(101);
    assertThat(corrections()).isEqualTo(2);
  }

  @Test
  void whatDoesNotFallIsTakenAsItIs() throws Exception {
    var marks = marks(MarksStorage.none());
    marks.raise(ACME, november(1, 100, 10));
    Totals raised = marks.raise(ACME, november(2, 90, 12));
    assertThat(raised.of(7)).isEqualTo(Map.of(ACCEPTED, 100L, FILTERED, 12L));
    assertThat(raised.end()).isEqualTo(NOVEMBER.plusSeconds(2));
  }

  @Test
  void aProjectThatIsGoneKeepsItsValues() throws Exception {
    var marks = marks(MarksStorage.none());
    marks.raise(ACME, november(1, 100, 10));
    var without = new Totals(NOVEMBER, NOVEMBER.plusSeconds(2), Map.of(8L, Map.of(ACCEPTED, 5L)));
    Totals raised = marks.raise(ACME, without);
    assertThat(raised.of(7)).isEqualTo(Map.of(ACCEPTED, 100L, FILTERED, 10L));
    assertThat(raised.of(8)).isEqualTo(Map.of(ACCEPTED, 5L));
  }

  @Test
  void nothingIsCarriedIntoAnotherEpoch() throws Exception {
    var marks = marks(MarksStorage.none());
    marks.raise(ACME, november(1, 100, 10));
    var december = new Totals(DECEMBER, DECEMBER.plusSeconds(1), Map.of(7L, Map.of(ACCEPTED, 1L)));
    assertThat(marks.raise(ACME, december).of(7)).isEqualTo(Map.of(ACCEPTED, 1L, FILTERED, 0L));
    assertThat(corrections()).isZero();
  }

  @Test
  void otherOrganizationsHaveOtherMarks() throws Exception {
    var marks = marks(MarksStorage.none());
    marks.raise(ACME, november(1, 100, 10));
    var other = new Requested("other", Epoch.MONTH);
    assertThat(accepted(marks.raise(other, november(1, 5, 1)))).isEqualTo(5);
  }

  @Test
  void marksOutliveTheProcessWhereTheyAreStored() throws Exception {
    var storage = MarksStorage.in(parent.resolve("made/when/needed"));
    var before = marks(storage);
    before.raise(ACME, november(1, 100, 10));
    before.save(ACME);
    assertThat(accepted(marks(storage).raise(ACME, november(2, 60, 12)))).isEqualTo(100);
  }

  @Test
  void anInstanceOfTheSameNameElsewhereHasMarksOfItsOwn() throws Exception {
    var storage = MarksStorage.in(parent);
    var instances = new InstanceMarks(storage, metrics.sentry(), clock::nanos);
    var here = instances.of("default", URI.create("https://here.example"));
    here.raise(ACME, november(1, 100, 10));
    here.save(ACME);
    var there = instances.of("default", URI.create("https://there.example"));
    assertThat(accepted(there.raise(ACME, november(1, 60, 12)))).isEqualTo(60);
  }

  @Test
  void manyThreadsNeverSeeASeriesFall() throws Exception {
    var marks = marks(MarksStorage.in(parent));
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
    assertThat(accepted(marks(MarksStorage.in(parent)).raise(ACME, november(1, 0, 0))))
        .isEqualTo(greatest);
  }

  private static boolean neverFalls(HighWaterMarks marks, int seed)
      throws SentryException.Malformed {
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

  /// Files of earlier versions must be found: neither may change.
  @Test
  void theKeyAndTheNameOfAFileAreTheSameInAllVersions() throws Exception {
    var outcomes = new Outcomes.ByProject("acme", Counting.refreshedEach(HOUR, Epoch.MONTH));
    var ofProject = new ProjectStats("acme", "web", 42, Counting.refreshedEach(HOUR, Epoch.DAY));
    assertThat(outcomes.markKey()).isEqualTo("outcomes\nmonth\nacme");
    assertThat(ofProject.markKey()).isEqualTo("outcomes-of-project-42\nday\nacme");
    assertThat(new Outcomes.ByReason("acme", outcomes.counting()).markKey())
        .isEqualTo("outcome-reasons\nmonth\nacme");
    assertThat(new Sessions.Counters("acme", outcomes.counting()).markKey())
        .isEqualTo("sessions\nmonth\nacme");
    var marks = marks(MarksStorage.in(parent));
    marks.raise(outcomes, november(1, 100, 10));
    marks.save(outcomes);
    assertThat(onlyFile()).hasToString(parent + "/marks/b7acd98b5729e501cfccfb2e16765ce3.marks");
    assertThat(Files.readAllBytes(onlyFile())).startsWith('S', 'M', 0, 1);
  }

  @Test
  void nothingIsMadeBeforeACounterIsSaved() throws Exception {
    Path folder = parent.resolve("data");
    var marks = marks(MarksStorage.in(folder));
    marks.raise(ACME, november(1, 100, 10));
    assertThat(folder).doesNotExist();
    marks.save(ACME);
    assertThat(folder.resolve("marks")).isDirectory();
  }

  @Test
  void aFileCutShortAtAnyByteOrChangedInAnyIsIgnored() throws Exception {
    var storage = MarksStorage.in(parent);
    storage.save("x", november(1, 100, 10), false);
    assertThat(storage.load("x")).isEqualTo(november(1, 100, 10));
    Path file = onlyFile();
    byte[] whole = Files.readAllBytes(file);
    for (int i = 0; i < whole.length; i++) {
      Files.write(file, java.util.Arrays.copyOf(whole, i));
      assertThat(storage.load("x")).as("cut at " + i).isNull();
      byte[] changed = whole.clone();
      changed[i] ^= 0x20;
      Files.write(file, changed);
      assertThat(storage.load("x")).as("changed at " + i).isNull();
    }
  }

  @Test
  void aFileOfAnotherRequestIsIgnored() throws Exception {
    var storage = MarksStorage.in(parent);
    storage.save("x", november(1, 100, 10), false);
    byte[] foreign = Files.readAllBytes(onlyFile());
    Files.delete(onlyFile());
    storage.save("y", november(1, 5, 1), false);
    Files.write(onlyFile(), foreign);
    assertThat(storage.load("y")).isNull();
  }

  @Test
  void aFolderThatCannotBeWrittenCostsNothingButTheMarks() throws Exception {
    Path file = Files.writeString(parent.resolve("file"), "not a folder");
    var storage = MarksStorage.in(file.resolve("below"));
    var marks = marks(storage);
    marks.raise(ACME, november(1, 100, 10));
    marks.save(ACME);
    assertThat(accepted(marks.raise(ACME, november(2, 90, 12)))).isEqualTo(100);
    assertThat(storage.load("x")).isNull();
    Files.delete(file);
    marks.raise(ACME, november(2, 90, 12));
    marks.save(ACME);
    assertThat(accepted(marks(storage).raise(ACME, november(3, 0, 0)))).isEqualTo(100);
  }

  @Test
  void somethingElseInAFilesPlaceCostsNothingButTheMarks() throws Exception {
    var storage = MarksStorage.in(parent);
    storage.save("x", november(1, 100, 10), false);
    Path file = onlyFile();
    Files.delete(file);
    Files.createDirectory(file); // a pipe, from which reading never returns, is none of Java's
    assertThat(storage.load("x")).isNull();
    Files.delete(file);
    storage.save("x", november(2, 101, 10), false);
    assertThat(storage.load("x")).isEqualTo(november(2, 101, 10));
  }

  @Test
  void theHigherMarksOfTwoProcessesAreKept() throws Exception {
    var one = MarksStorage.in(parent);
    one.save("x", november(2, 100, 10), false);
    one.close();
    MarksStorage.in(parent).save("x", november(1, 90, 12), false);
    assertThat(one.load("x")).isEqualTo(november(2, 100, 12));
  }

  @Test
  void aProcessThatIsBehindDoesNotOverwriteTheNextEpoch() throws Exception {
    var storage = MarksStorage.in(parent);
    Totals december = december(60, 1, 1);
    storage.save("x", december, false);
    storage.save("x", new Totals(NOVEMBER, DECEMBER, Map.of(7L, Map.of(ACCEPTED, 9L))), false);
    assertThat(storage.load("x")).isEqualTo(december);
  }

  @Test
  void anEpochFarInTheFutureThatAWrongClockLeftIsOverwritten() throws Exception {
    var storage = MarksStorage.in(parent);
    storage.save("x", december(60, 1, 1), false);
    storage.save("x", november(60, 100, 10), false);
    assertThat(storage.load("x")).isEqualTo(november(60, 100, 10));
  }

  @Test
  void twoProcessesWriteToOneFolderWithoutHarm() throws Exception {
    var storages = List.of(MarksStorage.in(parent), MarksStorage.in(parent));
    try (var threads = Executors.newFixedThreadPool(2)) {
      var runs =
          storages.stream().map(storage -> threads.submit(() -> savesAndLoads(storage))).toList();
      for (var run : runs) {
        run.get();
      }
    }
    storages.forEach(MarksStorage::close);
    assertThat(files()).allSatisfy(name -> assertThat(name).doesNotEndWith(".tmp"));
  }

  private static void savesAndLoads(MarksStorage storage) {
    for (int i = 0; i < 200; i++) {
      boolean isSaved = storage.save("x", november(i, i, i), false);
      if (isSaved) {
        Totals loaded = storage.load("x");
        assertThat(loaded == null ? -1 : accepted(loaded)).isGreaterThanOrEqualTo(i);
      }
    }
  }

  @Test
  void aSaveWhileAnotherProcessSavesIsMadeUpFor() throws Exception {
    var storage = MarksStorage.in(parent);
    var marks = marks(storage);
    marks.raise(ACME, november(1, 100, 10));
    marks.save(ACME);
    try (var channel = FileChannel.open(parent.resolve("marks/lock"), StandardOpenOption.WRITE);
        var _ = channel.lock(1, 1, false)) {
      marks.raise(ACME, november(2, 101, 10));
      marks.save(ACME);
    }
    marks.save(ACME);
    assertThat(accepted(marks(storage).raise(ACME, november(3, 0, 0)))).isEqualTo(101);
  }

  @Test
  void onlyOwnFilesOfEpochsThatEndedOver35DaysAgoAreDeleted() throws Exception {
    var storage = MarksStorage.in(parent);
    storage.save("september", since("2026-09-01T00:00:00Z"), false);
    storage.save("november", november(1, 100, 10), false);
    Path folder = parent.resolve("marks");
    Files.writeString(folder.resolve("0123456789abcdef0123456789abcdef.marks"), "of others");
    Files.writeString(folder.resolve("notes.txt"), "of others");
    storage.close();
    MarksStorage.in(parent).save("x", november(345_600, 1, 1), false);
    assertThat(storage.load("september")).as("ended on 1 October, 35 days ago").isNotNull();
    MarksStorage.in(parent).save("x", november(518_400, 1, 1), false);
    assertThat(storage.load("september")).isNull();
    assertThat(storage.load("november")).isNotNull();
    assertThat(files()).contains("0123456789abcdef0123456789abcdef.marks", "notes.txt");
  }

  private static Totals since(String start) {
    var first = Instant.parse(start);
    return new Totals(first, first.plusSeconds(1), Map.of());
  }

  @Test
  void aSeriesThatWouldNotShowTheResetIsZeroForOneRefresh() throws Exception {
    var marks = marks(MarksStorage.none());
    marks.raise(ACME, november(1, 3, 1000));
    Totals atSwitch = marks.raise(ACME, december(120, 3, 7));
    assertThat(atSwitch.of(7)).isEqualTo(Map.of(ACCEPTED, 0L, FILTERED, 7L));
    assertThat(accepted(marks.raise(ACME, december(150, 4, 7)))).as("another scraper").isZero();
    assertThat(accepted(marks.raise(ACME, december(180, 4, 8)))).isEqualTo(4);
    assertThat(corrections()).isZero();
  }

  @Test
  void aSeriesThatTheNewEpochDoesNotHaveYetIsZero() throws Exception {
    var marks = marks(MarksStorage.none());
    marks.raise(ACME, november(1, 3, 0));
    Totals atSwitch = marks.raise(ACME, new Totals(DECEMBER, DECEMBER.plusSeconds(120), Map.of()));
    assertThat(atSwitch.of(7)).isEqualTo(Map.of(ACCEPTED, 0L));
    assertThat(accepted(marks.raise(ACME, december(180, 5, 0)))).isEqualTo(5);
    assertThat(corrections()).isZero();
  }

  @Test
  void theResetIsShownAlsoByAProcessThatStartsAfterTheSwitch() throws Exception {
    var storage = MarksStorage.in(parent);
    var before = marks(storage);
    before.raise(ACME, november(1, 3, 10));
    before.save(ACME);
    var after = marks(storage);
    assertThat(accepted(after.raise(ACME, december(150, 5, 11)))).isZero();
    after.save(ACME);
    var onceMore = marks(storage);
    assertThat(accepted(onceMore.raise(ACME, december(170, 5, 11)))).as("not seen yet").isZero();
    assertThat(accepted(onceMore.raise(ACME, december(230, 5, 11)))).isEqualTo(5);
    onceMore.save(ACME);
    assertThat(accepted(marks(storage).raise(ACME, december(240, 5, 11)))).isEqualTo(5);
  }

  @Test
  void modulesThatSwitchAtOtherTimesEachKeepTheirEpoch() throws Exception {
    var rare = new Requested("acme", Epoch.MONTH, Duration.ofMinutes(10));
    var marks = marks(MarksStorage.none());
    marks.raise(ACME, november(1, 100, 10));
    marks.raise(rare, november(1, 100, 10));
    marks.raise(ACME, december(120, 101, 1));
    assertThat(accepted(marks.raise(ACME, december(180, 101, 1)))).isEqualTo(101);
    assertThat(accepted(marks.raise(rare, november(2, 90, 10)))).as("held").isEqualTo(100);
    assertThat(accepted(marks.raise(rare, december(600, 102, 1)))).as("its switch").isZero();
    assertThat(accepted(marks.raise(rare, december(1200, 102, 1)))).isEqualTo(102);
  }

  @Test
  void aModuleThatComesLaterShowsNoReset() throws Exception {
    var marks = marks(MarksStorage.none());
    marks.raise(ACME, november(1, 3, 10));
    marks.raise(ACME, december(120, 5, 1));
    var rare = new Requested("acme", Epoch.MONTH, Duration.ofMinutes(10));
    assertThat(accepted(marks.raise(rare, december(9000, 50, 1)))).isEqualTo(50);
  }

  @Test
  void theEpochNeverMovesBack() throws Exception {
    var marks = marks(MarksStorage.none());
    marks.raise(ACME, december(120, 5, 1));
    assertThatThrownBy(() -> marks.raise(ACME, november(1, 776_661, 10)))
        .isInstanceOf(SentryException.Malformed.class)
        .hasMessageContaining("a clock went back");
  }

  @Test
  void aLastingFallBelowHalfIsBelievedWhenItGrows() throws Exception {
    var marks = marks(MarksStorage.none());
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
    var marks = marks(storage);
    marks.raise(ACME, november(0, 1_000_000, 10));
    marks.save(ACME);
    for (int minute = 1; minute <= 11; minute++) {
      marks.raise(ACME, november(60 * minute, 12_000 + minute, 10));
    }
    marks.save(ACME);
    assertThat(accepted(marks(storage).raise(ACME, november(720, 12_012, 10)))).isEqualTo(12_012);
  }

  @Test
  void aFallThatDoesNotGrowOrIsNotBelowHalfIsHeld() throws Exception {
    var marks = marks(MarksStorage.none());
    marks.raise(ACME, november(0, 1_000, 1_000));
    Totals raised = november(0, 0, 0);
    for (int minute = 1; minute <= 120; minute++) {
      raised = marks.raise(ACME, november(60 * minute, 400, 500 + minute));
    }
    assertThat(raised.of(7)).isEqualTo(Map.of(ACCEPTED, 1_000L, FILTERED, 1_000L));
  }

  @Test
  void seriesThatWereLostWithAGrowingOneAreBelievedToo() throws Exception {
    var marks = marks(MarksStorage.none());
    marks.raise(ACME, november(0, 1_000_000, 800));
    Totals raised = november(0, 0, 0);
    for (int minute = 1; minute <= 11; minute++) {
      raised = marks.raise(ACME, november(60 * minute, 100L * minute, 0));
    }
    assertThat(raised.of(7)).isEqualTo(Map.of(ACCEPTED, 1_100L, FILTERED, 0L));
  }

  @Test
  void aSeriesHeldByMoreThanAPercentOrForOverAnHourIsOnThePage() throws Exception {
    var marks = marks(MarksStorage.none());
    marks.raise(ACME, november(0, 100_000, 1000));
    assertThat(held()).isZero();
    marks.raise(ACME, november(60, 99_500, 980));
    assertThat(held()).as("filtered by 2 %").isOne();
    marks.raise(ACME, november(120, 99_500, 1000));
    assertThat(held()).isZero();
    marks.raise(ACME, november(3_720, 99_500, 1000));
    assertThat(held()).as("accepted for over an hour").isOne();
    marks.raise(ACME, november(3_780, 100_001, 1000));
    assertThat(held()).isZero();
  }

  @Test
  void countersThatNobodyRequestsAnyMoreAreNotHeld() throws Exception {
    var marks = marks(MarksStorage.none());
    marks.raise(ACME, november(0, 100, 1000));
    marks.raise(ACME, november(60, 50, 1000));
    assertThat(held()).isOne();
    clock.advance(Duration.ofMinutes(15));
    assertThat(held()).isZero();
  }

  private HighWaterMarks marks(MarksStorage storage) {
    return new InstanceMarks(storage, metrics.sentry(), clock::nanos)
        .of("default", URI.create("https://sentry.example"));
  }

  private Path onlyFile() {
    try (var files = Files.list(parent.resolve("marks"))) {
      return files.filter(file -> file.toString().endsWith(".marks")).findAny().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> files() throws IOException {
    try (var files = Files.list(parent.resolve("marks"))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private long held() {
    return value("sentry_exporter_counters_held{collector=\"outcomes\"}");
  }

  private long corrections() {
    return value("sentry_exporter_corrections_total{collector=\"outcomes\"}");
  }

  private long value(String series) {
    String page = new String(metrics.page(Exposition.TEXT), StandardCharsets.UTF_8);
    return page.lines()
        .filter(line -> line.startsWith(series))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .sum();
  }

  private static Totals november(int second, long accepted, long filtered) {
    return new Totals(
        NOVEMBER,
        NOVEMBER.plusSeconds(second),
        Map.of(7L, Map.of(ACCEPTED, accepted, FILTERED, filtered)));
  }

  private static long accepted(Totals totals) {
    return totals.of(7).getOrDefault(ACCEPTED, -1L);
  }

  private static Totals december(int second, long accepted, long filtered) {
    return new Totals(
        DECEMBER,
        DECEMBER.plusSeconds(second),
        Map.of(7L, Map.of(ACCEPTED, accepted, FILTERED, filtered)));
  }
}
