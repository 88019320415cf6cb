package io.sentryexporter.probe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.metrics.Exposition.CreatedSeries;
import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.probe.ProbeMetrics.SeriesTruncation;
import io.sentryexporter.testing.StillTime;
import io.sentryexporter.testing.TestMetrics;
import io.sentryexporter.testing.TestTime;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class PageMemoryTest {
  private static final Metric METRIC = Metric.gauge("sentry_a", "A.", "project");

  /// For a page of 10,000 series as text.
  private static final long BYTES = 10_000L * Exposition.TEXT.bytesOfSeries();

  private static final List<Object> ANSWERS = List.of("outcomes 1", "sessions 2");

  @AutoClose private final TimeSource time = TestTime.real();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ExporterMetrics metrics = TestMetrics.create();
  private final PageMemory memory = new PageMemory(BYTES, metrics);
  private final AtomicInteger rendered = new AtomicInteger();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  private Deadline soon() {
    return time.deadline(Duration.ofMillis(100));
  }

  private Deadline later() {
    return time.deadline(Duration.ofMinutes(1));
  }

  private PageMemory.Room admit(Object page, long series, Deadline deadline) throws Exception {
    return memory.admit(page, Exposition.TEXT, series, deadline);
  }

  private PageMemory.Renderer renderer(PageMemory.Room room, int series) {
    return () -> {
      rendered.incrementAndGet();
      room.has(series);
      var samples =
          IntStream.range(0, series).mapToObj(i -> Sample.now(i, "project-" + i)).toList();
      var made =
          new Rendering.Made(
              new Exposition.Label("organization", "acme"),
              List.of(new MetricFamily(METRIC, samples)),
              series,
              SeriesTruncation.Counts.NONE,
              Set.of());
      return Rendering.of(ANSWERS, CreatedSeries.LEFT_OUT, metrics, made, room);
    };
  }

  private double used() {
    return value("sentry_exporter_page_memory_bytes");
  }

  private double value(String metric) {
    var page = new ByteArrayOutputStream();
    try {
      metrics.write(Exposition.TEXT, page);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return page.toString(UTF_8)
        .lines()
        .filter(line -> line.startsWith(metric + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(metric.length() + 1)))
        .sum();
  }

  @Test
  void aScrapeWaitsForRoomUntilItsDeadlineAndIsRefusedOnlyThen() throws Exception {
    PageMemory.Room room = admit("large", 8_000, later());
    assertThatThrownBy(() -> admit("other", 8_000, soon()))
        .isInstanceOf(PageMemory.NoRoomException.class)
        .hasMessageContaining("the memory for large pages (1 MiB) was taken until the deadline");
    Future<PageMemory.Room> waiting = threads.submit(() -> admit("other", 8_000, later()));
    room.close();
    waiting.get().close();
    assertThat(used()).isZero();
  }

  @Test
  void aScrapeWhoseClientHangsUpDoesNotWaitForRoomAnyMore() throws Exception {
    try (var _ = admit("large", 8_000, later())) {
      Deadline deadline = later();
      Future<PageMemory.Room> waiting = threads.submit(() -> admit("other", 8_000, deadline));
      deadline.cancel();
      assertThatThrownBy(waiting::get).hasCauseInstanceOf(PageMemory.NoRoomException.class);
    }
  }

  @Test
  void scrapesOfOnePageShareItsRoomAndOthersKeepTheirOrder() throws Exception {
    PageMemory.Room first = admit("large", 8_000, later());
    Future<PageMemory.Room> other = threads.submit(() -> admit("other", 9_000, later()));
    PageMemory.Room second = admit("large", 8_000, soon());
    first.close();
    assertThat(other.isDone()).isFalse();
    second.close();
    other.get().close();
    assertThat(used()).isZero();
  }

  @Test
  void aSmallPageDoesNotWait() throws Exception {
    try (var _ = admit("large", 10_000, later());
        var _ = admit("small", 500, soon())) {
      assertThat(used()).isEqualTo((double) BYTES);
    }
  }

  @Test
  void aPageThatIsExpectedToBeTooLargeIsTriedAlone() throws Exception {
    try (var room = admit("huge", 1_000_000, later());
        var reading = room.render(ANSWERS, renderer(room, 9_000))) {
      assertThat(reading.rendering().series()).isEqualTo(9_000);
    }
    try (var _ = admit("huge", 1_000_000, later())) {
      assertThat(used()).as("its size is known now").isLessThan((double) BYTES);
    }
  }

  @Test
  void aPageThatIsTooLargeForTheHeapIsRefused() throws Exception {
    try (var room = admit("huge", 600, later())) {
      assertThatThrownBy(() -> room.render(ANSWERS, renderer(room, 10_001)))
          .isInstanceOf(PageMemory.NoRoomException.class)
          .hasMessage("the page has over 10000 series, more than this heap has memory for");
    }
    assertThat(used()).isZero();
  }

  @Test
  void scrapesFromTheSameAnswersShareOneRenderingAlsoOneThatIsUnderWay() throws Exception {
    var begun = new CountDownLatch(1);
    var all = new CountDownLatch(1);
    Future<byte[]> maker =
        threads.submit(
            scrape(room ->
                () -> {
                  begun.countDown();
                  awaitQuietly(all);
                  return renderer(room, 2_000).render();
                }));
    begun.await();
    var others = new ArrayList<Future<byte[]>>();
    for (int i = 0; i < 10; i++) {
      others.add(threads.submit(scrape(room -> renderer(room, 2_000))));
    }
    all.countDown();

    byte[] deflated = maker.get();
    for (Future<byte[]> other : others) {
      assertThat(other.get()).isSameAs(deflated);
    }
    assertThat(rendered).hasValue(1);
    assertThat(value("sentry_exporter_pages_shared_total")).isEqualTo(10);
    assertThat(used()).as("one is kept").isBetween(1.0, BYTES / 4.0);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Makes metrics; may throw any exception.
  private interface Making {
    PageMemory.Renderer in(PageMemory.Room room) throws Exception;
  }

  private Callable<byte[]> scrape(Making making) {
    return () -> {
      try (var deadline = later();
          var room = admit("page", 2_000, deadline);
          var reading = room.render(ANSWERS, making.in(room))) {
        return reading.rendering().deflated();
      }
    };
  }

  @Test
  void otherAnswersAreRenderedAnew() throws Exception {
    try (var room = admit("page", 2_000, later());
        var _ = room.render(ANSWERS, renderer(room, 2_000));
        var _ = room.render(List.of("outcomes 3", "sessions 2"), renderer(room, 2_000))) {
      assertThat(rendered).hasValue(2);
    }
  }

  @Test
  void aRenderingThatWaitsForAnotherIsRefusedAtItsDeadline() throws Exception {
    try (var room = admit("page", 2_000, later());
        var impatient = admit("page", 2_000, soon())) {
      PageMemory.Renderer slow =
          () -> {
            assertThatThrownBy(() -> impatient.render(ANSWERS, renderer(impatient, 2_000)))
                .isInstanceOf(PageMemory.NoRoomException.class);
            return renderer(room, 2_000).render();
          };
      room.render(ANSWERS, slow).close();
    }
    assertThat(rendered).hasValue(1);
  }

  @Test
  void scrapesThatComeAtTheirDeadlinesAllGetThePage() throws Exception {
    Deadline over = new StillTime().deadline(Duration.ZERO); // and what is waited for then comes
    var begun = new CountDownLatch(1);
    Future<byte[]> maker =
        threads.submit(
            scrape(room ->
                () -> {
                  begun.countDown();
                  return renderer(room, 2_000).render();
                }));
    begun.await();
    try (var late = admit("page", 2_000, over);
        var reading = late.render(ANSWERS, renderer(late, 2_000))) {
      assertThat(reading.rendering().deflated()).isEqualTo(maker.get());
    }
  }

  @Test
  void whoseMakerFailedIsMadeByTheNext() throws Exception {
    try (var room = admit("page", 2_000, later())) {
      assertThatThrownBy(() ->
              room.render(
                  ANSWERS,
                  () -> {
                    throw new IllegalStateException("our bug");
                  }))
          .isInstanceOf(IllegalStateException.class);
      room.render(ANSWERS, renderer(room, 2_000)).close();
    }
    assertThat(rendered).hasValue(1);
  }

  @Test
  void aRenderingStopsWhenItsLastReaderIsGone() throws Exception {
    Deadline first = later();
    Deadline second = later();
    try (var room = admit("page", 5_000, first);
        var _ = admit("page", 5_000, second)) {
      first.cancel();
      room.render(ANSWERS, renderer(room, 5_000)).close();

      second.cancel();
      assertThatThrownBy(() -> room.render(List.of("outcomes 4"), renderer(room, 5_000)))
          .isInstanceOf(PageMemory.GoneException.class);
    }
  }

  @Test
  void keptRenderingsGiveWayToPagesThatAreMade() throws Exception {
    for (int page = 0; page < 5; page++) {
      try (var room = admit("page " + page, 2_000, later())) {
        room.render(ANSWERS, renderer(room, 2_000)).close();
      }
    }
    assertThat(used()).isBetween(1.0, BYTES / 4.0);
    try (var _ = admit("large", 10_000, soon())) {
      assertThat(used()).isEqualTo((double) BYTES);
    }
  }

  @Test
  void whatIsStillSentCounts() throws Exception {
    PageMemory.Reading sent;
    try (var room = admit("page", 10_000, later())) {
      sent = room.render(ANSWERS, renderer(room, 10_000));
    }
    assertThatThrownBy(() -> admit("large", 10_000, soon()))
        .isInstanceOf(PageMemory.NoRoomException.class);
    sent.close();
    sent.close();
    admit("large", 10_000, soon()).close();
    assertThat(used()).isZero();
  }
}
