package io.sentryexporter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.http.Connector.NameLookup;
import io.sentryexporter.http.HttpFailure.ConnectFailed;
import io.sentryexporter.http.HttpFailure.UnknownHost;
import io.sentryexporter.testing.ClosedPort;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// No connection: what the failure names, and which addresses are tried.
class ConnectFailureTest {
  @Test
  void aRefusedConnectionNamesHostPortAndAddress() throws Exception {
    try (var closed = new ClosedPort();
        var client = Client.standard()) {
      int port = closed.number();
      assertThat(client.failure(URI.create("http://localhost:" + port + "/a?token=s3cr3t")))
          .isInstanceOf(ConnectFailed.class)
          .hasMessageContaining("cannot connect to localhost:" + port + ": ")
          .hasMessageContaining("connection refused")
          .message()
          .doesNotContain("s3cr3t");
    }
  }

  @Test
  void theNextAddressIsTriedWhereOneRefuses() throws Exception {
    try (var server = RawServer.answering(RawServer.ok("ok"));
        var client =
            new Client(
                Client.settings(),
                _ ->
                    new InetAddress[] {
                      InetAddress.ofLiteral("127.0.0.2"), InetAddress.ofLiteral("127.0.0.1")
                    })) {
      var answer = client.get(URI.create("http://sentry.example:" + server.port() + "/"));
      assertThat(answer.status()).isEqualTo(200);
    }
  }

  @Test
  void anUnknownHostIsNamed() {
    try (var client =
        new Client(
            Client.settings(),
            host -> {
              throw new UnknownHostException(host);
            })) {
      assertThat(client.failure(URI.create("http://me:s3cr3t@sentry.exampel/")))
          .isInstanceOf(UnknownHost.class)
          .hasMessageStartingWith("cannot find the address of sentry.exampel")
          .message()
          .doesNotContain("s3cr3t");
    }
  }

  @Test
  void aLookupForWhichNoThreadCanBeStartedFailsAndTheNextOneWorks() throws Exception {
    var threads = new AtomicLong();
    var names =
        new NameLookup(
            _ -> new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")},
            work -> {
              if (threads.getAndIncrement() == 0) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              Thread.ofPlatform().daemon().start(work);
            });
    try (var server = RawServer.answering(RawServer.ok("ok"));
        var client = new Client(Client.settings(), names)) {
      var uri = URI.create("http://sentry.example:" + server.port() + "/");
      assertThat(client.failure(uri)).isInstanceOf(UnknownHost.class);
      assertThat(client.get(uri).body()).asString(UTF_8).isEqualTo("ok");
    }
  }
}
