package io.sentryexporter.http;

import io.sentryexporter.time.Deadline;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/// Addresses by name, waited for no longer than a deadline allows.
///
/// A lookup in the JDK cannot be interrupted, so it happens on other threads: once per name however
/// many calls wait for it. Who gives up leaves it running for the next one.
final class NameLookup {
  private final Resolver resolver;
  private final Executor threads;
  private final ConcurrentMap<String, Lookup> running = new ConcurrentHashMap<>();

  /// How names become addresses: [InetAddress#getAllByName], or a test's own idea of it.
  @FunctionalInterface
  interface Resolver {
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  /// @param threads may refuse a lookup
  NameLookup(Resolver resolver, Executor threads) {
    this.resolver = resolver;
    this.threads = threads;
  }

  /// The addresses of `host`, at least one; an empty list if the deadline ended first.
  List<InetAddress> addresses(String host, Deadline deadline)
      throws UnknownHostException, InterruptedException {
    var literal = Origin.address(host);
    if (literal != null) {
      return List.of(literal);
    }
    var lookup = running.computeIfAbsent(host, Lookup::new);
    lookup.startOnce();
    return lookup.await(deadline);
  }

  /// The lookup of one name, from the first caller that needs it to its end.
  private final class Lookup implements Runnable {
    private final String host;
    private boolean isStarted;
    private @Nullable List<InetAddress> addresses;

    private Lookup(String host) {
      this.host = host;
    }

    private void startOnce() {
      synchronized (this) {
        if (isStarted) {
          return;
        }
        isStarted = true;
      }
      try {
        threads.execute(this);
      } catch (RejectedExecutionException | OutOfMemoryError _) {
        // No lookup ends, or no thread can be started. The next call for the name tries again.
        finish(List.of());
      }
    }

    @Override
    public void run() {
      var found = List.<InetAddress>of();
      try {
        found = List.of(resolver.resolve(host));
      } catch (UnknownHostException _) {
        // the empty list reports it
      } finally {
        finish(found);
      }
    }

    private void finish(List<InetAddress> found) {
      running.remove(host, this);
      synchronized (this) {
        addresses = found;
        notifyAll();
      }
    }

    private synchronized List<InetAddress> await(Deadline deadline)
        throws UnknownHostException, InterruptedException {
      boolean _ = deadline.await(this, () -> addresses != null);
      if (addresses != null && addresses.isEmpty()) {
        throw new UnknownHostException();
      }
      return addresses == null ? List.of() : addresses;
    }
  }
}
