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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;

/// What tests of the listener share: a listener, raw clients, and that every thread ends.
public abstract class ListeningTest {
  static final Duration SHORT = Duration.ofMillis(300);
  static final Duration LONG = Duration.ofSeconds(60);
  protected static final Limits LIMITS = limits(8, new Limits.Timeouts(LONG, LONG, LONG, LONG));

  final ExecutorService threads = Executors.newCachedThreadPool();
  final List<AutoCloseable> opened = new ArrayList<>();
  final BlockingQueue<Request> seen = new LinkedBlockingQueue<>();
  final AtomicInteger refusals = new AtomicInteger();
  final CountDownLatch release = new CountDownLatch(1);

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
    assertThat(release.await(10, SECONDS)).isTrue();
    return Response.text(200, "released");
  }

  Response awaitHangUp(Request request, CountDownLatch hungUp) throws InterruptedException {
    try (var _ = request.hangUp().onCancel(hungUp::countDown)) {
      seen.add(request);
      assertThat(hungUp.await(10, SECONDS)).isTrue();
      return Response.text(200, "");
    }
  }

  Request nextSeen() throws InterruptedException {
    var request = seen.poll(10, SECONDS);
    assertThat(request).isNotNull();
    return request;
  }

  @AfterEach
  void closeAll() throws Exception {
    release.countDown();
    for (var open : opened.reversed()) {
      open.close();
    }
    threads.shutdown();
    assertThat(threads.awaitTermination(10, SECONDS)).as("every thread ends").isTrue();
  }
}
