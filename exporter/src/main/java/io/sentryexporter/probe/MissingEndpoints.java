package io.sentryexporter.probe;

import io.sentryexporter.sentry.model.Lifetime;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// Remembers addresses that a server no longer has, so that not every probe requests them: for as
/// long as [Lifetime] defines, or one minute where the address has worked before.
final class MissingEndpoints {
  private static final int MOST = 1_000;

  private final LongSupplier nanoTime;
  private final Map<URI, Missing> missing = new LinkedHashMap<>();
  private final Map<URI, Boolean> worked = new LinkedHashMap<>();

  private record Missing(long since, long until) {}

  MissingEndpoints(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// @param isSentrysWord whether the answer had the form that Sentry uses for missing endpoints
  synchronized void add(URI address, boolean isSentrysWord) {
    long now = nanoTime.getAsLong();
    Missing before = missing.remove(address); // so that the oldest stays first
    long since = before == null ? now : before.since();
    Lifetime lifetime = Lifetime.DOUBTED;
    if (isSentrysWord && !worked.containsKey(address)) {
      lifetime = Lifetime.ABSENT.covers(since, now) ? Lifetime.ABSENT : Lifetime.ABSENT_TWICE;
    }
    put(missing, address, new Missing(since, now + lifetime.duration().toNanos()));
  }

  synchronized void worked(URI address) {
    missing.remove(address);
    put(worked, address, true);
  }

  synchronized boolean isMissing(URI address) {
    Missing now = missing.get(address);
    return now != null && nanoTime.getAsLong() - now.until() < 0;
  }

  synchronized void forget() {
    missing.clear();
  }

  private static <T> void put(Map<URI, T> map, URI address, T value) {
    map.put(address, value);
    if (map.size() > MOST) {
      map.remove(map.keySet().iterator().next());
    }
  }
}
