package io.sentryexporter.simulator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/// A client that sees every byte.
public final class RawClient implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 60_000;

  private final Socket socket;

  public RawClient(SimulatedSentry sentry) throws IOException {
    socket = new Socket(sentry.url().getHost(), sentry.url().getPort());
    socket.setSoTimeout(TIMEOUT_MILLIS);
  }

  /// Sends a GET with the usual token.
  public RawClient get(String path, String... headerLines) throws IOException {
    return send(
        "GET %s HTTP/1.1\r\nHost: sentry\r\nAuthorization: Bearer %s\r\n%s\r\n"
            .formatted(
                path,
                SimulatedSentry.TOKEN,
                headerLines.length == 0 ? "" : String.join("\r\n", headerLines) + "\r\n"));
  }

  RawClient send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    return this;
  }

  public InputStream in() throws IOException {
    return socket.getInputStream();
  }

  /// The next bytes up to and including the empty line.
  public String head() throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      var letter = in().read();
      if (letter < 0) {
        throw new AssertionError("connection ended within the head: " + head);
      }
      head.append((char) letter);
    }
    return head.toString();
  }

  /// The next `length` bytes, fewer if the connection ends before.
  public String body(int length) throws IOException {
    return new String(in().readNBytes(length), ISO_8859_1);
  }

  /// All bytes until the server closes.
  public String rest() throws IOException {
    return new String(in().readAllBytes(), ISO_8859_1);
  }

  /// From now on, reads give up after so many milliseconds.
  public RawClient patience(int millis) throws IOException {
    socket.setSoTimeout(millis);
    return this;
  }

  public static int contentLength(String head) {
    var from = head.indexOf("Content-Length: ") + "Content-Length: ".length();
    return Integer.parseInt(head.substring(from, head.indexOf('\r', from)));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
