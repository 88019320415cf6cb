package io.sentryexporter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.http.HttpFailure.NotHttp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which connections are kept for further requests, and how many there are.
class KeptConnectionsTest {
  private static final String JSON = "[[1,2]]";
  private static final String CHUNKED_GZIP =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n";
  private static final String HEAD = "HTTP/1.1 200 OK\r\n";

  @Test
  void theConnectionIsKeptAfterSuccess() throws Exception {
    try (var server = RawServer.answering(RawServer.ok(JSON));
        var client = Client.standard()) {
      for (var i = 0; i < 5; i++) {
        client.get(server.uri("/"));
      }
      assertThat(server.accepted()).isEqualTo(1);
      assertThat(server.heads()).hasSize(5);
    }
  }

  @Test
  void theConnectionIsKeptAfterAChunkedGzipAnswer() throws Exception {
    var body = RawServer.gzip(JSON);
    try (var server =
            RawServer.playing(peer -> {
              while (!peer.readHead().isEmpty()) {
                peer.send(CHUNKED_GZIP + Integer.toHexString(body.length) + "\r\n");
                peer.send(body);
                peer.send("\r\n0\r\n\r\n");
              }
            });
        var client = Client.standard()) {
      assertThat(client.get(server.uri("/")).body()).asString(UTF_8).isEqualTo(JSON);
      assertThat(client.get(server.uri("/")).body()).asString(UTF_8).isEqualTo(JSON);
      assertThat(server.accepted()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 7\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 7\r\n\r\n"
      })
  void aConnectionThatTheServerWillCloseIsNotKept(String head) throws Exception {
    try (var server = RawServer.answering(head + JSON);
        var client = Client.standard()) {
      client.get(server.uri("/"));
      client.get(server.uri("/"));
      assertThat(server.accepted()).isEqualTo(2);
    }
  }

  @Test
  void anIdleConnectionToOneServerMakesRoomForAnother() throws Exception {
    var isClosed = new CountDownLatch(1);
    try (var first =
            RawServer.playing(peer -> {
              peer.readHead();
              peer.send(RawServer.ok("first"));
              peer.awaitClose();
              isClosed.countDown();
            });
        var second = RawServer.answering(RawServer.ok("second"));
        var client = Client.with(Client.connections(256, 1))) {
      client.get(first.uri("/"));

      assertThat(client.get(second.uri("/")).body()).asString(UTF_8).isEqualTo("second");
      assertThat(isClosed.await(60, SECONDS)).isTrue();
    }
  }

  @Test
  void aClosedCallerLeavesNoConnectionOpenButStillWorks() throws Exception {
    try (var server = RawServer.answering(RawServer.ok(JSON));
        var client = Client.standard()) {
      client.caller().close();
      client.get(server.uri("/"));
      client.get(server.uri("/"));
      assertThat(server.accepted()).isEqualTo(2);
    }
  }

  @Test
  void closingTheCallerClosesItsIdleConnections() throws Exception {
    var closed = new CountDownLatch(1);
    try (var server =
            RawServer.playing(peer -> {
              peer.readHead();
              peer.send(RawServer.ok(JSON));
              peer.awaitClose();
              closed.countDown();
            });
        var client = Client.standard()) {
      client.get(server.uri("/"));
      client.caller().close();
      assertThat(closed.await(60, SECONDS)).isTrue();
    }
  }

  @Test
  void aKeptConnectionThatTheServerClosedIsReplacedUnseen() throws Exception {
    try (var server =
            RawServer.playing(peer -> {
              peer.readHead();
              peer.send(RawServer.ok(JSON)); // and closes without announcing it
            });
        var client = Client.standard()) {
      for (var i = 0; i < 10; i++) {
        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
      }
      assertThat(server.heads()).hasSize(10);
    }
  }

  @Test
  void aKeptConnectionThatIsResetByTheRequestIsReplacedOnce() throws Exception {
    try (var server =
            RawServer.playing(peer -> {
              peer.readHead();
              if (peer.number == 1) {
                peer.send(RawServer.ok(JSON));
                peer.readHead();
              }
              peer.reset();
            });
        var client = Client.standard()) {
      client.get(server.uri("/"));
      assertThat(client.failure(server.uri("/"))).isInstanceOf(HttpFailure.BrokenOff.class);
      assertThat(server.accepted()).isEqualTo(2);
      assertThat(server.heads()).hasSize(3);
    }
  }

  @Test
  void bytesBeyondTheAnswerAreNotTakenForTheNextOne() throws Exception {
    try (var server =
            RawServer.answering(
                RawServer.ok(JSON) + "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
        var client = Client.standard()) {
      for (var i = 0; i < 3; i++) {
        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
      }
      assertThat(server.accepted()).isEqualTo(3);
    }
  }

  @Test
  void aTimeoutThatTheServerSendsBeforeItClosesIsNotTakenForAnAnswer() throws Exception {
    var isClosing = new CountDownLatch(1);
    var hasSpoken = new CountDownLatch(1);
    try (var server =
            RawServer.playing(peer -> {
              peer.readHead();
              peer.send(RawServer.ok(JSON));
              await(isClosing);
              peer.send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
              hasSpoken.countDown();
            });
        var client = Client.standard()) {
      client.get(server.uri("/"));
      isClosing.countDown();
      await(hasSpoken);
      assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
      assertThat(server.accepted()).isEqualTo(2);
    }
  }

  @Test
  void aRequestThatFailsOnAFreshConnectionIsNotRepeated() {
    try (var server = RawServer.playing(peer -> peer.readHead());
        var client = Client.standard()) {
      assertThat(client.failure(server.uri("/")))
          .isInstanceOf(HttpFailure.BrokenOff.class)
          .hasMessageEndingWith("closed the connection without an answer");
      assertThat(server.heads()).hasSize(1);
    }
  }

  @Test
  void anAnswerThatBreaksOffOnAKeptConnectionIsNotRequestedAgain() throws Exception {
    try (var server =
            RawServer.playing(peer -> {
              peer.readHead();
              peer.send(RawServer.ok(JSON));
              peer.readHead();
              peer.send("HTTP/1.1 200");
            });
        var client = Client.standard()) {
      client.get(server.uri("/"));
      assertThat(client.failure(server.uri("/"))).isInstanceOf(HttpFailure.BrokenOff.class);
      assertThat(server.heads()).hasSize(2);
    }
  }

  @Test
  void aConnectionThatTheServerKeepsForNoTimeIsNotKept() throws Exception {
    try (var server =
            RawServer.answering(
                "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=0\r\nContent-Length: 4\r\n\r\nbody");
        var client = Client.standard()) {
      client.get(server.uri("/"));
      client.get(server.uri("/"));
      assertThat(server.accepted()).isEqualTo(2);
    }
  }

  @Test
  void sixtyFourCallsAtATimeAllGetTheirOwnAnswer() throws Exception {
    var threads = Executors.newFixedThreadPool(64);
    try (var server =
            RawServer.playing(peer -> {
              for (var head = peer.readHead(); !head.isEmpty(); head = peer.readHead()) {
                peer.send(RawServer.ok(head.substring(4, head.indexOf(" HTTP"))));
              }
            });
        var client = Client.standard()) {
      var together = new CyclicBarrier(64);
      var calls =
          IntStream.range(0, 64)
              .<Callable<List<String>>>mapToObj(i ->
                  () -> {
                    together.await();
                    var bodies = new ArrayList<String>();
                    for (var j = 0; j < 10; j++) {
                      var path = "/" + i + "/" + j;
                      var body = new String(client.get(server.uri(path)).body(), UTF_8);
                      bodies.add(body.equals(path) ? "own" : path + " got " + body);
                    }
                    return bodies;
                  })
              .toList();
      for (var bodies : threads.invokeAll(calls)) {
        assertThat(bodies.get()).hasSize(10).containsOnly("own");
      }
      assertThat(server.accepted()).isLessThanOrEqualTo(64);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void callsBeyondTheLimitWaitForAConnection() throws Exception {
    var open = new AtomicInteger();
    var most = new AtomicInteger();
    var threads = Executors.newFixedThreadPool(8);
    try (var server =
            RawServer.playing(peer -> {
              while (!peer.readHead().isEmpty()) {
                most.accumulateAndGet(open.incrementAndGet(), Math::max);
                open.decrementAndGet();
                peer.send(RawServer.ok(JSON));
              }
            });
        var client = Client.with(Client.connections(2, Integer.MAX_VALUE))) {
      Callable<HttpAnswer> call = () -> client.get(server.uri("/"));
      for (var answer : threads.invokeAll(Collections.nCopies(40, call))) {
        assertThat(answer.get().status()).isEqualTo(200);
      }
      assertThat(server.accepted()).isLessThanOrEqualTo(2);
      assertThat(most.get()).isBetween(1, 2);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void theConnectionOfABrokenAnswerIsNotUsedAgain() throws Exception {
    try (var server =
            RawServer.playing(peer -> {
              peer.readHead();
              if (peer.number == 1) {
                peer.send(HEAD + "Transfer-Encoding: chunked\r\n\r\nsize\r\n");
                peer.awaitClose();
              }
              peer.send(RawServer.ok("ok"));
            });
        var client = Client.standard()) {
      assertThat(client.failure(server.uri("/"))).isInstanceOf(NotHttp.class);
      assertThat(client.get(server.uri("/")).body()).asString(UTF_8).isEqualTo("ok");
      assertThat(server.accepted()).isEqualTo(2);
    }
  }

  @Test
  void aConnectionWhoseBuffersHaveGrownIsNotKept() throws Exception {
    var answer = HEAD + "X-Filler: " + "x".repeat(10_000) + "\r\nContent-Length: 2\r\n\r\nok";
    try (var server = RawServer.answering(answer);
        var client = Client.standard()) {
      client.get(server.uri("/"));
      client.get(server.uri("/"));
      assertThat(server.accepted()).isEqualTo(2);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
