package io.sentryexporter.sentry.marks;

import static io.sentryexporter.sentry.marks.MarkedCounters.ACCEPTED;
import static io.sentryexporter.sentry.marks.MarkedCounters.ACME;
import static io.sentryexporter.sentry.marks.MarkedCounters.DECEMBER;
import static io.sentryexporter.sentry.marks.MarkedCounters.NOVEMBER;
import static io.sentryexporter.sentry.marks.MarkedCounters.accepted;
import static io.sentryexporter.sentry.marks.MarkedCounters.december;
import static io.sentryexporter.sentry.marks.MarkedCounters.november;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.sentry.api.Outcomes;
import io.sentryexporter.sentry.api.ProjectStats;
import io.sentryexporter.sentry.api.Sessions;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.sentry.model.Totals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Marks in files: they outlive the process, and a bad file costs only marks.
class StoredMarksTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path parent;

  private final MarkedCounters counters = new MarkedCounters();

  @Test
  void marksOutliveTheProcessWhereTheyAreStored() throws Exception {
    var storage = MarksStorage.in(parent.resolve("made/when/needed"));
    var before = counters.marks(storage);
    before.raise(ACME, november(1, 100, 10));
    before.save(ACME);
    assertThat(accepted(counters.marks(storage).raise(ACME, november(2, 60, 12)))).isEqualTo(100);
  }

  @Test
  void anInstanceOfTheSameNameElsewhereHasMarksOfItsOwn() throws Exception {
    var storage = MarksStorage.in(parent);
    var instances = counters.instances(storage);
    var here = instances.of("default", URI.create("https://here.example"));
    here.raise(ACME, november(1, 100, 10));
    here.save(ACME);
    var there = instances.of("default", URI.create("https://there.example"));
    assertThat(accepted(there.raise(ACME, november(1, 60, 12)))).isEqualTo(60);
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
    var marks = counters.marks(MarksStorage.in(parent));
    marks.raise(outcomes, november(1, 100, 10));
    marks.save(outcomes);
    assertThat(onlyFile()).hasToString(parent + "/marks/b7acd98b5729e501cfccfb2e16765ce3.marks");
    assertThat(Files.readAllBytes(onlyFile())).startsWith('S', 'M', 0, 1);
  }

  @Test
  void nothingIsMadeBeforeACounterIsSaved() throws Exception {
    Path folder = parent.resolve("data");
    var marks = counters.marks(MarksStorage.in(folder));
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
    var marks = counters.marks(storage);
    marks.raise(ACME, november(1, 100, 10));
    marks.save(ACME);
    assertThat(accepted(marks.raise(ACME, november(2, 90, 12)))).isEqualTo(100);
    assertThat(storage.load("x")).isNull();
    Files.delete(file);
    marks.raise(ACME, november(2, 90, 12));
    marks.save(ACME);
    assertThat(accepted(counters.marks(storage).raise(ACME, november(3, 0, 0)))).isEqualTo(100);
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

  @Test
  void aSaveWhileAnotherProcessSavesIsMadeUpFor() throws Exception {
    var storage = MarksStorage.in(parent);
    var marks = counters.marks(storage);
    marks.raise(ACME, november(1, 100, 10));
    marks.save(ACME);
    try (var channel = FileChannel.open(parent.resolve("marks/lock"), StandardOpenOption.WRITE);
        var _ = channel.lock(1, 1, false)) {
      marks.raise(ACME, november(2, 101, 10));
      marks.save(ACME);
    }
    marks.save(ACME);
    assertThat(accepted(counters.marks(storage).raise(ACME, november(3, 0, 0)))).isEqualTo(101);
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

  private static void savesAndLoads(MarksStorage storage) {
    for (int i = 0; i < 200; i++) {
      boolean isSaved = storage.save("x", november(i, i, i), false);
      if (isSaved) {
        Totals loaded = storage.load("x");
        assertThat(loaded == null ? -1 : accepted(loaded)).isGreaterThanOrEqualTo(i);
      }
    }
  }

  private static Totals since(String start) {
    var first = Instant.parse(start);
    return new Totals(first, first.plusSeconds(1), Map.of());
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
}
