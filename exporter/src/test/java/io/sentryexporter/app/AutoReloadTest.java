package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.app.ConfigReloader.Seen;
import io.sentryexporter.time.Cancellation.Registration;
import io.sentryexporter.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class AutoReloadTest {
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  private final Timer timer = new Timer();
  private final Queue<Seen> found = new ArrayDeque<>();

  /// Runs what is scheduled when the test wants it, and records after which pause.
  private static final class Timer implements TimeSource {
    private final List<Duration> pauses = new ArrayList<>();
    private final Queue<Runnable> actions = new ArrayDeque<>();

    @Override
    public Registration schedule(Duration delay, Runnable action) {
      pauses.add(delay);
      actions.add(action);
      return () -> {};
    }

    /// Lets time pass until the next look.
    void pass() {
      actions.remove().run();
    }

    @Override
    public Instant instant() {
      return Instant.EPOCH;
    }

    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public boolean await(Object lock, Duration longest, BooleanSupplier condition) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  @Test
  void itLooksAtTheInterval() {
    found.addAll(List.of(Seen.UNCHANGED, Seen.LOADED, Seen.REFUSED));
    start(INTERVAL);
    for (int i = 0; i < 3; i++) {
      timer.pass();
    }
    assertThat(found).isEmpty();
    assertThat(timer.pauses).containsExactly(INTERVAL, INTERVAL, INTERVAL, INTERVAL);
  }

  @Test
  void itLooksAgainAfterASecondWhatIsChanging() {
    found.addAll(List.of(Seen.CHANGING, Seen.CHANGING, Seen.LOADED));
    start(INTERVAL);
    for (int i = 0; i < 3; i++) {
      timer.pass();
    }
    Duration second = Duration.ofSeconds(1);
    assertThat(timer.pauses).containsExactly(INTERVAL, second, second, INTERVAL);
  }

  @Test
  void aLookThatFailsOrFindsNoThreadIsNotTheLast() {
    var isBusy = new boolean[] {true};
    new AutoReload(
            () -> {
              throw new IllegalStateException("a bug");
            },
            INTERVAL,
            timer,
            task -> {
              if (isBusy[0]) {
                throw new RejectedExecutionException("no thread can be started");
              }
              try {
                task.run();
              } catch (IllegalStateException _) {
                // as at the top of a thread
              }
            })
        .start();
    timer.pass();
    isBusy[0] = false;
    timer.pass();
    assertThat(timer.pauses).containsExactly(INTERVAL, INTERVAL, INTERVAL);
  }

  private void start(Duration interval) {
    new AutoReload(found::remove, interval, timer, Runnable::run).start();
  }
}
