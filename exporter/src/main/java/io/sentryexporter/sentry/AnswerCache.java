package io.sentryexporter.sentry;

import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.sentry.Flight.Kept;
import io.sentryexporter.sentry.api.ApiRequest;
import io.sentryexporter.sentry.api.Json;
import io.sentryexporter.sentry.api.MemberOrganizations;
import io.sentryexporter.sentry.model.Lifetime;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.transport.Answer;
import io.sentryexporter.time.Deadline;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The last good answer to each request, and the requests in flight.
///
/// A recent answer serves. Otherwise one fetch is made for all callers, however many wait; it goes
/// on when their time is over, for later callers. If it fails the last good answer stands in, until
/// it is too old, and the failure is remembered for a moment, so that a crowd does not repeat it.
final class AnswerCache {
  private static final Logger log = LoggerFactory.getLogger(AnswerCache.class);

  /// Most are of a few numbers; the large ones are of organizations, which are few.
  private static final int MOST = 20_000;

  /// Names that Sentry does not know.
  private static final int MOST_UNKNOWN = 1_000;

  private static final Duration STILL_ASKED = Duration.ofMinutes(5);

  /// A fetch takes so long only if Sentry hangs, or if the data has to be requested in many parts.
  private static final Duration OVERDUE = Duration.ofSeconds(10);

  /// A Sentry that works again has mostly answered by then.
  private static final Duration BRIEFLY = Duration.ofSeconds(1);

  private static final Duration FOR_EVER = Duration.ofDays(1);

  private final ExporterMetrics metrics;
  private final AnswerMemory memory;
  private final LongSupplier nanoTime;
  private final Executor threads;
  private final Fetcher fetcher;
  private final Map<ApiRequest<?>, Entry<?>> entries = new LinkedHashMap<>(16, 0.75f, true);

  /// Requests about names that Sentry does not know and has not answered for, the oldest first.
  /// Guarded by the lock of the entries.
  private final SequencedSet<ApiRequest<?>> unknown = new LinkedHashSet<>();

  private long refusalsForgotten;
  private boolean isClosed;

  /// Fetches answers from Sentry.
  interface Fetcher {
    /// The answer of Sentry.
    ///
    /// @param drops receives what is left out of it
    <T> T fetch(ApiRequest<T> request, Json.Drops drops)
        throws SentryException, InterruptedException;

    /// Whether an answer is still valid for its request.
    <T> boolean stillAnswers(ApiRequest<T> request, T answer);

    /// Whether an old answer may serve where there is no new one.
    boolean mayStandIn(ApiRequest<?> request);

    /// Called when an answer has come and all callers have it: the time for slow work.
    void taken(ApiRequest<?> request);
  }

  /// The answer for one caller.
  ///
  /// @param failure why an old answer stands in; null if it does not
  record Given<T>(Kept<T> kept, Answer.Source source, @Nullable SentryException failure) {
    T answer() {
      return kept.answer();
    }
  }

  /// The organization and collector that [#ages] are about.
  record Subject(String organization, String collector) {}

  private enum Asking {
    ON_THIS_THREAD,
    ON_ANOTHER_THREAD
  }

  /// The state of a request. Guarded by the lock of [AnswerCache].
  private static final class Entry<T> {
    private @Nullable Kept<T> good;
    private @Nullable Flight<T> flight;
    private @Nullable SentryException failure;
    private long failureEnd;
    private long lastAsked;

    /// Whether no caller has requested yet what is in flight.
    private boolean isBegunAhead;

    private @Nullable Long lastFetched;
  }

  AnswerCache(
      ExporterMetrics metrics,
      AnswerMemory memory,
      LongSupplier nanoTime,
      Executor threads,
      Fetcher fetcher) {
    this.metrics = metrics;
    this.memory = memory;
    this.nanoTime = nanoTime;
    this.threads = threads;
    this.fetcher = fetcher;
  }

  /// The answer for a caller that waits until the deadline, while another thread fetches.
  <T> Given<T> ask(ApiRequest<T> request, CachePolicy policy, Deadline deadline)
      throws SentryException, InterruptedException {
    metrics.cacheAsked();
    return ask(request, policy, deadline, Asking.ON_ANOTHER_THREAD);
  }

  /// The same for a caller that misses something in the kept list: it is read again, at most once a
  /// minute.
  <T> Given<T> askNewer(ApiRequest<T> list, CachePolicy policy, Deadline deadline)
      throws SentryException, InterruptedException {
    return ask(list, newer(list, policy), deadline);
  }

  /// The same for a fetch.
  <T> T askNewerWithin(ApiRequest<T> list, CachePolicy policy, Deadline deadline)
      throws SentryException, InterruptedException {
    return askWithin(list, newer(list, policy), deadline);
  }

