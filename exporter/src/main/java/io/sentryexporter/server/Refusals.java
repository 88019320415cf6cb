package io.sentryexporter.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/// Connections beyond the limit: each gets a 503, or an alert of TLS, without a thread of its own.
///
/// The socket stays open a moment, since closing it with the request unread may destroy the answer
/// on its way.
final class Refusals {
  static final byte[] ANSWER =
      """
      HTTP/1.1 503 Service Unavailable\r
      Content-Type: text/plain; charset=utf-8\r
      X-Content-Type-Options: nosniff\r
      Content-Length: 21\r
      Connection: close\r
      \r
      too many connections
      """
          .getBytes(US_ASCII);
  private static final int KEPT = 64;
  private static final Duration LINGER = Duration.ofSeconds(1);

  private final Deque<Refused> kept = new ArrayDeque<>();
  private final byte[] answer;
  private final Runnable onRefused;

  private record Refused(Socket socket, long since) {}

  /// @param onRefused runs once for each
  Refusals(byte[] answer, Runnable onRefused) {
    this.answer = answer;
    this.onRefused = onRefused;
  }

  /// Answers. It cannot block: a new socket's send buffer is empty.
  void refuse(Socket socket) {
    onRefused.run();
    try {
      socket.getOutputStream().write(answer);
      socket.shutdownOutput();
    } catch (IOException _) {
      // The client is gone already.
    }
    synchronized (this) {
      kept.add(new Refused(socket, System.nanoTime()));
      while (kept.size() > KEPT) {
        close(kept.remove().socket);
      }
    }
  }

  /// Closes those that had their moment.
  synchronized void closeOld() {
    long now = System.nanoTime();
    while (!kept.isEmpty() && now - kept.element().since > LINGER.toNanos()) {
      close(kept.remove().socket);
    }
  }

  synchronized void closeAll() {
    kept.forEach(refused -> close(refused.socket));
    kept.clear();
  }

  /// With its request unread, the socket would send a reset, which may destroy the answer.
  private static void close(Socket socket) {
    try (socket) {
      var in = socket.getInputStream();
      in.skipNBytes(in.available());
    } catch (IOException _) {
      // Nobody uses it any more.
    }
  }
}
