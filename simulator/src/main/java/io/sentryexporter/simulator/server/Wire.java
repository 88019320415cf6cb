package io.sentryexporter.simulator.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The server's end of one connection: what can be done to it, right or wrong.
final class Wire {
  private final Socket raw;
  private final InputStream in;
  private final OutputStream out;
  private final CountDownLatch stopped;

  /// @param socket `raw` itself, or the TLS socket over it
  /// @param stopped opens when the server stops, which ends every pause
  Wire(Socket raw, Socket socket, CountDownLatch stopped) throws IOException {
    this.raw = raw;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
    this.stopped = stopped;
  }

  InputStream in() {
    return in;
  }

  OutputStream out() {
    return out;
  }

  void write(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  /// Waits, at most until the server stops.
  void pause(Duration duration) throws InterruptedException {
    if (!duration.isZero() && stopped.await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new InterruptedException("the simulated Sentry stops");
    }
  }

  /// Waits until a latch opens, at most until the server stops.
  void pauseUntil(CountDownLatch release) throws InterruptedException {
    while (!release.await(20, TimeUnit.MILLISECONDS)) {
      pause(Duration.ofNanos(1));
    }
  }

  /// Waits until the client hangs up or the server stops; ignores what the client sends.
  void awaitHangUp() throws IOException {
    raw.setSoTimeout(0);
    in.transferTo(OutputStream.nullOutputStream());
  }

  /// Closes the connection so that the client sees a reset, below TLS too.
  void reset() throws IOException {
    raw.setSoLinger(true, 0);
    raw.close();
  }
}
