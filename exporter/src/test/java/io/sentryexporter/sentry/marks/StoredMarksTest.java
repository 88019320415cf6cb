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
import io.sentryexporter.testing.LogCapture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void marksOfAWholeOrganizationAndZerosAreStored() throws Exception {
    var storage = MarksStorage.in(parent);
    var totals =
        new Totals(
            NOVEMBER,
            NOVEMBER.plusSeconds(1),
            Map.of(Totals.WHOLE_ORGANIZATION, Map.of(ACCEPTED, 0L)));
    storage.save("x", totals, false);
    assertThat(storage.load("x")).isEqualTo(totals);
  }

  @Test
  void aFileThatIsNotThereIsNoFailure() {
    var log = LogCapture.of(MarksStorage.class);
    assertThat(MarksStorage.in(parent).load("x")).isNull();
    assertThat(log.lines()).isEmpty();
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

  /// A whole file that nothing here writes, at the places of its start, a kind and a quantity.
  @ParameterizedTest
  @ValueSource(ints = {8 + 2 + 1, 8 + 2 + 1 + 8, 8 + 2 + 1 + 16 + 4 + 36 + 16, 8 + 2 + 1 + 99})
  void aFileWithTimesOrQuantitiesThatAreNoneIsIgnored(int at) throws Exception {
    var storage = MarksStorage.in(parent);
    storage.save("x", november(1, 100, 10), false);
    byte[] file = Files.readAllBytes(onlyFile());
    file[Math.min(at, file.length - 16)] = (byte) 0x80;
    writeWithChecksum(file);

    assertThat(storage.load("x")).isNull();
    storage.save("x", december(1, 5, 1), true); // looks at the files of older epochs
    assertThat(storage.load("x")).isEqualTo(december(1, 5, 1));
  }

  @Test
  void aFileWithAKindThatIsNotThereIsIgnored() throws Exception {
    var storage = MarksStorage.in(parent);
    storage.save("x", november(1, 100, 10), false);
    byte[] file = Files.readAllBytes(onlyFile());
    int lastKind = file.length - 8 - 8 - 4;
    ByteBuffer.wrap(file).putInt(lastKind, 2); // of 0 and 1
    writeWithChecksum(file);

    assertThat(storage.load("x")).isNull();
  }

  private void writeWithChecksum(byte[] file) throws IOException {
    var crc = new CRC32();
    crc.update(file, 0, file.length - 8);
    ByteBuffer.wrap(file).putLong(file.length - 8, crc.getValue());
    Files.write(onlyFile(), file);
  }

  @Test
  void aFileOfAnotherRequestWithAStartThatIsNoTimeStaysWhenOldFilesAreDeleted() throws Exception {
    var storage = MarksStorage.in(parent);
    storage.save("x", november(1, 100, 10), false);
    Path damaged = onlyFile();
    byte[] file = Files.readAllBytes(damaged);
    file[8 + 2 + 1] = 0x40;
    Files.write(damaged, file);

    assertThat(storage.save("y", december(1, 5, 1), false)).isTrue();
    assertThat(damaged).exists();
    assertThat(storage.load("y")).isEqualTo(december(1, 5, 1));
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
    var log = LogCapture.of(MarksStorage.class);
    assertThat(storage.load("x")).isNull();
    assertThat(log.lines())
        .singleElement()
        .asString()
        .startsWith("WARN high-water marks cannot be kept")
        .contains("is not a file");
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
  void anotherProcessIsInTheLogAsLongAsItIsThere() throws Exception {
    var log = LogCapture.of(MarksStorage.class);
    var one = MarksStorage.in(parent);
    var ofOne = counters.instances(one);
    one.save("x", november(1, 100, 10), false);
    assertThat(log.lines()).isEmpty();
    MarksStorage.in(parent).save("x", november(2, 100, 10), false);
    assertThat(log.lines())
        .singleElement()
        .asString()
        .startsWith("INFO another process keeps high-water marks here too");
    ofOne.close();
    MarksStorage.in(parent).save("x", november(3, 100, 10), false);
    assertThat(log.lines()).hasSize(1);
  }

  @Test
  void aDiskThatFailsIsInTheLogWhenThatBeginsAndWhenItEnds() throws Exception {
    var log = LogCapture.of(MarksStorage.class);
    Path file = Files.writeString(parent.resolve("file"), "not a folder");
    var storage = MarksStorage.in(file);
    for (int i = 0; i < 2; i++) {
      assertThat(storage.save("x", november(1, 100, 10), false)).isFalse();
      assertThat(log.lines())
          .singleElement()
          .asString()
          .startsWith("WARN high-water marks cannot be kept");
    }
    Files.delete(file);
    for (int i = 0; i < 2; i++) {
      assertThat(storage.save("x", november(1, 100, 10), false)).isTrue();
    }
    assertThat(log.lines())
        .hasSize(2)
        .last()
        .asString()
        .startsWith("INFO high-water marks are saved again");
    try (var files = Files.list(file.resolve("marks"))) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void withoutAFolderMarksAreSavedAndNothingIsLoaded() {
    assertThat(MarksStorage.none().save("x", november(1, 100, 10), false)).isTrue();
    assertThat(MarksStorage.none().load("x")).isNull();
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
    Path directory = folder.resolve("fedcba9876543210fedcba9876543210.marks");
    Files.createDirectory(directory);
    Path left = folder.resolve("0123456789abcdef0123456789abcdef.marks.17.tmp");
    Path justLeft = folder.resolve("0123456789abcdef0123456789abcdef.marks.18.tmp");
    Files.writeString(left, "a crash has left it");
    Files.writeString(justLeft, "another process writes it");
    Files.setLastModifiedTime(left, FileTime.from(Instant.parse("2026-08-31T00:00:00Z")));
    Files.setLastModifiedTime(justLeft, FileTime.from(NOVEMBER));
    storage.close();
    MarksStorage.in(parent).save("x", november(345_600, 1, 1), false);
    assertThat(storage.load("september")).as("ended on 1 October, 35 days ago").isNotNull();
    MarksStorage.in(parent).save("x", november(518_400, 1, 1), false);
    assertThat(storage.load("september")).isNull();
    assertThat(storage.load("november")).isNotNull();
    assertThat(files()).contains("0123456789abcdef0123456789abcdef.marks", "notes.txt");
    assertThat(directory).isDirectory();
    assertThat(left).doesNotExist();
    assertThat(justLeft).exists();
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
