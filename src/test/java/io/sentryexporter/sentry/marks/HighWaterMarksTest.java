package io.sentryexporter.sentry.marks;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.metrics.BuildInfo;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.sentry.model.Epoch;
import io.sentryexporter.sentry.model.Kind;
import io.sentryexporter.sentry.model.Sums;
import io.sentryexporter.sentry.question.CounterQuestion;
import io.sentryexporter.sentry.request.Fetching;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
  private static final Kind ACCEPTED = new Kind("error", "accepted");
  private static final Kind FILTERED = new Kind("error", "filtered");
  private static final Counting ACME = new Counting("acme", Epoch.MONTH);

  @TempDir Path parent;

  private final ExporterMetrics metrics = new ExporterMetrics(new BuildInfo("1", "2", "3", "25"));

  record Counting(String organization, Epoch epoch) implements CounterQuestion {
    @Override
    public String name() {
      return "outcomes";
    }

    @Override
    public Sums fetch(Fetching sentry) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void aSeriesThatFallsIsHeldAndCountedOnceUntilItRecovers() {
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
  void whatDoesNotFallIsTakenAsItIs() {
    var marks = marks(MarksStorage.none());
    marks.raise(ACME, november(1, 100, 10));
    Sums raised = marks.raise(ACME, november(2, 90, 12));
    assertThat(raised.of(7)).isEqualTo(Map.of(ACCEPTED, 100L, FILTERED, 12L));
    assertThat(raised.end()).isEqualTo(NOVEMBER.plusSeconds(2));
  }

  @Test
  void aProjectThatIsGoneStaysWithItsFigures() {
    var marks = marks(MarksStorage.none());
    marks.raise(ACME, november(1, 100, 10));
    var without = new Sums(NOVEMBER, NOVEMBER.plusSeconds(2), Map.of(8L, Map.of(ACCEPTED, 5L)));
    Sums raised = marks.raise(ACME, without);
    assertThat(raised.of(7)).isEqualTo(Map.of(ACCEPTED, 100L, FILTERED, 10L));
    assertThat(raised.of(8)).isEqualTo(Map.of(ACCEPTED, 5L));
  }

  @Test
  void nothingIsCarriedIntoAnotherEpoch() {
    var marks = marks(MarksStorage.none());
    marks.raise(ACME, november(1, 100, 10));
    var december = new Sums(DECEMBER, DECEMBER.plusSeconds(1), Map.of(7L, Map.of(ACCEPTED, 1L)));
    assertThat(marks.raise(ACME, december)).isEqualTo(december);
    assertThat(corrections()).isZero();
  }

  @Test
  void otherOrganizationsHaveOtherMarks() {
    var marks = marks(MarksStorage.none());
    marks.raise(ACME, november(1, 100, 10));
    var other = new Counting("other", Epoch.MONTH);
    assertThat(accepted(marks.raise(other, november(1, 5, 1)))).isEqualTo(5);
  }

  @Test
  void marksOutliveTheProcessWhereTheyAreStored() {
    var storage = MarksStorage.in(parent.resolve("made/when/needed"));
    var before = marks(storage);
    before.raise(ACME, november(1, 100, 10));
    before.save(ACME);
    assertThat(accepted(marks(storage).raise(ACME, november(2, 60, 12)))).isEqualTo(100);
  }

  @Test
  void anInstanceOfTheSameNameElsewhereHasMarksOfItsOwn() {
    var storage = MarksStorage.in(parent);
    var here = new HighWaterMarks(storage, "default\nhttps://here.example", metrics.sentry());
    here.raise(ACME, november(1, 100, 10));
    here.save(ACME);
    var there = new HighWaterMarks(storage, "default\nhttps://there.example", metrics.sentry());
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

  private static boolean neverFalls(HighWaterMarks marks, int seed) {
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

  @Test
  void fileNamesAreDigests() throws IOException {
    var marks = marks(MarksStorage.in(parent));
    marks.raise(ACME, november(1, 100, 10));
    marks.save(ACME);
    try (var files = Files.list(parent)) {
      assertThat(files.map(file -> file.getFileName().toString()).toList())
          .singleElement()
          .asString()
          .matches("[0-9a-f]{32}\\.marks");
    }
  }

  @Test
  void aFileCutShortAtAnyByteOrChangedInAnyIsIgnored() throws IOException {
    var storage = MarksStorage.in(parent);
    storage.save("x", november(1, 100, 10));
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
  void aFileOfAnotherQuestionIsIgnored() throws IOException {
    var storage = MarksStorage.in(parent);
    storage.save("x", november(1, 100, 10));
    byte[] foreign = Files.readAllBytes(onlyFile());
    Files.delete(onlyFile());
    storage.save("y", november(1, 5, 1));
    Files.write(onlyFile(), foreign);
    assertThat(storage.load("y")).isNull();
  }

  @Test
  void aFolderThatCannotBeWrittenCostsNothingButTheMarks() throws IOException {
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
  void somethingElseInAFilesPlaceCostsNothingButTheMarks() throws IOException {
    var storage = MarksStorage.in(parent);
    storage.save("x", november(1, 100, 10));
    Path file = onlyFile();
    Files.delete(file);
    Files.createDirectory(file); // a pipe, from which reading never returns, is none of Java's
    assertThat(storage.load("x")).isNull();
    Files.delete(file);
    storage.save("x", november(2, 101, 10));
    assertThat(storage.load("x")).isEqualTo(november(2, 101, 10));
  }

  @Test
  void aTemporaryFileLeftByACrashIsOverwritten() throws IOException {
    var storage = MarksStorage.in(parent);
    storage.save("x", november(1, 100, 10));
    Files.writeString(parent.resolve(onlyFile().getFileName() + ".tmp"), "half".repeat(10_000));
    storage.save("x", november(2, 101, 10));
    assertThat(storage.load("x")).isEqualTo(november(2, 101, 10));
  }

  private HighWaterMarks marks(MarksStorage storage) {
    return new HighWaterMarks(storage, "default\nhttps://sentry.example", metrics.sentry());
  }

  private Path onlyFile() {
    try (var files = Files.list(parent)) {
      return files.findAny().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long corrections() {
    String page = new String(metrics.page(Exposition.TEXT), StandardCharsets.UTF_8);
    return page.lines()
        .filter(
            line -> line.startsWith("sentry_exporter_corrections_total{collector=\"outcomes\"}"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .sum();
  }

  private static Sums november(int second, long accepted, long filtered) {
    return new Sums(
        NOVEMBER,
        NOVEMBER.plusSeconds(second),
        Map.of(7L, Map.of(ACCEPTED, accepted, FILTERED, filtered)));
  }

  private static long accepted(Sums sums) {
    return sums.of(7).getOrDefault(ACCEPTED, -1L);
  }
}
