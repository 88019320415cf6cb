package io.sentryexporter.sentry;

import io.sentryexporter.sentry.api.Releases;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.sentry.transport.Answer;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The memory for kept answers of all instances, counted in items: a sum of one project, an element
/// of a list.
///
/// Beyond it the answers that were requested longest ago are dropped, and requested anew when they
/// are needed.
public final class AnswerMemory {
  private static final Logger log = LoggerFactory.getLogger(AnswerMemory.class);

  /// Of the heap.
  private static final double SHARE = 0.25;

  /// As measured; of a release it is more, of a sum less.
  private static final int BYTES_OF_ITEM = 160;

  private final long most;
  private final AtomicLong items = new AtomicLong();
  private final AtomicBoolean isReported = new AtomicBoolean();

  /// @param most items
  AnswerMemory(long most) {
    this.most = most;
  }

  /// The memory for answers in a heap of so many bytes.
  public static AnswerMemory ofHeap(long bytes) {
    return new AnswerMemory((long) (bytes * SHARE) / BYTES_OF_ITEM);
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
