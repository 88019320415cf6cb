package io.sentryexporter.http;

import static io.sentryexporter.http.Client.request;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.http.HttpFailure.BrokenOff;
import io.sentryexporter.http.HttpFailure.TooLarge;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/// What all bodies under way may take together.
class BodyBudgetTest {
  private static final String USED_UP =
      "the bodies of all calls under way together have used up their budget of ";

  @Test
  void bodiesThatStallTogetherHoldNoMoreThanTheBudget() throws Exception {
    var budget = 4 << 20;
    var part = "x".repeat(1_000_000);
    try (var server =
            RawServer.playing(peer -> {
              peer.readHead();
              peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000001\r\n\r\n" + part);
              peer.awaitClose();
            });
        var client = Client.with(Client.bodyBudget(budget));
        var threads = Executors.newFixedThreadPool(12);
        var deadline = client.deadline(Client.LONG)) {
      Callable<HttpFailure> call = () -> client.failure(request(server.uri("/")), deadline);
      var ended = new ExecutorCompletionService<HttpFailure>(threads);
      for (var i = 0; i < 12; i++) {
        ended.submit(call);
      }
      for (var i = 0; i < 12 - budget / part.length(); i++) { // the others stall
        assertThat(ended.poll(30, SECONDS).get())
            .isInstanceOf(TooLarge.class)
            .hasMessageContaining(USED_UP + budget + " bytes");
      }
      deadline.cancel();
    }
  }

  @Test
  void shortBodiesComeThroughWhenTheBudgetIsUsedUp() throws Exception {
    try (var brief = RawServer.answering(RawServer.ok("x".repeat(30_000)));
        var large = RawServer.answering(RawServer.ok("x".repeat(100_000)));
        var client = Client.with(Client.bodyBudget(1))) {
      assertThat(client.failure(large.uri("/")))
          .isInstanceOf(TooLarge.class)
          .hasMessageContaining(USED_UP + "1 bytes");
      assertThat(client.get(brief.uri("/")).body()).hasSize(30_000);
    }
  }

  @Test
  void aCallThatHasEndedInAnyWayGivesItsShareBack() throws Exception {
    var cut = "HTTP/1.1 200 OK\r\nContent-Length: 150001\r\n\r\n" + "x".repeat(150_000);
    try (var whole = RawServer.answering(RawServer.ok("x".repeat(150_000)));
        var huge = RawServer.answering(RawServer.ok("x".repeat(300_000)));
        var broken =
            RawServer.playing(peer -> {
              peer.readHead();
              peer.send(cut);
            });
        var client = Client.with(Client.bodyBudget(150_000))) {
      for (var i = 0; i < 5; i++) {
        assertThat(client.get(whole.uri("/")).body()).hasSize(150_000);
        assertThat(client.failure(huge.uri("/"))).isInstanceOf(TooLarge.class);
        assertThat(client.failure(broken.uri("/"))).isInstanceOf(BrokenOff.class);
      }
    }
  }
}
