package io.sentryexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Names whose addresses are many, or change.
class AddressesTest {
  private static InetAddress loopback(int last) throws Exception {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
  }

  private static RawServer at(int last, int port, String body) throws Exception {
    return RawServer.on(
        new ServerSocket(port, 300, loopback(last)),
        peer -> {
          peer.readHead();
          peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n" + body);
        });
  }

  @Test
  void ofThirtyAddressesTheOneThatAnswersIsFound() throws Exception {
    var all = new InetAddress[30];
    for (int i = 0; i < all.length; i++) {
      all[i] = loopback(30 - i + 1); // nothing listens on 127.0.0.31 to 127.0.0.3
    }
    try (var server = at(2, 0, "x");
        var client = new Client(Client.settings(), _ -> all)) {
      var answer = client.get(URI.create("http://sentry.example:" + server.port() + "/"));

      assertThat(answer.status()).isEqualTo(200);
    }
  }

  @Test
  void aNameThatMovesIsRequestedAtItsNewAddress() throws Exception {
    var now = new AtomicReference<>(new InetAddress[] {loopback(2)});
    try (var old = at(2, 0, "a");
        var moved = at(3, old.port(), "b");
        var client = new Client(Client.settings(), _ -> now.get())) {
      var uri = URI.create("http://sentry.example:" + old.port() + "/");
      assertThat(client.get(uri).body()).asString().isEqualTo("a");

      now.set(new InetAddress[] {loopback(3)});

      assertThat(client.get(uri).body()).asString().isEqualTo("b");
      assertThat(moved.heads()).hasSize(1);
    }
  }
}
