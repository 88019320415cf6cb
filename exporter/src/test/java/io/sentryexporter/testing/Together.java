package io.sentryexporter.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/// Parts of a test that run at the same time, each on a thread of its own.
///
/// It makes threads and joins them, and nothing else: each step of it is one more that a scheduler
/// of threads has to order.
public final class Together implements Executor {
  private final List<Thread> threads = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();

  /// Part of a test; may throw anything.
  public interface Part {
    void run() throws Exception;
  }

  /// Runs the parts to their ends.
  public static void run(Part... parts) throws InterruptedException {
    var together = new Together();
    for (Part part : parts) {
      together.add(part);
    }
    together.join();
  }

  /// Adds a part; it begins with [#join].
  public synchronized void add(Part part) {
    threads.add(
        new Thread(() -> {
          try {
            part.run();
          } catch (Exception | Error e) {
            failed(e);
          }
        }));
  }

  private synchronized void failed(Throwable failure) {
    failures.add(failure);
  }

  /// Runs a task that a part has for another thread, at once.
  @Override
  public void execute(Runnable task) {
    Thread thread;
    synchronized (this) {
      add(task::run);
      thread = threads.getLast();
    }
    thread.start();
  }

  /// Starts the parts, and waits for them and for all that they have started.
  ///
  /// @throws AssertionError if one of them threw
  public void join() throws InterruptedException {
    for (Thread thread : List.copyOf(threads)) {
      thread.start();
    }
    for (int i = 0; i < count(); i++) {
      thread(i).join();
    }
    synchronized (this) {
      if (!failures.isEmpty()) {
        throw new AssertionError("a part failed: " + failures.getFirst(), failures.getFirst());
      }
    }
  }

  private synchronized int count() {
    return threads.size();
  }

  private synchronized Thread thread(int i) {
    return threads.get(i);
  }
}