  /// Reads a list again, without waiting for it.
  <T> void renew(ApiRequest<T> list) {
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
  <T> void begin(ApiRequest<T> request, CachePolicy policy) {
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

  private <T> Flight<T> begun(ApiRequest<T> request, Entry<T> entry) {
    long now = nanoTime.getAsLong();
    var flight = new Flight<T>(request.name(), now, refusalsForgotten);
    entry.flight = flight;
    entry.isBegunAhead = false;
    entry.lastFetched = now;
    return flight;
  }

  private CachePolicy newer(ApiRequest<?> list, CachePolicy policy) {
    return isDue(list, Lifetime.LIST_REREAD)
        ? new CachePolicy(Duration.ZERO, policy.maxStale())
        : policy;
  }

  /// Whether the last request to Sentry is older than the remembered time.
  boolean isDue(ApiRequest<?> request, Lifetime lifetime) {
    synchronized (entries) {
      Entry<?> entry = entries.get(request);
      return entry == null
          || entry.lastFetched == null
          || !lifetime.covers(entry.lastFetched, nanoTime.getAsLong());
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
      unknown.clear();
    }
  }

  /// The answer for a fetch that needs it to continue.
  ///
  /// The calling thread fetches by itself, also a request that others wait for and that no thread
  /// has begun: otherwise all threads could wait for work that only they could do.
  <T> T askWithin(ApiRequest<T> request, CachePolicy policy, Deadline deadline)
      throws SentryException, InterruptedException {
    return ask(request, policy, deadline, Asking.ON_THIS_THREAD).answer();
  }

  /// Whether there is neither an answer that serves nor a failure that is still remembered.
  <T> boolean isDue(ApiRequest<T> request, CachePolicy policy) {
    synchronized (entries) {
      Entry<T> entry = entry(request);
      boolean isRefused = entry.failure != null && nanoTime.getAsLong() - entry.failureEnd < 0;
      return !isRefused && !serves(request, entry.good, policy);
    }
  }

  private <T> boolean serves(ApiRequest<T> request, @Nullable Kept<T> good, CachePolicy policy) {
    return good != null
        && isYounger(good, policy.dueAge())
        && fetcher.stillAnswers(request, good.answer());
  }

  /// The answer that is known without a request: one that serves, or an old one while it is
  /// renewed.
  ///
  /// @throws SentryException why there is none
  <T> Given<T> known(ApiRequest<T> request, CachePolicy policy) throws SentryException {
    synchronized (entries) {
      Entry<T> entry = entry(request);
      Given<T> kept = kept(request, entry, policy);
      if (kept != null) {
        return kept;
      }
      Kept<T> good = entry.good;
      if (good != null && isYounger(good, policy.maxStale()) && fetcher.mayStandIn(request)) {
        return new Given<>(good, Answer.Source.KEPT, null);
      }
    }
    throw new SentryException.TimedOut(
        "not requested yet: many requests like it are made a few at a time; the answer serves a"
            + " later probe",
        0,
        0);
  }

  /// The last good answer, however old.
  @SuppressWarnings("unchecked") // as in entry()
  <T> @Nullable Kept<T> last(ApiRequest<T> request) {
    synchronized (entries) {
      var entry = (Entry<T>) entries.get(request);
      return entry == null ? null : entry.good;
    }
  }

  boolean isYounger(Kept<?> kept, Duration age) {
    return nanoTime.getAsLong() - kept.receivedNanos() < age.toNanos();
  }

  /// The ages of the answers that serve, the oldest of each subject; without those that are no
  /// longer requested, or that are about no organization.
  Map<Subject, Duration> ages() {
    long now = nanoTime.getAsLong();
    Map<Subject, Duration> ages = new HashMap<>();
    synchronized (entries) {
      entries.forEach((request, entry) -> {
        if (entry.good != null
            && !request.organization().isEmpty()
            && !(request instanceof MemberOrganizations.OrganizationPage) // which has an id
            && now - entry.lastAsked < STILL_ASKED.toNanos()) {
          ages.merge(
              new Subject(request.organization(), request.collector()),
              Duration.ofNanos(now - entry.good.receivedNanos()),
              (a, b) -> a.compareTo(b) > 0 ? a : b);
        }
      });
    }
    return ages;
  }

  private <T> Given<T> ask(
      ApiRequest<T> request, CachePolicy policy, Deadline deadline, Asking asking)
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
      patience = patience(entry, policy);
      isBegun = entry.flight != null;
      first = !isBegun || entry.isBegunAhead;
      entry.isBegunAhead = false;
      flight = entry.flight == null ? begun(request, entry) : entry.flight;
    }
    switch (asking) {
      case ON_THIS_THREAD -> fly(request, flight);
      case ON_ANOTHER_THREAD -> {
        if (!isBegun) {
          launch(request, flight);
        }
      }
    }
    try {
      Kept<T> kept = flight.await(deadline, patience);
      if (!first) {
        metrics.coalesced();
      }
      var source = first ? Answer.Source.ASKED : Answer.Source.SHARED;
      return new Given<>(kept, source, null);
    } catch (SentryException e) {
      return standIn(request, last(request), policy, e);
    }
  }

