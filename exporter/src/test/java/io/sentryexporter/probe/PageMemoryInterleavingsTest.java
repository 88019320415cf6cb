package io.sentryexporter.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.probe.PageMemory.GoneException;
import io.sentryexporter.probe.PageMemory.NoRoomException;
import io.sentryexporter.probe.PageMemory.Reading;
import io.sentryexporter.probe.PageMemory.Room;
import io.sentryexporter.probe.ProbeMetrics.SeriesTruncation;
import io.sentryexporter.testing.ChangedSource;
import io.sentryexporter.testing.StillTime;
import io.sentryexporter.testing.TestMetrics;
import io.sentryexporter.testing.Together;
import io.sentryexporter.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Scrapes that share renderings, in the order that a scheduler of threads gives them.
public class PageMemoryInterleavingsTest {
  private static final int SERIES = 2_000;

  /// For five pages of 2,000 series as text.
  private static final long BYTES = 5L * SERIES * Exposition.TEXT.bytesOfSeries();

  private static final int LEAST_THAT_WAITS = 501;
  private static final int RENDERED_BYTES = LEAST_THAT_WAITS * Exposition.TEXT.bytesOfSeries();

  private static final List<Object> ANSWERS = List.of("outcomes 1");
  private static final List<Object> NEWER = List.of("outcomes 2");

  private final StillTime time = new StillTime();
  private static final ExporterMetrics METRICS = TestMetrics.create();
  private final PageMemory memory = new PageMemory(BYTES, METRICS);
  private final AtomicInteger largeOnes = new AtomicInteger();
  private final AtomicInteger made = new AtomicInteger();
  private final List<Rendering> read = Collections.synchronizedList(new ArrayList<>());

  /// A reader leaves without the lock.
  public static ChangedSource lostUpdate() {
    return ChangedSource.of(
        "probe/PageMemory.java",
        """
          private synchronized void release(Rendering rendering) {
            if (rendering.readers().leave()) {
              use(-rendering.size());
              notifyAll();
            }
        """,
        """
          private void release(Rendering rendering) {
            if (rendering.readers().leave()) {
              synchronized (this) {
                use(-rendering.size());
                notifyAll();
              }
            }
        """);
  }

  private Deadline later() {
    return time.deadline(Duration.ofMinutes(1));
  }

  private Rendering rendering(List<Object> basis, Room room) throws NoRoomException, GoneException {
    room.has(SERIES);
    if (!room.isWanted()) {
      throw new GoneException();
    }
    made.incrementAndGet();
    return new Rendering(
        basis,
        new byte[RENDERED_BYTES],
        0,
        RENDERED_BYTES,
        SERIES,
        SeriesTruncation.Counts.NONE,
        Set.of(),
        new Rendering.Readers());
  }

  private void scrape(String page, List<Object> basis, Deadline deadline)
      throws NoRoomException, GoneException, InterruptedException {
    try (deadline;
        Room room = memory.admit(page, Exposition.TEXT, SERIES, deadline);
        Reading reading = room.render(basis, () -> rendering(basis, room))) {
      assertThat(reading.rendering().basis()).isEqualTo(basis);
      read.add(reading.rendering());
    }
  }

  /// A page of all the memory has room only if what was held, sent and kept has been given back; a
  /// small one has no room in addition only if no more than that has been given back.
  private void assertAllIsGivenBack() throws NoRoomException, InterruptedException {
    try (var deadline = later();
        Room _ = memory.admit("all", Exposition.TEXT, 5L * SERIES, deadline);
        var over = time.deadline(Duration.ZERO)) {
      assertThatThrownBy(() -> memory.admit("another", Exposition.TEXT, LEAST_THAT_WAITS, over))
          .isInstanceOf(NoRoomException.class);
    }
  }

  @Test
  public void scrapesFromTheSameAnswersShareOneRendering() throws Exception {
    Together.run(
        () -> scrape("page", ANSWERS, later()),
        () -> scrape("page", ANSWERS, later()),
        () -> scrape("page", ANSWERS, later()));
    assertThat(made).hasValue(1);
    assertThat(read).hasSize(3);
    assertThat(Set.copyOf(read)).hasSize(1);
    assertAllIsGivenBack();
  }

  @Test
  public void aClientThatHangsUpTakesThePageFromNobodyElse() throws Exception {
    var gone = new AtomicInteger();
    Deadline hangsUp = later();
    Together.run(
        () -> {
          try {
            scrape("page", ANSWERS, hangsUp);
          } catch (NoRoomException | GoneException _) {
            gone.incrementAndGet();
          }
        },
        hangsUp::cancel,
        () -> scrape("page", ANSWERS, later()),
        () -> scrape("page", NEWER, later()));
    assertThat(read).hasSize(3 - gone.get());
    assertThat(made.get()).isBetween(2, 3);
    assertAllIsGivenBack();
  }

  @Test
  public void whatOneFailsToMakeIsMadeByTheNext() throws Exception {
    var failures = new AtomicInteger();
    Together.Part failing =
        () -> {
          try (var deadline = later();
              Room room = memory.admit("page", Exposition.TEXT, SERIES, deadline);
              Reading reading =
                  room.render(
                      ANSWERS,
                      () -> {
                        if (failures.getAndIncrement() == 0) {
                          throw new IllegalStateException("our bug");
                        }
                        return rendering(ANSWERS, room);
                      })) {
            read.add(reading.rendering());
          } catch (IllegalStateException _) {
            // one of them has to
          }
        };
    Together.run(failing, failing, failing);
    assertThat(made).hasValue(1);
    assertThat(read).hasSize(2);
    assertThat(Set.copyOf(read)).hasSize(1);
    assertAllIsGivenBack();
  }

  @Test
  public void pagesThatDoNotFitTogetherTakeTurns() throws Exception {
    Together.run(
        () -> takeMostOf("one"), () -> takeMostOf("two"), () -> scrape("page", ANSWERS, later()));
    assertThat(read).hasSize(1);
    assertAllIsGivenBack();
  }

  private void takeMostOf(String page) throws NoRoomException, InterruptedException {
    try (var deadline = later();
        Room room = memory.admit(page, Exposition.TEXT, 4L * SERIES, deadline)) {
      room.has(4L * SERIES);
      assertThat(largeOnes.incrementAndGet()).isEqualTo(1);
      made.incrementAndGet();
      largeOnes.decrementAndGet();
    }
  }
}
