package io.sentryexporter.app;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Gives memory back to the system when load has gone.
///
/// The serial collector shrinks the heap only when it collects all of it, which a process with
/// little to do does not come to for hours. So all is collected once when the heap has grown and
/// the process has had little to do for a while.
final class HeapShrinker {
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  /// Checks in a row that find little to do.
  private static final int QUIET_CHECKS = 2;

  /// Processor time between two checks up to which there is little to do: a tenth of a core.
  private static final long QUIET_NANOS = INTERVAL.toNanos() / 10;

  /// Growth that is worth a collection.
  private static final long GROWTH_BYTES = 24L << 20;

  private final LongSupplier cpuNanos;
  private final LongSupplier heapBytes;
  private final Runnable collection;
  private long lastCpuNanos;
  private long level;
  private int quiet;

  /// @param cpuNanos processor time of the process
  /// @param heapBytes memory that the heap takes from the system
  /// @param collection of the whole heap
  HeapShrinker(LongSupplier cpuNanos, LongSupplier heapBytes, Runnable collection) {
    this.cpuNanos = cpuNanos;
    this.heapBytes = heapBytes;
    this.collection = collection;
    this.level = heapBytes.getAsLong();
  }

  /// Begins to check, until the timer ends.
  static void start(ScheduledExecutorService timer) {
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    var memory = ManagementFactory.getMemoryMXBean();
    var shrinker =
        new HeapShrinker(
            system::getProcessCpuTime,
            () -> memory.getHeapMemoryUsage().getCommitted(),
            memory::gc);
    var _ =
        timer.scheduleWithFixedDelay(
            shrinker::check, INTERVAL.toNanos(), INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
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
