package io.sentryexporter.http;

import static io.sentryexporter.http.Client.request;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.http.HttpClient.HttpSettings;
import io.sentryexporter.http.HttpFailure.Cancelled;
import io.sentryexporter.http.HttpFailure.Phase;
import io.sentryexporter.http.HttpFailure.TimedOut;
import io.sentryexporter.testing.Aside;
import io.sentryexporter.tls.Trust;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The deadline and a client that hangs up end a call, at any step.
@Timeout(300)
class CallDeadlineTest {
  private static final Duration SHORT = Duration.ofMillis(400);

  /// Where a call hangs.
  enum Hang {
    LOOKUP(Phase.LOOKUP),
    CONNECT(Phase.CONNECT),
    HANDSHAKE(Phase.HANDSHAKE),
    PROXY(Phase.CONNECT),
    HEADERS(Phase.HEADERS),
    HALF_A_HEAD(Phase.HEADERS),
    BODY(Phase.BODY),
    DRIP(Phase.BODY),
    GZIP(Phase.BODY),
    LEASE(Phase.LEASE);

    private final Phase phase;

    Hang(Phase phase) {
      this.phase = phase;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCallEndsWithItsDeadline(Hang where) throws Exception {
    Phase phase = phaseAtDeadline(where, SHORT);
    if (phase != where.phase) { // a slow machine comes to it later
      phase = phaseAtDeadline(where, Duration.ofSeconds(20));
    }
    assertThat(phase).isEqualTo(where.phase);
  }

  private static Phase phaseAtDeadline(Hang where, Duration timeout) throws Exception {
    try (var scene = new Scene(where);
        var deadline = scene.client.deadline(timeout)) {
      var failure = scene.client.failure(scene.request, deadline);
      assertThat(failure).isInstanceOf(TimedOut.class).hasMessageStartingWith("timed out ");
      Phase phase = ((TimedOut) failure).phase();
      assertThat(failure.status()).isEqualTo(phase == Phase.BODY ? 200 : 0);
      if (phase == where.phase) {
        scene.assertConnectionClosed();
      }
      return phase;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCallEndsWhenItIsCancelled(Hang where) throws Exception {
    try (var scene = new Scene(where);
        var deadline = scene.client.deadline(Client.LONG)) {
      var _ =
          Aside.run(() -> {
            scene.awaitHang();
            deadline.cancel();
            return deadline;
          });
      assertThat(scene.client.failure(scene.request, deadline)).isInstanceOf(Cancelled.class);
      scene.assertConnectionClosed();
    }
  }

  @Test
  void aCallAfterTheDeadlineSendsNothing() {
    try (var server = RawServer.answering(RawServer.ok(""));
        var client = Client.standard()) {
      assertThat(client.failure(request(server.uri("/")), Duration.ZERO))
          .isInstanceOf(TimedOut.class);
      assertThat(server.accepted()).isZero();
    }
  }

  @Test
  void theConnectionOfACancelledCallIsNotUsedAgain() throws Exception {
    var isAsked = new CountDownLatch(1);
    try (var server =
            RawServer.playing(peer -> {
              while (!peer.readHead().isEmpty()) {
                if (peer.number == 1) {
                  isAsked.countDown();
                  peer.awaitClose();
                }
                peer.send(RawServer.ok(""));
              }
            });
        var client = Client.standard();
        var canceller = Executors.newSingleThreadExecutor();
        var deadline = client.deadline(Client.LONG)) {
      var _ =
          canceller.submit(() -> {
            isAsked.await();
            deadline.cancel();
            return deadline;
          });
      assertThat(client.failure(request(server.uri("/")), deadline)).isInstanceOf(Cancelled.class);
      client.get(server.uri("/"));
      client.get(server.uri("/"));
      assertThat(server.accepted()).isEqualTo(2);
    }
  }

  @Test
  void anInterruptedThreadStopsWaitingForANameAndStaysInterrupted() {
    try (var client = new Client(Client.settings(), _ -> hang(new CountDownLatch(1)))) {
      Thread.currentThread().interrupt();
      assertThat(client.failure(URI.create("http://sentry.example/")))
          .isInstanceOf(Cancelled.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aLookupThatHangsIsSharedByAllWhoWaitForIt() throws Exception {
    var lookups = new AtomicInteger();
    var answer = new CountDownLatch(1);
    var threads = Executors.newFixedThreadPool(20);
    try (var server = RawServer.answering(RawServer.ok(""));
        var client =
            new Client(
                Client.settings(),
                host -> {
                  if (host.equals("slow.example")) {
                    lookups.incrementAndGet();
                    await(answer);
                  }
                  return new InetAddress[] {InetAddress.getLoopbackAddress()};
                })) {
      var slow = URI.create("http://slow.example:" + server.port() + "/");
      var waiting = new ArrayList<Future<HttpAnswer>>();
      for (var i = 0; i < 20; i++) {
        waiting.add(threads.submit(() -> client.get(slow)));
      }
      var other = client.get(URI.create("http://fast.example:" + server.port() + "/"));
      assertThat(other.status()).isEqualTo(200);
      assertThat(client.failure(request(slow), SHORT)).isInstanceOf(TimedOut.class);
      assertThat(lookups).hasValue(1);
      answer.countDown();
      for (var call : waiting) {
        assertThat(call.get(60, SECONDS).status()).isEqualTo(200);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void anAddressThatDoesNotAnswerIsGivenUpForTheNextOne() throws Exception {
    var toClose = new ArrayList<Closeable>();
    var answering = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    var port = blackHole("127.0.0.2", answering.getLocalPort(), toClose);
    try (var server =
            RawServer.on(
                answering,
                peer -> {
                  peer.readHead();
                  peer.send(RawServer.ok(""));
                });
        var client =
            new Client(
                Client.settings(),
                _ ->
                    new InetAddress[] {
                      InetAddress.ofLiteral("127.0.0.2"), InetAddress.ofLiteral("127.0.0.1")
                    })) {
      assertThat(client.get(URI.create("http://sentry.example:" + port + "/")).status())
          .isEqualTo(200);
      assertThat(server.accepted()).isEqualTo(1);
    } finally {
      for (var closeable : toClose) {
        closeable.close();
      }
    }
  }

  @Test
  void anAddressThatDidNotAnswerIsTriedLastAsLongAsTheLookupLives() throws Exception {
    boolean isInTime = false;
    for (int attempt = 0; attempt < 3 && !isInTime; attempt++) { // on a slow machine
      isInTime = isTriedLastForThreeCalls();
    }
    assertThat(isInTime).isTrue();
  }

  private static boolean isTriedLastForThreeCalls() throws Exception {
    var toClose = new ArrayList<Closeable>();
    var answering = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    var port = blackHole("127.0.0.2", answering.getLocalPort(), toClose);
    var impatient = Duration.ofSeconds(2); // gives up before the first address is given up
    try (var _ =
            RawServer.on(
                answering,
                peer -> {
                  peer.readHead();
                  peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
                });
        var client =
            new Client(
                Client.settings(),
                _ ->
                    new InetAddress[] {
                      InetAddress.ofLiteral("127.0.0.2"), InetAddress.ofLiteral("127.0.0.1")
                    })) {
      var uri = URI.create("http://sentry.example:" + port + "/");

      assertThat(client.failure(request(uri), impatient)).isInstanceOf(TimedOut.class);

      for (var again = 0; again < 3; again++) {
        try (var deadline = client.deadline(impatient)) {
          assertThat(client.caller().get(request(uri), _ -> true, deadline).status())
              .isEqualTo(200);
        }
      }
      return true;
    } catch (TimedOut _) {
      return false;
    } finally {
      for (var closeable : toClose) {
        closeable.close();
      }
    }
  }

  /// A port that accepts nothing, with its backlog full: the system does not answer a SYN.
  private static int blackHole(String address, int port, List<Closeable> toClose)
      throws IOException {
    var listener = new ServerSocket(port, 1, InetAddress.ofLiteral(address));
    toClose.add(listener);
    for (var isFull = false; !isFull; ) {
      var filler = new Socket();
      toClose.add(filler);
      try {
        filler.connect(listener.getLocalSocketAddress(), 100);
      } catch (SocketTimeoutException _) {
        isFull = true;
      }
    }
    return listener.getLocalPort();
  }

  private static InetAddress[] hang(CountDownLatch until) throws UnknownHostException {
    await(until);
    throw new UnknownHostException();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// A server and a client whose call hangs at one place.
  private static final class Scene implements AutoCloseable {
    private final CountDownLatch isOver = new CountDownLatch(1);
    private final CountDownLatch isClosed = new CountDownLatch(1);
    private final CountDownLatch isAsked = new CountDownLatch(1);
    private final List<Closeable> toClose = new ArrayList<>();
    private final Hang where;
    private final Client client;
    private final HttpGet request;

    Scene(Hang where) throws Exception {
      this.where = where;
      var server = RawServer.playing(peer -> play(peer, where));
      toClose.add(server::close);
      var uri =
          switch (where) {
            case LOOKUP -> URI.create("http://sentry.example/");
            case HANDSHAKE -> server.tlsUri("/");
            case PROXY -> URI.create("https://sentry.example/");
            case CONNECT ->
                URI.create("http://127.0.0.1:" + blackHole("127.0.0.1", 0, toClose) + "/");
            case HEADERS, HALF_A_HEAD, BODY, DRIP, GZIP, LEASE -> server.uri("/");
          };
      var proxy =
          where == Hang.PROXY
              ? Map.of("HTTPS_PROXY", "127.0.0.1:" + server.port())
              : Map.<String, String>of();
      var settings =
          new HttpSettings(
              Client.connections(1, Integer.MAX_VALUE),
              Client.USER_AGENT,
              ProxyRules.fromEnvironment(proxy),
              Trust.SYSTEM);
      this.client =
          where == Hang.LOOKUP
              ? new Client(
                  settings,
                  _ -> {
                    isAsked.countDown();
                    return hang(isOver);
                  })
              : Client.with(settings);
      toClose.add(client::close);
      this.request = request(uri);
      if (where == Hang.LEASE) {
        var busy = Executors.newSingleThreadExecutor();
        var other = client.deadline(Client.LONG);
        var _ = busy.submit(() -> client.caller().get(request, _ -> true, other));
        isAsked.await();
        toClose.add(() -> {
          other.cancel();
          busy.close();
        });
      }
    }

    private void play(RawServer.Peer peer, Hang hang) throws IOException {
      switch (hang) {
        case HANDSHAKE -> {}
        case PROXY, HEADERS, LEASE -> peer.readHead();
        case HALF_A_HEAD -> {
          peer.readHead();
          peer.send("HTTP/1.1 200 OK\r\nContent-");
        }
        case BODY -> {
          peer.readHead();
          peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
        }
        case DRIP -> {
          peer.readHead();
          peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          isAsked.countDown();
          drip(peer);
        }
        case GZIP -> {
          peer.readHead();
          peer.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n");
          var body = RawServer.gzip("[[1,2]]");
          peer.send(Arrays.copyOf(body, body.length - 9));
        }
        case LOOKUP, CONNECT -> throw new AssertionError();
      }
      isAsked.countDown();
      peer.awaitClose();
      isClosed.countDown();
    }

    /// A byte every 20 ms for as long as the client takes them.
    private void drip(RawServer.Peer peer) {
      try {
        while (!isOver.await(20, MILLISECONDS)) {
          peer.send("1\r\nx\r\n");
        }
      } catch (IOException | InterruptedException _) {
        // the client is gone
      }
    }

    /// Waits until the call is where it hangs, as far as anybody sees it.
    void awaitHang() throws InterruptedException {
      if (where != Hang.CONNECT) { // that, nobody sees
        isAsked.await();
      }
    }

    /// The socket is closed at the end of the call, not some time later.
    void assertConnectionClosed() throws InterruptedException {
      var isSeenByServer =
          switch (where) {
            case LOOKUP, CONNECT, LEASE -> false;
            case HANDSHAKE, PROXY, HEADERS, HALF_A_HEAD, BODY, DRIP, GZIP -> true;
          };
      if (isSeenByServer) {
        assertThat(isClosed.await(60, SECONDS)).as("connection closed").isTrue();
      }
    }

    @Override
    public void close() throws IOException {
      isOver.countDown();
      for (var closeable : toClose.reversed()) {
        closeable.close();
      }
    }
  }
}
