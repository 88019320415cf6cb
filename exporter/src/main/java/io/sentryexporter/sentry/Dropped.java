package io.sentryexporter.sentry;

import io.sentryexporter.metrics.SentryMetrics;
import io.sentryexporter.sentry.api.Json;
import io.sentryexporter.sentry.api.Json.DropCause;
import java.util.ArrayList;
import java.util.List;

/// Data left out of one answer: counted, and kept for the traces of probes.
final class Dropped implements Json.Drops {
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
