package io.sentryexporter.probe;

import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.time.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Limits the memory of pages that are being made, kept or sent, so that no number or mix of
/// scrapes exhausts the heap.
///
/// A page is admitted by the series that it is expected to have; a scrape waits for room until its
/// own deadline. Scrapes of one page (the same module and target) at the same time share its room,
/// and its rendering where that rests on the same answers. All state is guarded by `this`.
public final class PageMemory {
  /// Share of the heap. The rest is for kept answers, for bodies in transfer, and for everything
  /// else.
  private static final double SHARE = 0.4;

  /// Share of the page memory for renderings that no scrape reads.
  private static final int KEPT_PART = 4;

  /// Maximum series of a page that does not wait for room.
  private static final int SMALL = 500;

  /// Maximum number of pages whose size is remembered.
  private static final int MOST = 1_000;

  /// Rendering is all computing: one core is left for everything else, where there are several.
  private static final int MOST_RENDERINGS =
      Math.max(1, Runtime.getRuntime().availableProcessors() - 1);

  /// How long after its deadline a scrape waits for a rendering that another one makes.
  private static final Duration LATE = Duration.ofMillis(400);

  private final long most;
  private final ExporterMetrics metrics;
  private final Map<Object, Page> pages = new LinkedHashMap<>(16, 0.75f, true);
  private final Queue<Long> queue = new ArrayDeque<>();
  private long used;
  private long kept;
  private long lastTurn;
  private int renderings;

  /// @param most bytes
  PageMemory(long most, ExporterMetrics metrics) {
    this.most = most;
    this.metrics = metrics;
    use(0);
  }

  /// The memory for pages in a heap of this size.
  public static PageMemory ofHeap(long bytes, ExporterMetrics metrics) {
    return new PageMemory((long) (bytes * SHARE), metrics);
  }

  private void use(long change) {
    used += change;
    metrics.pageMemory(used, most);
  }

  /// The state of a page.
  private static final class Page {
    private final Set<Deadline> scrapes = new HashSet<>();
    private final Map<Exposition, Rendering> kept = new EnumMap<>(Exposition.class);
    private long held;
    private long series;
    private int waiting;
    private boolean isRendering;
  }

  /// Renders a page.
  interface Renderer {
    Rendering render() throws NoRoomException, GoneException;
  }

  /// No memory became free for a page before the scrape's deadline. The message is for people.
  public static final class NoRoomException extends Exception {
    private static final long serialVersionUID = 1;

    NoRoomException(String message) {
      super(message);
    }
  }

  /// All readers of a page left before it was made.
  static final class GoneException extends Exception {
    private static final long serialVersionUID = 1;
  }

  /// Waits for room for a page and returns it; at once where another scrape has room for the same
  /// page.
  ///
  /// @param estimate expected number of series, used until the page has been rendered once
  synchronized Room admit(Object key, Exposition format, long estimate, Deadline deadline)
      throws NoRoomException, InterruptedException {
    Page page = pages.computeIfAbsent(key, _ -> new Page());
    long series = page.series == 0 ? estimate : page.series;
    long cost = Math.min(most, series * format.bytesOfSeries());
    if (page.scrapes.isEmpty() && series > SMALL) {
      awaitRoom(page, cost, deadline);
    }
    page.scrapes.add(deadline);
    if (series > SMALL) {
      hold(page, cost);
    }
    forgetOldest();
    return new Room(page, format, deadline);
  }

  /// Admits waiting scrapes in order, so that small pages do not delay a large one forever.
  private void awaitRoom(Page page, long cost, Deadline deadline)
      throws NoRoomException, InterruptedException {
    long turn = ++lastTurn;
    queue.add(turn);
    page.waiting++;
    try {
      if (!deadline.await(
          this, () -> !page.scrapes.isEmpty() || (queue.element() == turn && hasRoom(cost)))) {
        throw noRoom();
      }
    } finally {
      page.waiting--;
      queue.remove(turn);
      notifyAll();
    }
  }

  private NoRoomException noRoom() {
    return new NoRoomException(
        "the memory for large pages ("
            + (most >> 20)
            + " MiB) was taken until the deadline of this scrape");
  }

  private boolean hasRoom(long cost) {
    for (Page page : pages.values()) {
      if (used == 0 || used + cost <= most) {
        return true;
      }
      dropKept(page);
    }
    return used == 0 || used + cost <= most;
  }

  private void hold(Page page, long bytes) {
    if (bytes > page.held) {
      use(bytes - page.held);
      page.held = bytes;
    }
  }

  private void dropKept(Page page) {
    page.kept.values().forEach(this::drop);
    page.kept.clear();
  }

  private void drop(Rendering rendering) {
    kept -= rendering.size();
    if (rendering.readers().drop()) {
      use(-rendering.size());
    }
  }

