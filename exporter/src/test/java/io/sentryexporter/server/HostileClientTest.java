package io.sentryexporter.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// Clients that take places and do not use them, and clients that hide that they are gone.
class HostileClientTest extends ListeningTest {
  private static final String PIPELINED = head("GET / HTTP/1.1", "Host: x").repeat(200);

  @Test
  void aHeaderThatDoesNotComeMakesRoom() throws Exception {
    var listener = listen(limits(1, LIMITS.timeouts()), this::echo);
    var slow = client(listener).send(head("GET /1 HTTP/1.1", "Host: x") + "GET /2 HTTP/1.1\r\n");
    slow.answer();

    assertThat(client(listener).get("/metrics").answer().code()).isEqualTo(200);

    assertThat(slow.isCutOff()).isTrue();
  }

  @Test
  void aBodyThatDoesNotComeMakesRoom() throws Exception {
    var listener = listen(limits(1, LIMITS.timeouts()), this::echo);
    var slow = clientSendingABody(listener);

    assertThat(client(listener).get("/metrics").answer().code()).isEqualTo(200);

    assertThat(slow.isCutOff()).isTrue();
    assertThat(nextSeen().path()).isEqualTo("/metrics");
    assertThat(seen).as("the body that did not come").isEmpty();
  }

  @Test
  void aNewConnectionIsNotClosedInPlaceOfAnOlderOneThatSendsSlowly() throws Exception {
    var listener = listen(limits(2, LIMITS.timeouts()), this::echo);
    var slow = clientSendingABody(listener);
    var fresh = client(listener);

    client(listener).get("/").answer();

    assertThat(slow.isCutOff()).isTrue();
    assertThat(fresh.get("/metrics").answer().code()).isEqualTo(200);
  }

  private RawClient clientSendingABody(Listener listener) throws Exception {
    var client = client(listener);
    client.send(head("POST / HTTP/1.1", "Host: x", "Expect: 100-continue", "Content-Length: 1000"));
    assertThat(client.answer().code()).isEqualTo(100);
    return client;
  }

  @Test
  void anAnswerThatIsNotReadMakesRoom() throws Exception {
    var large = Response.of(200, "text/plain", new byte[32 << 20]);
    var listener =
        listen(
            limits(1, LIMITS.timeouts()),
            request -> request.path().equals("/large") ? large : echo(request));
    client(listener).get("/large").answerWithoutBody();

    assertThat(client(listener).get("/metrics").answer().code()).isEqualTo(200);
  }

  @Test
  void theLongestAtOneStepMakesRoomButNeverARequestBeingHandled() throws Exception {
    var listener =
        listen(
            limits(3, LIMITS.timeouts()),
            request -> request.path().equals("/slow") ? waitForRelease(request) : echo(request));
    var handled = client(listener).get("/slow");
    nextSeen();
    var longest = clientSendingABody(listener);
    var other = clientSendingABody(listener);

    assertThat(client(listener).get("/metrics").answer().code()).isEqualTo(200);

    assertThat(longest.isCutOff()).isTrue();
    assertThat(other.send("x".repeat(1000)).answer().body()).isEqualTo("POST /");
    release();
    assertThat(handled.answer().body()).isEqualTo("released");
  }

  @Test
  void aHangUpIsNoticedHoweverMuchWasPipelinedBefore() throws Exception {
    var hungUp = new CountDownLatch(1);
    var listener = listen(LIMITS, request -> awaitHangUp(request, hungUp));
    var client = client(listener).get("/");
    nextSeen();

    client.send(PIPELINED).close();

    assertThat(hungUp.await(PATIENCE_SECONDS, SECONDS)).isTrue();
  }

  @Test
  void whoPipelinesMoreThanIsKeptIsCutOff() throws Exception {
    var hungUp = new CountDownLatch(1);
    var listener = listen(LIMITS, request -> awaitHangUp(request, hungUp));
    var client = client(listener).get("/");
    nextSeen();

    client.send(PIPELINED);

    assertThat(client.isCutOff()).isTrue();
    assertThat(hungUp.await(PATIENCE_SECONDS, SECONDS)).isTrue();
  }
}
