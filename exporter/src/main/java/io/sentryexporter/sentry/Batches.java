package io.sentryexporter.sentry;

import io.sentryexporter.sentry.api.ApiRequest;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.time.Deadline;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Sends many requests of one kind a few at a time, so that they do not hold up others. A batch
/// goes on when the deadline of its callers has passed; requests of the same kind that come
/// meanwhile join it.
final class Batches {
  private final int width;
  private final Function<String, Executor> threads;
  private final Fetcher fetcher;
  private final Map<Kind, Batch> running = new HashMap<>();

  /// Requests an answer, and keeps it.
  interface Fetcher {
    void request(ApiRequest<?> request, CachePolicy policy)
        throws SentryException, InterruptedException;
  }

  /// Of which only one batch runs.
  private record Kind(String name, String organization) {
    static Kind of(ApiRequest<?> request) {
      return new Kind(request.name(), request.organization());
    }
  }

  /// @param width requests of a batch at a time
  /// @param threads runs those about an organization
  Batches(int width, Function<String, Executor> threads, Fetcher fetcher) {
    this.width = width;
    this.threads = threads;
    this.fetcher = fetcher;
  }

  /// Returns when all answers have come, or failed to, or at the deadline.
  ///
  /// @param due at least one
  void await(List<? extends ApiRequest<?>> due, CachePolicy policy, Deadline deadline)
      throws InterruptedException {
    Batch batch = begun(due, policy);
    synchronized (running) {
      boolean _ = deadline.await(running, () -> batch.isOver);
    }
  }

  private Batch begun(List<? extends ApiRequest<?>> requests, CachePolicy policy) {
    Batch batch;
    synchronized (running) {
      Kind kind = Kind.of(requests.getFirst());
      Batch other = running.get(kind);
      if (other != null) {
        other.left.addAll(requests);
        return other;
      }
      batch = new Batch(kind, requests, policy);
      running.put(kind, batch);
    }
    batch.start();
    return batch;
  }

  /// Guarded by the lock of [#running].
  private final class Batch {
    private final Kind kind;
    private final CachePolicy policy;
    private final SequencedSet<ApiRequest<?>> left;
    private int workers;
    private boolean isOver;

    Batch(Kind kind, List<? extends ApiRequest<?>> requests, CachePolicy policy) {
      this.kind = kind;
      this.policy = policy;
      this.left = new LinkedHashSet<>(requests);
      this.workers = Math.min(width, requests.size());
    }

    void start() {
      int wanted = workers;
      for (int i = 0; i < wanted; i++) {
        try {
          threads.apply(kind.organization()).execute(this::work);
        } catch (RejectedExecutionException _) {
          leave();
        }
      }
    }

    private void work() {
      boolean isStopped = false;
      try {
        for (ApiRequest<?> next = next(); next != null; next = next()) {
          try {
            fetcher.request(next, policy);
          } catch (SentryException _) {
            // remembered with the request
          }
        }
        isStopped = true;
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt(); // the exporter stops
      } finally {
        if (!isStopped) {
          leave();
        }
      }
    }

    /// Null for a worker that leaves because nothing is left.
    private @Nullable ApiRequest<?> next() {
      synchronized (running) {
        ApiRequest<?> next = left.isEmpty() ? null : left.removeFirst();
        if (next == null) {
          leave();
        }
        return next;
      }
    }

    private void leave() {
      synchronized (running) {
        workers--;
        if (workers == 0) {
          isOver = true;
          running.remove(kind);
          running.notifyAll();
        }
      }
    }
  }
}
