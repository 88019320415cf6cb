package io.sentryexporter.sentry;

import static java.util.Objects.requireNonNull;

import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.SentryMetrics;
import io.sentryexporter.sentry.api.Json;
import io.sentryexporter.sentry.api.Json.DropCause;
import io.sentryexporter.sentry.api.Releases;
import io.sentryexporter.sentry.model.Lifetime;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.sentry.transport.RequestSender;
import io.sentryexporter.sentry.transport.RequestSender.Answer;
import io.sentryexporter.sentry.transport.RequestSender.Call;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The last good answer to each request, and the requests in flight.
///
/// A recent answer serves. Otherwise one fetch is made for all callers, however many wait; it goes
/// on when their time is over, for later callers. If it fails the last good answer stands in, until
/// it is too old, and the failure is remembered for a moment, so that a crowd does not repeat it.
///
/// A request that does not outlive its callers is sent by the first of them, in that one's time; if
/// that is over, one of those that wait sends it anew. Its failures are not remembered, and no old
/// answer stands in for it.
public final class AnswerCache {
  private static final Logger log = LoggerFactory.getLogger(AnswerCache.class);

  /// Most are of a few numbers; the large ones are of organizations, which are few.
  private static final int MOST = 20_000;

  /// Names that Sentry does not know.
  private static final int MOST_UNKNOWN = 1_000;

  private static final Duration STILL_REQUESTED = Duration.ofMinutes(5);

  /// A fetch takes so long only if Sentry hangs, or if the data has to be requested in many parts.
  private static final Duration OVERDUE = Duration.ofSeconds(10);

  /// A Sentry that works again has mostly answered by then.
  private static final Duration BRIEFLY = Duration.ofSeconds(1);

  private static final Duration FOR_EVER = Duration.ofDays(1);

  private final ExporterMetrics metrics;
  private final Memory memory;
  private final TimeSource time;
  private final Executor threads;
  private final Map<Request<?>, Entry<?>> entries = new LinkedHashMap<>(16, 0.75f, true);

  /// Requests about names that Sentry does not know and has not answered for, the oldest first;
  /// none is in flight. Guarded by the lock of the entries.
  private final SequencedSet<Request<?>> unknown = new LinkedHashSet<>();

  private long refusalsForgotten;
  private boolean isClosed;

  /// A request whose answer can be kept: equal to every other that requests the same.
  public interface Request<T> {
    String name();

    /// The organization that it is about; empty if it is about none.
    String organization();

    /// The collector that needs it, by its name in the exporter's own metrics.
    String collector();

    /// Whether [#ages] have its answer.
    default boolean hasShownAge() {
      return !organization().isEmpty();
    }

    /// The answer of Sentry.
    ///
    /// @param drops receives what is left out of it
    T fetch(Json.Drops drops, Deadline deadline) throws SentryException, InterruptedException;

    /// The threads that fetch it.
    ///
    /// @param usual of all requests
    default Executor lane(Executor usual) {
      return usual;
    }

    /// Maximum duration of a fetch that outlives its callers; zero if this does not.
    Duration patience();

    default boolean outlivesCallers() {
      return patience().isPositive();
    }

    /// Whether the answer may serve again.
    default boolean isKept(T answer) {
      return true;
    }

    /// Whether a kept answer, even a recent one, still answers the request.
    default boolean stillAnswers(T answer) {
      return true;
    }

    /// Whether an old answer may serve where there is no new one.
    default boolean mayStandIn() {
      return outlivesCallers();
    }

    /// Called when an answer has come and all callers have it: the time for slow work.
    default void taken() {}
  }

  /// A single call, which does not outlive its callers.
  ///
  /// @param sender sends it
  /// @param mayServeAgain whether an answer of a wanted status is kept
  public record OneCall(RequestSender sender, Call call, boolean mayServeAgain)
      implements Request<Answer> {
    @Override
    public String name() {
      return call.endpoint().name();
    }

    @Override
    public String organization() {
      return "";
    }

    @Override
    public String collector() {
      return "http";
    }

    @Override
    public Duration patience() {
      return Duration.ZERO;
    }

    @Override
    public Answer fetch(Json.Drops drops, Deadline deadline)
        throws SentryException, InterruptedException {
      return sender.send(call, deadline);
    }

    @Override
    public boolean isKept(Answer answer) {
      return mayServeAgain && call.wanted().contains(answer.http().status());
    }

    /// Modules with different shares of the rate, or refresh intervals, share an answer.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof OneCall one
          && sender == one.sender
          && call.request().equals(one.call.request())
          && call.wanted().equals(one.call.wanted());
    }

