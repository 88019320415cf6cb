package io.sentryexporter.testing;

import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/// What a test does on another thread, while it does something else.
public final class Aside {
  private Aside() {}

  public static <T> Future<T> run(Callable<T> task) {
    var future = new FutureTask<>(task);
    Thread.ofPlatform().daemon().start(future);
    return future;
  }
}
