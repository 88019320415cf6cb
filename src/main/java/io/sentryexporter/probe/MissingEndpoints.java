package io.sentryexporter.probe;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// Addresses that a server has no more, so that not every probe asks for them again; asked again
/// after an hour.
final class MissingEndpoints {
  private static final Duration REMEMBERED = Duration.ofHours(1);
  private static final int MOST = 1_000;

  private final LongSupplier nanoTime;
  private final Map<URI, Long> since = new ConcurrentHashMap<>();

  MissingEndpoints(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  void add(URI address) {
    if (since.size() >= MOST) {
      since.clear(); // rare, and costs one question each
    }
    since.put(address, nanoTime.getAsLong());
  }

  boolean isMissing(URI address) {
    Long seen = since.get(address);
    return seen != null && nanoTime.getAsLong() - seen < REMEMBERED.toNanos();
  }
}
