package io.sentryexporter.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/// A client that sends the given bytes unchanged.
public final class RawClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 60_000;

  private final Socket socket;

  /// An answer as it came.
  public record Answer(String status, List<String> headers, String body) {
    public int code() {
      return Integer.parseInt(status.split(" ", -1)[1]);
    }

    public boolean has(String header) {
      return headers.contains(header);
    }
  }

  public RawClient(InetSocketAddress address) throws IOException {
    this(address.getHostString(), address.getPort());
  }

  public RawClient(String host, int port) throws IOException {
    socket = new Socket();
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(InetAddress.ofLiteral(host), port), PATIENCE_MILLIS);
  }

  /// @param socket connected, and with TLS if need be
  public RawClient(Socket socket) {
    this.socket = socket;
  }

  /// Sends the text, one byte per character.
  public RawClient send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    return this;
  }

  public RawClient get(String target) throws IOException {
    return send("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
  }

  /// Reads one answer by its `Content-Length`.
  public Answer answer() throws IOException {
    return answer(true);
  }

  public Answer answerWithoutBody() throws IOException {
    return answer(false);
  }

  private Answer answer(boolean withBody) throws IOException {
    var status = line();
    var headers = new ArrayList<String>();
    for (var line = line(); !line.isEmpty(); line = line()) {
      headers.add(line);
    }
    int length =
        headers.stream()
            .filter(header -> header.startsWith("Content-Length: "))
            .mapToInt(header -> Integer.parseInt(header.substring(16)))
            .sum();
    var body = withBody ? socket.getInputStream().readNBytes(length) : new byte[0];
    return new Answer(status, headers, new String(body, ISO_8859_1));
  }

  /// Reads a line: of an answer that is long, its first.
  public String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = socket.getInputStream().read(); b != '\n'; b = socket.getInputStream().read()) {
      if (b < 0) {
        throw new IOException("the stream ends after: " + line);
      }
      line.write(b);
    }
    return line.toString(ISO_8859_1).stripTrailing();
  }

  /// Waits for the server to close; what it sends until then.
  public String rest() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
  }

  /// Waits for the server to close, by an end or by a reset.
  public boolean isCutOff() throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketTimeoutException _) {
      return false;
    } catch (java.net.SocketException _) {
      return true;
    }
  }

  public void closeSendingHalf() throws IOException {
    socket.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
