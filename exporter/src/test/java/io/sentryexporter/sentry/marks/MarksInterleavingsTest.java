package io.sentryexporter.sentry.marks;

import static io.sentryexporter.sentry.marks.MarkedCounters.ACME;
import static io.sentryexporter.sentry.marks.MarkedCounters.accepted;
import static io.sentryexporter.sentry.marks.MarkedCounters.december;
import static io.sentryexporter.sentry.marks.MarkedCounters.november;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.testing.ChangedSource;
import io.sentryexporter.testing.StillTime;
import io.sentryexporter.testing.TestMetrics;
import io.sentryexporter.testing.Together;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Marks that several threads raise, write and close, in the order that a scheduler of threads
/// gives them.
public class MarksInterleavingsTest implements AutoCloseable {
  private static final ExporterMetrics METRICS = TestMetrics.create();
  private static final URI SENTRY = URI.create("https://sentry.example");
  private static final String IDENTITY = "default\n" + SENTRY + "\n" + ACME.markKey();

  private final StillTime time = new StillTime();
  private final Path folder;
  private final MarksStorage storage;
  private final InstanceMarks instances;

  /// The highest value that has been exposed.
  private final AtomicLong exposed = new AtomicLong();

  public MarksInterleavingsTest() throws IOException {
    folder = Files.createTempDirectory("marks-interleavings-");
    storage = MarksStorage.in(folder);
    instances = new InstanceMarks(storage, METRICS.sentry(), time::nanoTime);
  }

  /// Marks are raised without their lock.
  public static ChangedSource lostUpdate() {
    return ChangedSource.of(
        "sentry/marks/Marks.java",
        """
          synchronized Totals raise(CounterRequest request, Totals answer) throws SentryException {
        """,
        """
          Totals raise(CounterRequest request, Totals answer) throws SentryException {
        """);
  }

  @Override
  public void close() throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }

  /// Raises the marks, and asserts that what is exposed is not below what has been exposed before
  /// this began.
  private HighWaterMarks raise(long value) throws SentryException {
    HighWaterMarks marks = instances.of("default", SENTRY);
    long before = exposed.get();
    long now = accepted(marks.raise(ACME, november(60, value, 0)));
    assertThat(now).isGreaterThanOrEqualTo(Math.max(before, value));
    exposed.accumulateAndGet(now, Math::max);
    return marks;
  }

  private void raiseAndSave(long value) throws SentryException {
    raise(value).save(ACME);
  }

  private static long stored(MarksStorage by) {
    return accepted(requireNonNull(by.load(IDENTITY)));
  }

  @Test
  public void noMarkFallsAndNoneIsLostOnItsWayToTheDisk() throws Exception {
    try (this) {
      assertThat(storage.save(IDENTITY, november(30, 15, 0), false)).isTrue();
      Together.run(
          () -> raiseAndSave(10),
          () -> raiseAndSave(20),
          () -> {
            raiseAndSave(12);
            raiseAndSave(25);
          });
      assertThat(exposed).hasValue(25);
      assertThat(stored(storage)).isEqualTo(25);
      instances.close();
    }
  }

  @Test
  public void aWriteThatRacesWithTheEndLeavesAWholeFile() throws Exception {
    try (this) {
      Together.run(() -> raiseAndSave(10), () -> raiseAndSave(20), instances::close);
      assertThat(stored(MarksStorage.in(folder))).isEqualTo(20);
      instances.close();
    }
  }

  @Test
  public void ofTwoProcessesWithOneFolderTheHigherMarksStay() throws Exception {
    try (this;
        var other = MarksStorage.in(folder)) {
      var saved = new AtomicLong();
      Together.run(
          () -> save(storage, november(60, 10, 0), saved),
          () -> save(other, november(60, 20, 0), saved),
          () -> save(other, november(60, 15, 0), saved));
      if (saved.get() > 0) { // two that come at once may both give way, until there is news
        assertThat(stored(storage)).isEqualTo(saved.get());
      }
      instances.close();
    }
  }

  private static void save(MarksStorage to, Totals totals, AtomicLong saved) {
    if (to.save(IDENTITY, totals, false)) {
      saved.accumulateAndGet(accepted(totals), Math::max);
    }
  }

  @Test
  public void theNextMonthIsTheSameForAllAlsoIfAnswersComeLate() throws Exception {
    try (this) {
      raiseAndSave(30);
      Together.run(
          () -> decemberOf(5),
          () -> decemberOf(7),
          () -> {
            try {
              raise(31); // of November, which may have ended by then
            } catch (SentryException e) {
              assertThat(e).hasMessageContaining("a clock went back");
            }
          });
      HighWaterMarks marks = instances.of("default", SENTRY);
      assertThat(accepted(marks.raise(ACME, december(120, 0, 0)))).isEqualTo(7);
      instances.close();
    }
  }

  private void decemberOf(long value) throws SentryException {
    HighWaterMarks marks = instances.of("default", SENTRY);
    assertThat(accepted(marks.raise(ACME, december(60, value, 0)))).isBetween(value, 7L);
    marks.save(ACME);
  }
}
