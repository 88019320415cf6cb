package io.sentryexporter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/// What a test does on another thread, while it does something else.
public final class Aside {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Aside() {}

  public static <T> Future<T> run(Callable<T> task) {
    var future = new FutureTask<>(task);
    Thread.ofPlatform().daemon().start(future);
    return future;
  }

  /// Waits until so many threads wait for another, or for a time, in code of the package `sentry`.
  public static void awaitWaiting(long threads) {
    Eventually.within(PATIENCE, () -> assertThat(waiting()).isGreaterThanOrEqualTo(threads));
  }

  private static long waiting() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(each ->
            switch (each.getKey().getState()) {
              case WAITING, TIMED_WAITING -> true;
              default -> false;
            })
        .filter(each ->
            Arrays.stream(each.getValue())
                .anyMatch(frame -> frame.getClassName().startsWith("io.sentryexporter.sentry.")))
        .count();
  }
}
