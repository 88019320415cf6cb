package io.sentryexporter.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.time.TimeSource;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.CodingErrorAction;
import java.time.Duration;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.ModalCloseable;

/// An open connection, used by one call at a time.
///
/// Any thread may close it. Closing closes the socket itself, so that a thread that reads or writes
/// fails at once.
final class UpstreamConnection implements ModalCloseable {
  /// A connection idle for longer than this is checked before use, which takes a millisecond.
  private static final Duration TRUSTED_IDLE = Duration.ofSeconds(2);

  private static final Duration DRAIN_TIME = Duration.ofMillis(50);

  /// The library takes three of them for each connection. Bodies are read past them.
  private static final int BUFFER_BYTES = 4 << 10;

  private static final Http1Config LIMITS =
      Http1Config.custom()
          .setBufferSize(BUFFER_BYTES)
          .setMaxLineLength(StrictResponseParser.HeadLines.MAX_BYTES)
          .setMaxHeaderCount(StrictResponseParser.MAX_HEADERS + 1) // it refuses this number itself
          .build();

  private final Socket socket;
  private final TimeSource time;
  private final LibraryConnection http;
  private final StrictResponseParser parser = new StrictResponseParser(LIMITS);
  private boolean isReused;
  private long idleSinceNanos;
  private long receivedBefore;

  /// @param socket below TLS, if there is TLS
  /// @param stream what to read and write, `socket` or the TLS over it
  UpstreamConnection(Socket socket, Socket stream, TimeSource time) throws IOException {
    this.socket = socket;
    this.time = time;
    this.http = new LibraryConnection(parser);
    http.bind(stream);
  }

  /// Sends a request, with its body if it has one, and waits for the head of the answer.
  ClassicHttpResponse send(ClassicHttpRequest request) throws IOException, HttpException {
    receivedBefore = received();
    parser.begin();
    http.sendRequestHeader(request);
    if (request.getEntity() != null) {
      http.sendRequestEntity(request);
    }
    http.flush();
    var response = receiveHead();
    while (response.getCode() < 200) { // 100 Continue, 103 Early Hints
      if (response.getCode() == 101) {
        throw new ProtocolException("unasked");
      }
      response = receiveHead();
    }
    return response;
  }

  /// The library checks the server's answer like an argument of its caller: `HTTP/1.1 000` is an
  /// illegal argument.
  private ClassicHttpResponse receiveHead() throws IOException, HttpException {
    try {
      return http.receiveResponseHeader();
    } catch (RuntimeException _) {
      throw new ProtocolException("unreadable");
    }
  }

  /// The body of the answer, not decoded, whose end is the end of the body.
  InputStream body(ClassicHttpResponse response) throws IOException, HttpException {
    try {
      http.receiveResponseEntity(response);
    } catch (RuntimeException _) {
      throw new ProtocolException("unreadable");
    }
    return response.getEntity().getContent();
  }

  /// Reads a short body that is not needed, so that the connection can be kept; false if it does
  /// not come at once, for it is not worth waiting for.
  boolean drain(ClassicHttpResponse response) {
    try {
      socket.setSoTimeout((int) DRAIN_TIME.toMillis());
      var end = time.nanoTime() + DRAIN_TIME.toNanos();
      var body = body(response);
      var bytes = new byte[1024];
      while (body.read(bytes) >= 0) {
        if (time.nanoTime() - end >= 0) {
          return false;
        }
      }
      socket.setSoTimeout(0);
      return true;
    } catch (IOException | HttpException _) {
      return false;
    }
  }

  /// Whether a request failed because the server had closed the idle connection: it was used
  /// before, and not a byte came back.
  boolean wentStale() {
    return isReused && received() == receivedBefore;
  }

  /// Whether the answer ended at its announced length, since further bytes would be taken for the
  /// next answer, and left no large buffers behind, which an idle connection would hold.
  boolean isClean() {
    return !parser.hasUnread() && !parser.hasLongLine();
  }

  /// The call is over, and the connection can serve another one.
  void rest() {
    isReused = true;
    idleSinceNanos = time.nanoTime();
  }

  /// Whether it is still usable after being idle. Bytes that came meanwhile belong to no request: a
  /// TLS close, or 408 Request Timeout.
  boolean isFit() {
    try {
      var isTrusted = time.nanoTime() - idleSinceNanos < TRUSTED_IDLE.toNanos();
      return socket.getInputStream().available() == 0
          && (isTrusted || (!http.isStale() && isClean()));
    } catch (IOException _) {
      return false;
    }
  }

  private long received() {
    var details = http.getEndpointDetails();
    return details == null ? 0 : details.getReceivedBytesCount();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException _) {
      // it is closed
    }
  }

  @Override
  public void close(CloseMode mode) {
    close();
  }

  /// The library's, whose lines in a body are counted too.
  private static final class LibraryConnection extends DefaultBHttpClientConnection {
    private final StrictResponseParser parser;

    private LibraryConnection(StrictResponseParser parser) {
      super(
          LIMITS,
          null,
          UTF_8.newEncoder().onUnmappableCharacter(CodingErrorAction.REPLACE),
          null,
          null,
          null,
          _ -> parser);
      this.parser = parser;
    }

    @Override
    protected InputStream createContentInputStream(
        long length, SessionInputBuffer buffer, InputStream in) {
      return new Parsed(super.createContentInputStream(length, parser.body(buffer), in));
    }
  }

  /// A body whose errors are all [IOException]s, including those of the library's chunk parser.
  private static final class Parsed extends FilterInputStream {
    private Parsed(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      try {
        return super.read();
      } catch (RuntimeException _) {
        throw new MalformedChunkCodingException("unreadable");
      }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        return super.read(bytes, offset, length);
      } catch (RuntimeException _) {
        throw new MalformedChunkCodingException("unreadable");
      }
    }
  }
}