  /// Maximum wait for Sentry: short if it hangs and an old answer can stand in.
  private <T> Duration patience(Entry<T> entry, CachePolicy policy) {
    Kept<T> good = entry.good;
    Flight<T> flight = entry.flight;
    boolean hangs =
        flight == null
            ? entry.failure instanceof SentryException.TimedOut
            : nanoTime.getAsLong() - flight.startedNanos() > OVERDUE.toNanos();
    return hangs && good != null && isYounger(good, policy.maxStale()) ? BRIEFLY : FOR_EVER;
  }

  /// The answer that is available without a request to Sentry; null if there is none.
  private <T> @Nullable Given<T> kept(ApiRequest<T> request, Entry<T> entry, CachePolicy policy)
      throws SentryException {
    long now = nanoTime.getAsLong();
    entry.lastAsked = now;
    Kept<T> good = entry.good;
    if (good != null && serves(request, good, policy)) {
      metrics.cacheHit();
      return new Given<>(good, Answer.Source.KEPT, null);
    }
    SentryException failure = entry.failure;
    return failure != null && now - entry.failureEnd < 0
        ? standIn(request, good, policy, failure)
        : null;
  }

  private <T> Given<T> standIn(
      ApiRequest<T> request, @Nullable Kept<T> good, CachePolicy policy, SentryException failure)
      throws SentryException {
    if (good == null || !isYounger(good, policy.maxStale()) || !fetcher.mayStandIn(request)) {
      throw failure;
    }
    return new Given<>(good, Answer.Source.KEPT, failure);
  }

  private <T> void launch(ApiRequest<T> request, Flight<T> flight) {
    try {
      threads.execute(() -> fly(request, flight));
    } catch (RejectedExecutionException e) {
      String why = "no request to Sentry can start: " + e.getMessage();
      failed(request, flight, new SentryException.Cancelled(why, 0, 0));
    }
  }

  /// The whole of a flight, on the thread that claims it.
  private <T> void fly(ApiRequest<T> request, Flight<T> flight) {
    if (flight.claim() && hasLanded(request, flight)) {
      fetcher.taken(request);
    }
  }

  /// Fetches, and passes the result to waiting callers.
  private <T> boolean hasLanded(ApiRequest<T> request, Flight<T> flight) {
    try {
      var dropped = new Dropped(request.collector(), metrics.sentry());
      T answer = fetcher.fetch(request, dropped);
      var kept = new Kept<>(answer, nanoTime.getAsLong(), dropped.notes());
      synchronized (entries) {
        Entry<T> entry = entry(request);
        keep(entry, kept);
        entry.failure = null;
        entry.flight = null;
        unknown.remove(request);
      }
      flight.succeeded(kept);
      return true;
    } catch (SentryException e) {
      failed(request, flight, e);
    } catch (InterruptedException _) {
      failed(request, flight, stopping());
      Thread.currentThread().interrupt();
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
    }
    return false;
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
    return kept == null ? 0 : AnswerMemory.items(kept.answer());
  }

  /// Gives its part of the memory back; what is still on its way is not kept.
  void close() {
    synchronized (entries) {
      entries.values().forEach(entry -> keep(entry, null));
      isClosed = true;
    }
  }

  private static SentryException stopping() {
    return new SentryException.Cancelled("the exporter is stopping", 0, 0);
  }

  private <T> void failed(ApiRequest<T> request, Flight<T> flight, SentryException failure) {
    synchronized (entries) {
      Entry<T> entry = entry(request);
      if (flight.refusalsForgotten() == refusalsForgotten) {
        entry.failure = failure;
        entry.failureEnd = nanoTime.getAsLong() + failure.remembered().toNanos();
      }
      entry.flight = null;
      if (entry.good == null && Reason.of(failure) == Reason.NOT_FOUND) {
        remember(request);
      }
    }
    flight.failed(failure);
  }

  private void remember(ApiRequest<?> unknownName) {
    unknown.remove(unknownName); // so that the oldest stays first
    unknown.add(unknownName);
    if (unknown.size() > MOST_UNKNOWN) {
      remove(unknown.removeFirst());
    }
  }

  @SuppressWarnings("unchecked") // only this puts entries in: each has the type of its key
  private <T> Entry<T> entry(ApiRequest<T> request) {
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

  private void remove(ApiRequest<?> request) {
    Entry<?> entry = entries.remove(request);
    if (entry != null) {
      keep(entry, null);
    }
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
}