  private void keep(Page page, Exposition format, Rendering rendering) {
    page.series = Math.max(1, rendering.series());
    use(rendering.size());
    Rendering older = page.kept.put(format, rendering);
    if (older != null) {
      drop(older);
    }
    kept += rendering.size();
    for (Page other : pages.values()) { // the least recently requested first
      if (kept <= most / KEPT_PART) {
        return;
      }
      dropKept(other);
    }
  }

  private void forgetOldest() {
    var each = pages.values().iterator();
    while (pages.size() > MOST && each.hasNext()) {
      Page page = each.next();
      if (page.scrapes.isEmpty() && page.waiting == 0) {
        dropKept(page);
        each.remove();
      }
    }
  }

  /// Releases the room of a page that has been sent, or will not be.
  private synchronized void release(Rendering rendering) {
    if (rendering.readers().leave()) {
      use(-rendering.size());
      notifyAll();
    }
  }

  /// The room of one scrape.
  final class Room implements AutoCloseable {
    private final Page page;
    private final Exposition format;
    private final Deadline deadline;

    /// Cores that its rendering takes: none for a small page.
    private int core;

    private Room(Page page, Exposition format, Deadline deadline) {
      this.page = page;
      this.format = format;
      this.deadline = deadline;
    }

    Exposition format() {
      return format;
    }

    /// The rendering made from the same answers, if there is one or one is being made; otherwise a
    /// new one, made on this thread.
    ///
    /// @param basis equal for equal renderings
    Reading render(List<Object> basis, Renderer renderer)
        throws NoRoomException, GoneException, InterruptedException {
      Rendering kept = keptOrTurn(basis);
      return new Reading(PageMemory.this, kept == null ? make(renderer) : kept);
    }

    private @Nullable Rendering keptOrTurn(List<Object> basis)
        throws NoRoomException, InterruptedException {
      synchronized (PageMemory.this) {
        awaitKeptOrTurn(basis);
        Rendering kept = keptOf(basis);
        if (kept != null) {
          kept.readers().join();
          metrics.pageShared();
          return kept;
        }
        page.isRendering = true;
        core = page.held > 0 ? 1 : 0;
        renderings += core;
        return null;
      }
    }

    /// Waits a little beyond the deadline: where Sentry hangs, all scrapes of a page come here at
    /// their deadlines, and each is to get the page.
    private void awaitKeptOrTurn(List<Object> basis) throws NoRoomException, InterruptedException {
      BooleanSupplier isKeptOrTurn = () -> keptOf(basis) != null || isTurn();
      if (deadline.await(PageMemory.this, isKeptOrTurn)) {
        return;
      }
      if (deadline.state() == Deadline.State.CANCELLED
          || !deadline.awaitGrace(PageMemory.this, LATE, isKeptOrTurn)) {
        throw noRoom();
      }
    }

    private @Nullable Rendering keptOf(List<Object> basis) {
      Rendering kept = page.kept.get(format);
      return kept != null && kept.basis().equals(basis) ? kept : null;
    }

    private boolean isTurn() {
      return !page.isRendering && (page.held == 0 || renderings < MOST_RENDERINGS);
    }

    private Rendering make(Renderer renderer) throws NoRoomException, GoneException {
      Rendering made = null;
      try {
        made = renderer.render();
        return made;
      } finally {
        synchronized (PageMemory.this) {
          page.isRendering = false;
          renderings -= core;
          if (made != null) {
            made.readers().join();
            keep(page, format, made);
          }
          PageMemory.this.notifyAll();
        }
      }
    }

    /// Reports that the page has reached this number of series.
    void has(long series) throws NoRoomException {
      long bytes = series * format.bytesOfSeries();
      synchronized (PageMemory.this) {
        if (bytes > most) {
          throw new NoRoomException(
              "the page has over "
                  + most / format.bytesOfSeries()
                  + " series, more than this heap has memory for");
        }
        if (series > SMALL) {
          hold(page, bytes);
        }
      }
    }

    /// Whether any scrape still waits for the page.
    boolean isWanted() {
      synchronized (PageMemory.this) {
        return page.scrapes.stream().anyMatch(each -> each.state() != Deadline.State.CANCELLED);
      }
    }

    @Override
    public void close() {
      synchronized (PageMemory.this) {
        page.scrapes.remove(deadline);
        if (page.scrapes.isEmpty()) {
          use(-page.held);
          page.held = 0;
          PageMemory.this.notifyAll();
        }
      }
    }
  }

  /// One scrape's hold on a rendering, until it is sent.
  public static final class Reading implements AutoCloseable {
    private final PageMemory memory;
    private final Rendering rendering;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    private Reading(PageMemory memory, Rendering rendering) {
      this.memory = memory;
      this.rendering = rendering;
    }

    public Rendering rendering() {
      return rendering;
    }

    @Override
    public void close() {
      if (isClosed.compareAndSet(false, true)) {
        memory.release(rendering);
      }
    }
  }
}
