package io.sentryexporter.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.server.ListenAddress.ListenException;
import io.sentryexporter.server.Listener.Handler;
import io.sentryexporter.server.Listener.Limits;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;

/// What tests of the listener share: a listener, raw clients, and that every thread ends.
public abstract class ListeningTest {
  static final Duration SHORT = Duration.ofMillis(300);
  static final Duration LONG = Duration.ofMinutes(2);

  /// For what comes at once, unless the machine is busy with something else.
  static final Duration PATIENCE = Duration.ofMinutes(1);

  static final long PATIENCE_SECONDS = PATIENCE.toSeconds();
  private static final int MOST_ATTEMPTS = 5;

  protected static final Limits LIMITS = limits(8, new Limits.Timeouts(LONG, LONG, LONG, LONG));

  final ExecutorService threads = Executors.newCachedThreadPool();
  final List<AutoCloseable> opened = new ArrayList<>();
  final BlockingQueue<Request> seen = new LinkedBlockingQueue<>();
  final AtomicInteger refusals = new AtomicInteger();

  private CountDownLatch released = new CountDownLatch(1);

  static Limits limits(int connections, Limits.Timeouts timeouts) {
    return new Limits(connections, 16 << 10, 100, 64 << 10, timeouts);
  }

  protected Listener listen(Limits limits, Handler handler) throws ListenException {
    var listener =
        Listener.start(
            new ListenAddress("127.0.0.1", 0), limits, handler, threads, refusals::incrementAndGet);
    opened.add(listener);
    return listener;
  }

  Listener listen() throws ListenException {
    return listen(LIMITS, this::echo);
  }

  static String head(String... lines) {
    return String.join("\r\n", lines) + "\r\n\r\n";
  }

  RawClient client(Listener listener) throws IOException {
    var client = new RawClient(listener.localAddress());
    opened.add(client);
    return client;
  }

  Response echo(Request request) {
    seen.add(request);
    return Response.text(200, request.method() + ' ' + request.path());
  }

  Response waitForRelease(Request request) throws InterruptedException {
    seen.add(request);
    assertThat(released.await(PATIENCE_SECONDS, SECONDS)).isTrue();
    return Response.text(200, "released");
  }

  /// Lets go what waits in [#waitForRelease].
  void release() {
    released.countDown();
  }

  Response awaitHangUp(Request request, CountDownLatch hungUp) throws InterruptedException {
    try (var _ = request.hangUp().onCancel(hungUp::countDown)) {
      seen.add(request);
      assertThat(hungUp.await(PATIENCE_SECONDS, SECONDS)).isTrue();
      return Response.text(200, "");
    }
  }

  Request nextSeen() throws InterruptedException {
    var request = seen.poll(PATIENCE_SECONDS, SECONDS);
    assertThat(request).isNotNull();
    return request;
  }

  /// Does what has to be done within a time that the program gives; anew where the machine took
  /// longer.
  <T> T hurrying(Duration time, Callable<T> part) throws Exception {
    for (int attempt = 1; true; attempt++) {
      long start = System.nanoTime();
      try {
        return part.call();
      } catch (IOException | AssertionError e) {
        if (System.nanoTime() - start < time.toNanos() || attempt == MOST_ATTEMPTS) {
          throw e;
        }
      }
      release();
      released = new CountDownLatch(1);
      seen.clear();
    }
  }

  @AfterEach
  void closeAll() throws Exception {
    release();
    for (var open : opened.reversed()) {
      open.close();
    }
    threads.shutdown();
    assertThat(threads.awaitTermination(PATIENCE_SECONDS, SECONDS))
        .as("every thread ends")
        .isTrue();
  }
}
