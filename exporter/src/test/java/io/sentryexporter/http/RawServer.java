package io.sentryexporter.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/// A server that sends exactly the bytes of a test, with a thread per connection.
public final class RawServer implements AutoCloseable {
  private final ServerSocket listener;
  private final Script script;
  private final AtomicInteger accepted = new AtomicInteger();
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /// What happens on one connection; when it returns or fails, the connection is closed.
  public interface Script {
    void play(Peer peer) throws IOException;
  }

  private RawServer(ServerSocket listener, Script script) {
    this.listener = listener;
    this.script = script;
    Thread.ofPlatform().daemon().start(this::accept);
  }

  public static RawServer playing(Script script) {
    try {
      return on(new ServerSocket(0, 300, InetAddress.getLoopbackAddress()), script);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static RawServer on(ServerSocket listener, Script script) {
    return new RawServer(listener, script);
  }

  /// Answers every request of every connection with the same bytes.
  public static RawServer answering(String answer) {
    return playing(peer -> {
      while (!peer.readHead().isEmpty()) {
        peer.send(answer);
      }
    });
  }

  /// A whole answer of HTTP/1.1.
  static String ok(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  public int port() {
    return listener.getLocalPort();
  }

  URI uri(String pathAndQuery) {
    return URI.create("http://127.0.0.1:" + port() + pathAndQuery);
  }

  URI tlsUri(String pathAndQuery) {
    return URI.create("https://localhost:" + port() + pathAndQuery);
  }

  /// Connections that came in.
  int accepted() {
    return accepted.get();
  }

  /// The heads of all requests, in the order they came in.
  List<String> heads() {
    return List.copyOf(heads);
  }

  String onlyHead() {
    if (heads.size() != 1) {
      throw new AssertionError(heads.size() + " requests: " + heads);
    }
    return heads.getFirst();
  }

  @Override
  public void close() {
    closeQuietly(listener);
    open.forEach(RawServer::closeQuietly);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        var socket = listener.accept();
        var number = accepted.incrementAndGet();
        open.add(socket);
        Thread.ofPlatform().daemon().start(() -> play(socket, number));
      } catch (IOException _) {
        return; // closed
      }
    }
  }

  private void play(Socket socket, int number) {
    try (socket) {
      script.play(new Peer(socket, number));
    } catch (IOException _) {
      // the client went away: tests look at the client
    } finally {
      open.remove(socket);
    }
  }

  /// Answers with a body in a content coding.
  static Script coded(String coding, byte[] body) {
    return peer -> {
      peer.readHead();
      peer.send(
          "HTTP/1.1 200 OK\r\nContent-Encoding: "
              + coding
              + "\r\nContent-Length: "
              + body.length
              + "\r\n\r\n");
      peer.send(body);
    };
  }

  static byte[] zlib(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DeflaterOutputStream(bytes)) {
      out.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  static byte[] gzip(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  private static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException _) {
      // the test is over
    }
  }

  /// The server's end of one connection.
  public final class Peer {
    private final Socket socket;
    private final InputStream in;

    /// How many connections there have been, this one included.
    final int number;

    private Peer(Socket socket, int number) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
      this.number = number;
    }

    /// The head of the next request; empty when the client has closed the connection.
    public String readHead() throws IOException {
      var head = new StringBuilder();
      while (!head.toString().endsWith("\r\n\r\n")) {
        var next = in.read();
        if (next < 0) {
          return "";
        }
        head.append((char) next);
      }
      heads.add(head.toString());
      return head.toString();
    }

    public void send(String text) throws IOException {
      send(text.getBytes(ISO_8859_1));
    }

    public void send(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    }

    /// Sends nothing until the client closes the connection.
    public void awaitClose() throws IOException {
      try {
        while (in.read() >= 0) {
          // ignored
        }
      } catch (IOException _) {
        // a reset is a close too
      }
    }

    /// Closes without the courtesies: the client's next read fails.
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    /// What the client sends after the heads that were read.
    InputStream rest() {
      return in;
    }

    Socket socket() {
      return socket;
    }
  }
}
