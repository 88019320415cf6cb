package io.sentryexporter.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.server.ListenAddress.ListenException;
import io.sentryexporter.server.Listener.Limits;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.LogCapture;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The listener over raw sockets: places, time limits, hang-ups, start and end.
class ListenerTest extends ListeningTest {
  @Test
  void aHeaderThatTricklesIsCutOffHoweverOftenAByteComes() throws Exception {
    var listener = listen(limits(8, new Limits.Timeouts(LONG, SHORT, LONG, LONG)), this::echo);
    var client = client(listener).send("GET / HTTP/1.1\r\n");

    var trickle = threads.submit(() -> trickle(client));

    assertThat(client.isCutOff()).isTrue();
    client.close();
    assertThat(trickle.get(PATIENCE_SECONDS, SECONDS)).isTrue();
    assertThat(seen).isEmpty();
  }

  /// Sends a byte of a header every 20 ms until it no longer can.
  private static boolean trickle(RawClient client) throws InterruptedException {
    var pace = new CountDownLatch(1);
    try {
      while (!pace.await(20, java.util.concurrent.TimeUnit.MILLISECONDS)) {
        client.send("a");
      }
      return false;
    } catch (IOException _) {
      return true;
    }
  }

  @Test
  void aBodyThatDoesNotComeIsCutOff() throws Exception {
    var listener = listen(limits(8, new Limits.Timeouts(LONG, LONG, SHORT, LONG)), this::echo);
    var client = client(listener);

    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhell");

    assertThat(client.isCutOff()).isTrue();
    assertThat(seen).isEmpty();
  }

  @Test
  void anIdleConnectionIsClosed() throws Exception {
    var listener = listen(limits(8, new Limits.Timeouts(SHORT, LONG, LONG, LONG)), this::echo);
    var client =
        hurrying(
            SHORT,
            () -> {
              var one = client(listener);
              one.get("/").answer();
              return one;
            });

    assertThat(client.rest()).isEmpty();
  }

  @Test
  void aClientThatDoesNotReadItsAnswerIsCutOff() throws Exception {
    var large = Response.of(200, "text/plain", new byte[32 << 20]);
    var listener =
        listen(
            limits(8, new Limits.Timeouts(LONG, LONG, LONG, SHORT)),
            request -> {
              seen.add(request);
              return large;
            });
    client(listener).get("/");
    nextSeen();

    assertThat(listener.drain(LONG)).as("nobody is left").isTrue();
  }

  @Test
  void aClientSlowerThanItsOwnTimeoutLosesItsPageAndTheHandlerLearnsIt() throws Exception {
    var ended = new CountDownLatch(1);
    var page =
        Response.of(200, "text/plain", new byte[3 << 20]).within(SHORT).onEnd(ended::countDown);
    var listener = listen(LIMITS, _ -> page);
    client(listener).get("/");

    assertThat(ended.await(PATIENCE_SECONDS, SECONDS)).isTrue();
    assertThat(listener.drain(LONG)).as("nobody is left").isTrue();
  }

  @Test
  void anAnswerThatIsReadEndsToo() throws Exception {
    var ended = new CountDownLatch(1);
    var listener = listen(LIMITS, _ -> Response.text(200, "page\n").onEnd(ended::countDown));

    assertThat(client(listener).get("/").answer().body()).isEqualTo("page\n");
    assertThat(ended.await(PATIENCE_SECONDS, SECONDS)).isTrue();
  }

  @Test
  void theLongestIdleConnectionMakesRoomForANewOne() throws Exception {
    var listener = listen(limits(2, LIMITS.timeouts()), this::echo);
    var longestIdle = client(listener);
    var other = client(listener);
    other.get("/").answer();

    var third = client(listener);

    assertThat(third.get("/third").answer().code()).isEqualTo(200);
    assertThat(longestIdle.isCutOff()).isTrue();
    assertThat(other.get("/still").answer().body()).isEqualTo("GET /still");
  }

  @Test
  void aFloodOfIdleConnectionsDoesNotKeepOthersOut() throws Exception {
    var listener = listen(limits(16, LIMITS.timeouts()), this::echo);
    for (int i = 0; i < 500; i++) {
      client(listener);
    }

    assertThat(client(listener).get("/metrics").answer().code()).isEqualTo(200);
  }