    @Override
    public int hashCode() {
      return call.request().hashCode();
    }
  }

  /// An answer and when it came, by the clock that only goes forward.
  ///
  /// @param dropped what was left out of it, and why
  /// @param number the answer's own in this process
  public record Kept<T>(T answer, long receivedNanos, List<String> dropped, long number) {
    private static final AtomicLong NUMBERS = new AtomicLong();

    Kept(T answer, long receivedNanos, List<String> dropped) {
      this(answer, receivedNanos, dropped, NUMBERS.incrementAndGet());
    }

    public Kept {
      dropped = List.copyOf(dropped);
    }
  }

  /// The caller whose request brought an answer.
  public enum Source {
    /// The caller that gets it.
    REQUESTED,
    /// Another one at the same time.
    SHARED,
    /// An earlier one.
    KEPT
  }

  /// The answer for one caller.
  ///
  /// @param failure why an old answer stands in; null if it does not
  public record Given<T>(Kept<T> kept, Source source, @Nullable SentryException failure) {
    public T answer() {
      return kept.answer();
    }
  }

  /// The organization and collector that [#ages] are about.
  record Subject(String organization, String collector) {}

  private enum Caller {
    PROBE,
    FETCH
  }

  /// The state of a request. Guarded by the lock of [AnswerCache].
  private static final class Entry<T> {
    private @Nullable Kept<T> good;
    private @Nullable Flight<T> flight;
    private @Nullable SentryException failure;
    private long failureEnd;
    private long lastRequested;

    /// Whether no caller has requested yet what is in flight.
    private boolean isBegunAhead;

    private @Nullable Long lastFetched;
  }

  /// @param memory that all caches share
  /// @param threads runs fetches, which wait for Sentry
  public AnswerCache(ExporterMetrics metrics, Memory memory, TimeSource time, Executor threads) {
    this.metrics = metrics;
    this.memory = memory;
    this.time = time;
    this.threads = threads;
  }

  /// The answer for a caller that waits until the deadline, while another thread fetches.
  public <T> Given<T> get(Request<T> request, CachePolicy policy, Deadline deadline)
      throws SentryException, InterruptedException {
    if (request.outlivesCallers() || policy.refreshInterval().isPositive()) {
      metrics.cacheLookup();
    }
    return get(request, policy, deadline, Caller.PROBE);
  }

  /// The same for a caller that misses something in the kept list: it is read again, at most once a
  /// minute.
  <T> Given<T> getNewer(Request<T> list, CachePolicy policy, Deadline deadline)
      throws SentryException, InterruptedException {
    return get(list, newer(list, policy), deadline);
  }

  /// The same for a fetch.
  <T> T getNewerWithin(Request<T> list, CachePolicy policy, Deadline deadline)
      throws SentryException, InterruptedException {
    return getWithin(list, newer(list, policy), deadline);
  }

  /// Reads a list again, without waiting for it.
  <T> void renew(Request<T> list) {
    Flight<T> flight;
    synchronized (entries) {
      Entry<T> entry = entry(list);
      if (entry.flight != null) {
        return;
      }
      flight = begun(list, entry);
    }
    launch(list, flight);
  }

  /// Requests an answer that is due, for a later caller; not one that failed the last time.
  <T> void begin(Request<T> request, CachePolicy policy) {
    Flight<T> flight;
    synchronized (entries) {
      Entry<T> entry = entry(request);
      if (entry.flight != null || entry.failure != null || serves(request, entry.good, policy)) {
        return;
      }
      flight = begun(request, entry);
      entry.isBegunAhead = true;
    }
    launch(request, flight);
  }

  private <T> Flight<T> begun(Request<T> request, Entry<T> entry) {
    long now = time.nanoTime();
    var flight = new Flight<>(request, now, refusalsForgotten);
    entry.flight = flight;
    entry.isBegunAhead = false;
    entry.lastFetched = now;
    unknown.remove(request); // until it ends
    return flight;
  }

  private CachePolicy newer(Request<?> list, CachePolicy policy) {
    return isDue(list, Lifetime.LIST_REREAD)
        ? new CachePolicy(Duration.ZERO, policy.maxStale())
        : policy;
  }

  /// Whether the last request to Sentry is older than the remembered time.
  boolean isDue(Request<?> request, Lifetime lifetime) {
    synchronized (entries) {
      Entry<?> entry = entries.get(request);
      return entry == null
          || entry.lastFetched == null
          || !lifetime.covers(entry.lastFetched, time.nanoTime());
    }
  }

  /// Forgets failures, also of fetches under way, so that they are requested again; lists are due
  /// when something is missing in them.
  void forgetRefusals() {
    synchronized (entries) {
      refusalsForgotten++;
      entries
          .values()
          .forEach(entry -> {
            entry.failure = null;
            entry.lastFetched = null;
          });
    }
  }

  /// The answer for a fetch that needs it to continue.
  ///
  /// The calling thread fetches by itself, also a request that others wait for and that no thread
  /// has begun: otherwise all threads could wait for work that only they could do.
  <T> T getWithin(Request<T> request, CachePolicy policy, Deadline deadline)
      throws SentryException, InterruptedException {
    return get(request, policy, deadline, Caller.FETCH).answer();
  }

  /// Whether there is neither an answer that serves nor a failure that is still remembered.
  <T> boolean isDue(Request<T> request, CachePolicy policy) {
    synchronized (entries) {
      Entry<T> entry = entry(request);
      boolean isRefused = entry.failure != null && time.nanoTime() - entry.failureEnd < 0;
      return !isRefused && !serves(request, entry.good, policy);
    }
  }

  private <T> boolean serves(Request<T> request, @Nullable Kept<T> good, CachePolicy policy) {
    return good != null && isYounger(good, policy.dueAge()) && request.stillAnswers(good.answer());
  }

  /// The answer that is known without a request: one that serves, or an old one while it is
  /// renewed.
  ///
  /// @throws SentryException why there is none
  <T> Given<T> known(Request<T> request, CachePolicy policy) throws SentryException {
    synchronized (entries) {
      Entry<T> entry = entry(request);
      Given<T> kept = kept(request, entry, policy);
      if (kept != null) {
        return kept;
      }
      Kept<T> good = entry.good;
      if (good != null && isYounger(good, policy.maxStale()) && request.mayStandIn()) {
        return new Given<>(good, Source.KEPT, null);
      }
    }
    throw new SentryException(
        Reason.TIMEOUT,
        "not requested yet: many requests like it are made a few at a time; the answer serves a"
            + " later probe",
        0,
        0);
  }

  /// The last good answer, however old.
  @SuppressWarnings("unchecked") // as in entry()
  <T> @Nullable Kept<T> last(Request<T> request) {
    synchronized (entries) {
      var entry = (Entry<T>) entries.get(request);
      return entry == null ? null : entry.good;
    }
  }

  boolean isYounger(Kept<?> kept, Duration age) {
    return time.nanoTime() - kept.receivedNanos() < age.toNanos();
  }

  /// The ages of the answers that serve, the oldest of each subject; without those that are no
  /// longer requested, or that are about no organization.
  Map<Subject, Duration> ages() {
    long now = time.nanoTime();
    Map<Subject, Duration> ages = new HashMap<>();
    synchronized (entries) {
      entries.forEach((request, entry) -> {
        if (entry.good != null
            && request.hasShownAge()
            && now - entry.lastRequested < STILL_REQUESTED.toNanos()) {
          ages.merge(
              new Subject(request.organization(), request.collector()),
              Duration.ofNanos(now - entry.good.receivedNanos()),
              BinaryOperator.maxBy(Comparator.naturalOrder()));
        }
      });
    }
    return ages;
  }

  private <T> Given<T> get(Request<T> request, CachePolicy policy, Deadline deadline, Caller caller)
      throws SentryException, InterruptedException {
    boolean isBegun;
    boolean first;
    Flight<T> flight;
    Duration patience;
    synchronized (entries) {
      Entry<T> entry = entry(request);
      Given<T> kept = kept(request, entry, policy);
      if (kept != null) {
        return kept;
      }
      patience = request.mayStandIn() ? patience(entry, policy) : FOR_EVER;
      isBegun = entry.flight != null;
      first = !isBegun || entry.isBegunAhead;
      entry.isBegunAhead = false;
      flight = entry.flight == null ? begun(request, entry) : entry.flight;
    }
    if (!request.outlivesCallers()) {
      if (!isBegun) {
        fly(request, flight, deadline);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    } else if (caller == Caller.FETCH) {
      fly(request, flight, null);
    } else if (!isBegun) {
      launch(request, flight);
    }
    try {
      Kept<T> kept = flight.await(deadline, patience);
      if (!first) {
        metrics.coalesced();
      }
      var source = first ? Source.REQUESTED : Source.SHARED;
      return new Given<>(kept, source, null);
    } catch (SentryException e) {
      if (isBegun && flight.isAbandoned() && deadline.state() == Deadline.State.OPEN) {
        return get(request, policy, deadline, caller);
      }
      return standIn(request, last(request), policy, e);
    }
  }

  /// Maximum wait for Sentry: short if it hangs and an old answer can stand in.
  private <T> Duration patience(Entry<T> entry, CachePolicy policy) {
    Kept<T> good = entry.good;
    Flight<T> flight = entry.flight;
    boolean hangs =
        flight == null
            ? entry.failure != null && entry.failure.reason() == Reason.TIMEOUT
            : time.nanoTime() - flight.startedNanos > OVERDUE.toNanos();
    return hangs && good != null && isYounger(good, policy.maxStale()) ? BRIEFLY : FOR_EVER;
  }

  /// The answer that is available without a request to Sentry; null if there is none.
  private <T> @Nullable Given<T> kept(Request<T> request, Entry<T> entry, CachePolicy policy)
      throws SentryException {
    long now = time.nanoTime();
    entry.lastRequested = now;
    Kept<T> good = entry.good;
    if (good != null && serves(request, good, policy)) {
      metrics.cacheHit();
      return new Given<>(good, Source.KEPT, null);
    }
    SentryException failure = entry.failure;
    return failure != null && now - entry.failureEnd < 0
        ? standIn(request, good, policy, failure)
        : null;
  }

  private <T> Given<T> standIn(
      Request<T> request, @Nullable Kept<T> good, CachePolicy policy, SentryException failure)
      throws SentryException {
    if (good == null || !isYounger(good, policy.maxStale()) || !request.mayStandIn()) {
      throw failure;
    }
    return new Given<>(good, Source.KEPT, failure);
  }

  private <T> void launch(Request<T> request, Flight<T> flight) {
    try {
      request.lane(threads).execute(() -> fly(request, flight, null));
    } catch (RejectedExecutionException e) {
      String why = "no request to Sentry can start: " + e.getMessage();
      failed(request, flight, new SentryException(Reason.CANCELLED, why));
    }
  }

  /// The whole of a flight, on the thread that claims it.
  ///
  /// @param callers the deadline of the caller that it does not outlive; null if it does
  private <T> void fly(Request<T> request, Flight<T> flight, @Nullable Deadline callers) {
    if (flight.claim() && hasLanded(request, flight, callers)) {
      request.taken();
    }
  }

  /// Fetches, and passes the result to waiting callers.
  private <T> boolean hasLanded(Request<T> request, Flight<T> flight, @Nullable Deadline callers) {
    try (var own = callers == null ? time.deadline(request.patience()) : null) {
      var dropped = new Dropped(request.collector(), metrics.sentry());
      T answer = request.fetch(dropped, callers == null ? requireNonNull(own) : callers);
      var kept = new Kept<>(answer, time.nanoTime(), dropped.notes());
      synchronized (entries) {
        Entry<T> entry = entry(request);
        if (request.isKept(answer)) {
          keep(entry, kept);
        }
        entry.failure = null;
        ended(request, entry);
      }
      flight.succeeded(kept);
    } catch (SentryException e) {
      failed(request, flight, e);
      return false;
    } catch (InterruptedException _) {
      failed(request, flight, stopping());
      Thread.currentThread().interrupt();
      return false;
    } catch (RuntimeException | Error e) { // the top of a thread: waiting callers must not hang
      synchronized (entries) {
        entry(request).flight = null;
      }
      flight.broke();
      log.atError()
          .addKeyValue("request", request.name())
          .addKeyValue("organization", request.organization())
          .setCause(e)
          .log("internal error while requesting data from sentry");
      return false;
    }
    return true;
  }

  /// Guarded by the lock of the entries.
  private void ended(Request<?> request, Entry<?> entry) {
    entry.flight = null;
    if (entry.good == null && !request.outlivesCallers()) {
      entries.remove(request);
    }
  }

  private <T> void keep(Entry<T> entry, @Nullable Kept<T> kept) {
    if (isClosed) {
      return;
    }
    memory.add(items(kept) - items(entry.good));
    entry.good = kept;
    for (Entry<?> other : entries.values()) { // the one requested longest ago first
      if (kept == null || !memory.isFull()) {
        return;
      }
      if (other != entry) {
        keep(other, null);
      }
    }
  }

  private static long items(@Nullable Kept<?> kept) {
    return kept == null ? 0 : Memory.items(kept.answer());
  }

  /// Gives its part of the memory back; what is still on its way is not kept.
  void close() {
    synchronized (entries) {
      entries.values().forEach(entry -> keep(entry, null));
      isClosed = true;
    }
  }

  private static SentryException stopping() {
    return new SentryException(Reason.CANCELLED, "the exporter is stopping");
  }

  private <T> void failed(Request<T> request, Flight<T> flight, SentryException failure) {
    synchronized (entries) {
      Entry<T> entry = entry(request);
      if (request.outlivesCallers() && flight.refusalsForgotten == refusalsForgotten) {
        entry.failure = failure;
        entry.failureEnd = time.nanoTime() + failure.remembered().toNanos();
      }
      ended(request, entry);
      if (entry.good == null && request.outlivesCallers() && failure.reason() == Reason.NOT_FOUND) {
        remember(request);
      }
    }
    flight.failed(failure);
  }

  private void remember(Request<?> unknownName) {
    unknown.add(unknownName);
    if (unknown.size() > MOST_UNKNOWN) {
      entries.remove(unknown.removeFirst()); // which has no answer
    }
  }

  @SuppressWarnings("unchecked") // only this puts entries in: each has the type of its key
  private <T> Entry<T> entry(Request<T> request) {
    var entry = (Entry<T>) entries.get(request);
    if (entry == null) {
      entry = new Entry<>();
      entries.put(request, entry);
      if (entries.size() > MOST) {
        forgetOldest();
      }
    }
    return entry;
  }

  private void forgetOldest() {
    Iterator<Entry<?>> oldest = entries.values().iterator();
    while (oldest.hasNext()) {
      Entry<?> entry = oldest.next();
      if (entry.flight == null) {
        keep(entry, null);
        oldest.remove();
        return;
      }
    }
  }

  /// A request in flight: one thread fetches, others wait, each until its own deadline.
  private static final class Flight<T> {
    private final Request<T> request;
    private final long startedNanos;
    private final long refusalsForgotten;
    private boolean claimed;
    private boolean over;
    private @Nullable Kept<T> answer;
    private @Nullable SentryException failure;

    /// @param startedNanos by the clock that only goes forward
    /// @param refusalsForgotten how often refusals had been forgotten then
    Flight(Request<T> request, long startedNanos, long refusalsForgotten) {
      this.request = request;
      this.startedNanos = startedNanos;
      this.refusalsForgotten = refusalsForgotten;
    }

    /// Returns true for the caller that has to fetch.
    synchronized boolean claim() {
      boolean first = !claimed;
      claimed = true;
      return first;
    }

    synchronized void succeeded(Kept<T> whatCame) {
      answer = whatCame;
      end();
    }

    synchronized void failed(SentryException whatHappened) {
      failure = whatHappened;
      end();
    }

    /// Ends the flight without an answer or a failure, because of a bug in the exporter.
    synchronized void broke() {
      end();
    }

    /// Whether it failed only because the time of its caller was over: another has to send it.
    synchronized boolean isAbandoned() {
      return !request.outlivesCallers()
          && failure != null
          && (failure.reason() == Reason.TIMEOUT
              || failure.reason() == Reason.CANCELLED
              || failure.isWithoutTurn());
    }

    private void end() {
      over = true;
      notifyAll();
    }

    /// @param longest maximum wait, even if the deadline is later
    /// @throws IllegalStateException if the flight broke
    synchronized Kept<T> await(Deadline deadline, Duration longest)
        throws SentryException, InterruptedException {
      boolean _ = deadline.await(this, longest, () -> over);
      if (answer != null) {
        return answer;
      }
      if (failure != null) {
        throw failure;
      }
      if (over) {
        throw new IllegalStateException("internal error while requesting " + request.name());
      }
      String message =
          request.outlivesCallers()
              ? "Sentry has not answered yet; the answer serves the next probe"
              : "waited for the same request of another probe";
      throw deadline.state() == Deadline.State.CANCELLED
          ? new SentryException(Reason.CANCELLED, message)
          : new SentryException(Reason.TIMEOUT, message);
    }
  }

  /// Data left out of one answer: counted, and kept for the traces of probes.
  static final class Dropped implements Json.Drops {
    /// A trace has 200 lines at most.
    private static final int MOST_NOTES = 10;

    private final String collector;
    private final SentryMetrics metrics;
    private final List<String> notes = new ArrayList<>();

    Dropped(String collector, SentryMetrics metrics) {
      this.collector = collector;
      this.metrics = metrics;
    }

    @Override
    public synchronized void dropped(DropCause cause, String what) {
      metrics.dropped(collector, cause.label());
      if (notes.size() < MOST_NOTES) {
        notes.add(cause.label() + ": " + what);
      }
    }

    /// The first of them.
    synchronized List<String> notes() {
      return List.copyOf(notes);
    }
  }

  /// The memory for kept answers of all instances, counted in items: a sum of one project, an
  /// element of a list.
  ///
  /// Beyond it the answers that were requested longest ago are dropped, and requested anew when
  /// they are needed.
  public static final class Memory {
    private static final Logger log = LoggerFactory.getLogger(Memory.class);

    /// Of the heap.
    private static final double SHARE = 0.25;

    /// As measured; of a release it is more, of a sum less.
    private static final int BYTES_OF_ITEM = 160;

    private final long most;
    private final AtomicLong items = new AtomicLong();
    private final AtomicBoolean isReported = new AtomicBoolean();

    /// @param most items
    Memory(long most) {
      this.most = most;
    }

    /// The memory for answers in a heap of so many bytes.
    public static Memory ofHeap(long bytes) {
      return new Memory((long) (bytes * SHARE) / BYTES_OF_ITEM);
    }

    static long items(Object answer) {
      return switch (answer) {
        case Totals totals -> totals.byProject().values().stream().mapToLong(Map::size).sum();
        case Releases.Newest releases -> releases.newest().size();
        case Collection<?> list -> list.size();
        case Map<?, ?> byKey -> byKey.size();
        case Answer one -> 1 + one.http().body().length / BYTES_OF_ITEM;
        default -> 1;
      };
    }

    /// @param change positive for an answer that is kept, negative for one that is dropped
    void add(long change) {
      items.addAndGet(change);
    }

    /// Whether something has to be dropped; the log reports it once.
    boolean isFull() {
      boolean isFull = items.get() > most;
      if (isFull && isReported.compareAndSet(false, true)) {
        log.atWarn()
            .addKeyValue("items", String.valueOf(most))
            .log(
                "the memory for answers of Sentry is full: those requested longest ago are dropped"
                    + " and requested anew; give more heap, as in JAVA_OPTS=-Xmx1g");
      }
      return isFull;
    }
  }
}
