package io.sentryexporter.app;

import com.sun.management.OperatingSystemMXBean;
import io.sentryexporter.time.TimeSource;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;

/// Returns memory to the system after a period of load.
///
/// The serial garbage collector shrinks the heap only in a full collection, which may not happen
/// for hours in a process with little to do. So a full collection runs once when the heap has grown
/// and the process has had little to do for a while.
final class HeapShrinker {
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  /// Number of consecutive checks that find little to do.
  private static final int QUIET_CHECKS = 2;

  /// Maximum CPU time between two checks that counts as little to do: a tenth of a core.
  private static final long QUIET_NANOS = INTERVAL.toNanos() / 10;

  /// Heap growth that is worth a collection.
  private static final long GROWTH_BYTES = 24L << 20;

  private final LongSupplier cpuNanos;
  private final LongSupplier heapBytes;
  private final Runnable collection;
  private long lastCpuNanos;
  private long level;
  private int quiet;

  /// @param cpuNanos CPU time of the process
  /// @param heapBytes memory that the heap takes from the system
  /// @param collection runs a full collection
  HeapShrinker(LongSupplier cpuNanos, LongSupplier heapBytes, Runnable collection) {
    this.cpuNanos = cpuNanos;
    this.heapBytes = heapBytes;
    this.collection = collection;
    this.level = heapBytes.getAsLong();
  }

  /// Starts to check, until time ends.
  static void start(TimeSource time) {
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    var memory = ManagementFactory.getMemoryMXBean();
    var shrinker =
        new HeapShrinker(
            system::getProcessCpuTime,
            () -> memory.getHeapMemoryUsage().getCommitted(),
            memory::gc);
    shrinker.checkLater(time);
  }

  private void checkLater(TimeSource time) {
    try {
      var _ =
          time.schedule(
              INTERVAL,
              () -> {
                check();
                checkLater(time);
              });
    } catch (RejectedExecutionException _) {
      // the exporter stops
    }
  }

  void check() {
    long cpu = cpuNanos.getAsLong();
    quiet = cpu - lastCpuNanos <= QUIET_NANOS ? quiet + 1 : 0;
    lastCpuNanos = cpu;
    if (quiet >= QUIET_CHECKS && heapBytes.getAsLong() - level > GROWTH_BYTES) {
      collection.run();
      level = heapBytes.getAsLong();
    }
  }
}
