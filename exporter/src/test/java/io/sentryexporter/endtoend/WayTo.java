package io.sentryexporter.endtoend;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A proxy for CONNECT whose tunnels lead to one port of loopback, for any host: files that name a
/// host of the documentation run as they are.
final class WayTo implements AutoCloseable {
  private final ServerSocket listener;
  private final int port;
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();

  private WayTo(ServerSocket listener, int port) {
    this.listener = listener;
    this.port = port;
    Thread.ofPlatform().daemon().start(this::accept);
  }

  static WayTo port(int port) throws IOException {
    return new WayTo(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        var client = listener.accept();
        open.add(client);
        Thread.ofPlatform().daemon().start(() -> tunnel(client));
      } catch (IOException _) {
        return; // closed
      }
    }
  }

  private void tunnel(Socket client) {
    try (client;
        var server = new Socket(InetAddress.getLoopbackAddress(), port)) {
      open.add(server);
      readHead(client.getInputStream());
      client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      Thread.ofPlatform().daemon().start(() -> copy(client, server));
      copy(server, client);
    } catch (IOException _) {
      // one of both hung up
    }
  }

  private static void readHead(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("hung up");
      }
      head.append((char) next);
    }
  }

  private static void copy(Socket from, Socket to) {
    try (to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException _) {
      // one of both hung up
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (var each : open) {
        each.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