  @Test
  void whenAllAreAtWorkANewConnectionGets503() throws Exception {
    var listener = listen(limits(1, LIMITS.timeouts()), this::waitForRelease);
    var busy = client(listener).get("/");
    nextSeen();

    var refused = client(listener).get("/");

    assertThat(refused.answer().code()).isEqualTo(503);
    assertThat(refused.rest()).isEmpty();
    assertThat(refusals).hasValue(1);
    release();
    assertThat(busy.answer().body()).isEqualTo("released");
  }

  @Test
  void aHangUpIsNoticedWhileTheRequestIsHandled() throws Exception {
    var hungUp = new CountDownLatch(1);
    var listener = listen(LIMITS, request -> awaitHangUp(request, hungUp));
    var client = client(listener).get("/");
    nextSeen();

    client.close();

    assertThat(hungUp.await(PATIENCE_SECONDS, SECONDS)).isTrue();
  }

  @Test
  void aHangUpBeforeTheHandlerRegistersIsReportedAtOnce() throws Exception {
    var first = new CountDownLatch(1);
    var second = new CountDownLatch(1);
    var listener =
        listen(
            LIMITS,
            request -> {
              awaitHangUp(request, first);
              request.hangUp().onCancel(second::countDown);
              return Response.text(200, "");
            });
    var client = client(listener).get("/");
    nextSeen();

    client.close();

    assertThat(second.await(PATIENCE_SECONDS, SECONDS)).isTrue();
  }

  @Test
  void aPipelinedRequestIsNeitherAHangUpNorLost() throws Exception {
    var hangUps = new AtomicInteger();
    var looks = new CountDownLatch(1);
    var listener =
        listen(
            LIMITS,
            request -> {
              if (request.path().equals("/slow")) {
                try (var _ = request.hangUp().onCancel(hangUps::incrementAndGet)) {
                  seen.add(request);
                  // long enough for the watcher to look several times
                  assertThat(looks.await(600, java.util.concurrent.TimeUnit.MILLISECONDS))
                      .isFalse();
                }
              }
              return echo(request);
            });
    var client = client(listener).get("/slow");
    nextSeen();

    client.send("GET /ne").send("xt HTTP/1.1\r\nHost: x\r\n\r\n");

    assertThat(client.answer().body()).isEqualTo("GET /slow");
    assertThat(client.answer().body()).isEqualTo("GET /next");
    assertThat(hangUps).hasValue(0);
  }

  @Test
  void drainingLetsARequestFinishAndClosesIdleConnections() throws Exception {
    var listener =
        listen(
            LIMITS,
            request -> request.path().equals("/slow") ? waitForRelease(request) : echo(request));
    var idle = client(listener);
    idle.get("/").answer();
    nextSeen();
    var busy = client(listener).get("/slow");
    nextSeen();

    var drained = threads.submit(() -> listener.drain(LONG));

    assertThat(idle.isCutOff()).isTrue();
    Eventually.within( // a moment after a connection between two requests may have been closed
        PATIENCE,
        () ->
            assertThatThrownBy(() -> new RawClient(listener.localAddress()).close())
                .isInstanceOf(IOException.class));
    release();
    var answer = busy.answer();
    assertThat(answer.body()).isEqualTo("released");
    assertThat(answer.has("Connection: close")).isTrue();
    busy.close();
    assertThat(drained.get(PATIENCE_SECONDS, SECONDS)).isTrue();
  }

  @Test
  void aClientBeingAnsweredWhenDrainingBeginsGetsTheWholeAnswer() throws Exception {
    String body = "x".repeat(16 << 20);
    var accepting = new CountDownLatch(1);
    var server =
        new ServerSocket(0) {
          @Override
          public Socket accept() throws IOException {
            try {
              return super.accept();
            } catch (IOException e) {
              accepting.countDown();
              throw e;
            }
          }
        };
    var listener = Listener.start(server, false, LIMITS, _ -> Response.text(200, body), threads);
    opened.add(listener);
    var reading = client(listener).get("/");
    assertThat(reading.line()).isEqualTo("HTTP/1.1 200 OK");

    var drained = threads.submit(() -> listener.drain(LONG));

    assertThat(accepting.await(PATIENCE_SECONDS, SECONDS)).isTrue();
    assertThat(reading.rest()).hasSizeGreaterThan(body.length());
    assertThat(drained.get(PATIENCE_SECONDS, SECONDS)).isTrue();
  }

