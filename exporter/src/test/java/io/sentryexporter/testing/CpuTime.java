package io.sentryexporter.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.function.Executable;

/// The processor time of a part of a test: unlike the time by a clock, it does not grow while the
/// machine does something else.
public final class CpuTime {
  /// For a part that waits for ever, which takes no processor time.
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private CpuTime() {}

  /// Runs a part on a thread of its own, and asserts that it takes less than this.
  public static void assertLessThan(Duration limit, String what, Executable part) {
    var threads = ManagementFactory.getThreadMXBean();
    Duration used =
        assertTimeoutPreemptively(
            LONGEST,
            () -> {
              long before = threads.getCurrentThreadCpuTime();
              part.execute();
              return Duration.ofNanos(threads.getCurrentThreadCpuTime() - before);
            },
            what);
    assertThat(used).as("processor time: %s", what).isLessThan(limit);
  }
}