  @Test
  void whatIsInTheBacklogWhenDrainingBeginsIsAnswered() throws Exception {
    var mayAccept = new CountDownLatch(2); // set at the start, and when draining begins
    var server =
        new ServerSocket(0, 300) {
          @Override
          public Socket accept() throws IOException {
            try {
              mayAccept.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            return super.accept();
          }

          @Override
          public void setSoTimeout(int millis) throws SocketException {
            super.setSoTimeout(millis);
            mayAccept.countDown();
          }
        };
    var listener =
        Listener.start(server, false, limits(300, LIMITS.timeouts()), this::echo, threads);
    opened.add(listener);
    var clients = new ArrayList<RawClient>();
    for (int i = 0; i < 200; i++) {
      clients.add(client(listener).get("/" + i));
    }

    var drained = threads.submit(() -> listener.drain(LONG));

    for (var client : clients) {
      var answer = client.answer();
      assertThat(answer.code()).isEqualTo(200);
      assertThat(answer.has("Connection: close")).isTrue();
      assertThat(client.rest()).as("an end, no reset").isEmpty();
      client.close();
    }
    assertThat(drained.get(PATIENCE_SECONDS, SECONDS)).isTrue();
  }

  @Test
  void aConnectionThatHasNotSentItsFirstRequestWhenDrainingBeginsIsAnswered() throws Exception {
    var drained = hurrying(Duration.ofSeconds(1), this::drainedWithAFreshConnection);

    assertThat(drained.get(PATIENCE_SECONDS, SECONDS)).isTrue();
  }

  private Future<Boolean> drainedWithAFreshConnection() throws Exception {
    var listener = listen();
    var kept = client(listener);
    kept.get("/").answer();
    var fresh = client(listener);

    var drained = threads.submit(() -> listener.drain(LONG));

    assertThat(kept.rest()).as("draining has begun").isEmpty();
    assertThat(fresh.get("/first").answer().body()).isEqualTo("GET /first");
    assertThat(fresh.rest()).isEmpty();
    fresh.close();
    kept.close();
    return drained;
  }

  @Test
  void aConnectionThatSendsNothingDoesNotHoldUpDraining() throws Exception {
    var listener = listen();
    var silent = client(listener);
    client(listener).get("/").answer(); // so the one before is accepted

    assertThat(listener.drain(LONG)).isTrue();

    assertThat(silent.isCutOff()).isTrue();
  }

  @Test
  void aRequestThatCrossesTheEndOfAnIdleConnectionMeetsNoReset() throws Exception {
    var listener = listen();
    var idle = client(listener);
    idle.get("/").answer();
    nextSeen();
    var drained = threads.submit(() -> listener.drain(LONG));
    assertThat(idle.rest()).isEmpty();

    idle.get("/too-late");

    assertThat(idle.rest()).as("an end, no reset").isEmpty();
    idle.close();
    assertThat(drained.get(PATIENCE_SECONDS, SECONDS)).isTrue();
    assertThat(seen).isEmpty();
  }

  @Test
  void refusedClientsReadTheReasonHoweverManyThereAre() throws Exception {
    var listener = listen(limits(1, LIMITS.timeouts()), this::waitForRelease);
    client(listener).get("/");
    nextSeen();
    var refused = new ArrayList<RawClient>();
    for (int i = 0; i < 200; i++) {
      refused.add(client(listener).get("/"));
    }

    for (var client : refused) {
      assertThat(client.answer().code()).isEqualTo(503);
    }
  }

  @Test
  void requestsStillHandledWhenPatienceEndsAreEndedAndAnswered() throws Exception {
    hurrying(
        Duration.ofSeconds(1),
        () -> {
          var hungUp = new CountDownLatch(1);
          var listener = listen(LIMITS, request -> awaitHangUp(request, hungUp));
          var busy = client(listener).get("/");
          nextSeen();

          var drained = threads.submit(() -> listener.drain(SHORT));

          assertThat(busy.answer().code()).isEqualTo(200);
          busy.close();
          assertThat(drained.get(PATIENCE_SECONDS, SECONDS)).isTrue();
          return true;
        });
  }

  @Test
  void whatDoesNotGiveUpIsCutOff() throws Exception {
    var listener = listen(LIMITS, this::waitForRelease);
    var busy = client(listener).get("/");
    nextSeen();

    assertThat(listener.drain(SHORT)).isFalse();

    assertThat(busy.isCutOff()).isTrue();
  }

  @Test
  void aPortInUseIsAClearError() throws Exception {
    var taken = listen().localAddress().getPort();

    assertThatThrownBy(() ->
            Listener.start(
                new ListenAddress("127.0.0.1", taken), LIMITS, this::echo, threads, () -> {}))
        .isInstanceOf(ListenException.class)
        .hasMessage(
            "cannot listen on 127.0.0.1:%d: address already in use; is another sentry_exporter"
                + " running? choose another with --web.listen-address",
            taken);
  }

  @Test
  void anAddressOfAnotherMachineIsAClearError() {
    assertThatThrownBy(() ->
            Listener.start(
                new ListenAddress("192.0.2.1", 0), LIMITS, this::echo, threads, () -> {}))
        .hasMessage(
            "cannot listen on 192.0.2.1:0: not an address of this machine; write :9412 to listen on"
                + " all of them");
  }

  @Test
  void noHostMeansIpv4AndIpv6() throws Exception {
    var listener = Listener.start(new ListenAddress("", 0), LIMITS, this::echo, threads, () -> {});
    opened.add(listener);
    int port = listener.localAddress().getPort();

    for (var host : List.of("127.0.0.1", "::1")) {
      try (var client = new RawClient(host, port)) {
        assertThat(client.get("/").answer().code()).isEqualTo(200);
      }
    }
  }

  @Test
  void allOfIpv4IsNotIpv6() throws Exception {
    var listener =
        Listener.start(new ListenAddress("0.0.0.0", 0), LIMITS, this::echo, threads, () -> {});
    opened.add(listener);
    int port = listener.localAddress().getPort();

    try (var four = new RawClient("127.0.0.1", port);
        var six = new RawClient("::1", port)) {
      assertThat(four.get("/").answer().code()).isEqualTo(200);
      assertThat(six.isCutOff()).isTrue();
    }
  }

  @Test
  void filesRunningOutAgainAndAgainAreLoggedOnce() throws Exception {
    var calls = new CountDownLatch(8);
    var server =
        new ServerSocket(0) {
          @Override
          public Socket accept() throws IOException {
            long left = calls.getCount();
            calls.countDown();
            if (left % 2 == 0 && left > 0) {
              throw new IOException("Too many open files");
            }
            return super.accept();
          }
        };
    var lines = LogCapture.of(Listener.class);
    var listener = Listener.start(server, false, LIMITS, this::echo, threads);
    opened.add(listener);

    for (int i = 0; i < 4; i++) {
      client(listener);
    }

    assertThat(calls.await(PATIENCE_SECONDS, SECONDS)).isTrue();
    assertThat(lines.lines()).as("one line for each state").hasSize(2);
  }

  @Test
  void idleClientsMakeRoomWhenFilesRunOut() throws Exception {
    var accepted = new CopyOnWriteArrayList<Socket>();
    var server =
        new ServerSocket(0, 300) {
          @Override
          public Socket accept() throws IOException {
            accepted.removeIf(Socket::isClosed);
            if (accepted.size() >= 20) {
              throw new IOException("Too many open files");
            }
            Socket socket = super.accept();
            accepted.add(socket);
            return socket;
          }
        };
    var listener =
        Listener.start(server, false, limits(300, LIMITS.timeouts()), this::echo, threads);
    opened.add(listener);
    for (int i = 0; i < 150; i++) {
      client(listener);
    }

    assertThat(client(listener).get("/metrics").answer().code()).isEqualTo(200);
  }

  @Test
  void acceptingGoesOnAfterFilesRanOut() throws Exception {
    var failures = new CountDownLatch(3);
    var server =
        new ServerSocket(0) {
          @Override
          public Socket accept() throws IOException {
            if (failures.getCount() > 0) {
              failures.countDown();
              throw new IOException("Too many open files");
            }
            return super.accept();
          }
        };
    var lines = LogCapture.of(Listener.class);
    var listener = Listener.start(server, false, LIMITS, this::echo, threads);
    opened.add(listener);

    assertThat(client(listener).get("/").answer().code()).isEqualTo(200);
    assertThat(failures.getCount()).isZero();
    assertThat(lines.lines())
        .as("one line for each change")
        .containsExactly(
            "WARN cannot accept connections port=%d reason=Too many open files"
                .formatted(listener.localAddress().getPort()),
            "INFO accepting connections again port=%d"
                .formatted(listener.localAddress().getPort()));
  }
}
