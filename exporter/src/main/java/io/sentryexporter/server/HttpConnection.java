package io.sentryexporter.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sentryexporter.wire.ChunkLines;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Arrays;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpResponseInterceptor;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.TruncatedChunkException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.ChunkedInputStream;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnection;
import org.apache.hc.core5.http.impl.io.HttpService;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.http.io.HttpServerRequestHandler;
import org.apache.hc.core5.http.io.HttpServerRequestHandler.ResponseTrigger;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.apache.hc.core5.http.protocol.DefaultHttpProcessor;
import org.apache.hc.core5.http.protocol.HttpProcessor;
import org.apache.hc.core5.http.protocol.ResponseContent;
import org.apache.hc.core5.http.protocol.ResponseDate;

/// HttpCore's connection, closed in such a way that the client can read the last answer.
///
/// A socket closed with unread input sends a reset, which may overtake the answer: a client sending
/// a body too large would see a broken connection, not the 413. So the sending half is closed first
/// and what still comes is thrown away, until the client closes or the listener's patience ends.
final class HttpConnection extends DefaultBHttpServerConnection {
  // As much as may be on its way in the buffers of two kernels.
  private static final int DISCARDED_BYTES = 4 << 20;

  private static final Http1Config TRAILERS =
      Http1Config.custom().setMaxHeaderCount(10).setMaxLineLength(1024).build();

  private final Runnable onClosing;

  HttpConnection(Http1Config config, RequestParser parser, Runnable onClosing) {
    // Without a decoder HttpCore puts a `?` for each byte it does not like.
    super("http", config, ISO_8859_1.newDecoder(), null, null, null, _ -> parser, null);
    this.onClosing = onClosing;
  }

  @Override
  public void bind(Socket socket) throws IOException {
    bind(new AheadOf(socket));
  }

  /// Sends and receives over TLS.
  ///
  /// @param plain the connection under it
  @Override
  public void bind(SSLSocket secure, Socket plain) throws IOException {
    bind(new AheadOf(secure, plain));
  }

  /// Trailers are kept in memory although they are not used: fewer and shorter than headers may
  /// come.
  @Override
  protected InputStream createContentInputStream(
      long length, SessionInputBuffer buffer, InputStream in) {
    return length == ContentLengthStrategy.CHUNKED
        ? new ChunkedInputStream(new ChunkLines(buffer, TRAILERS.getMaxLineLength()), in, TRAILERS)
        : super.createContentInputStream(length, buffer, in);
  }

  /// Reads past a request's body, which no page uses, to where the next request begins; sends `100
  /// Continue` first if the client waits for that.
  ///
  /// @throws RequestParser.Refused if there are more than `maxBytes`, before reading them if the
  ///   client announces them, or if its chunks are malformed
  static void discardBody(ClassicHttpRequest request, ResponseTrigger trigger, int maxBytes)
      throws HttpException, IOException {
    var entity = request.getEntity();
    if (entity == null) {
      return;
    }
    if (entity.getContentLength() > maxBytes) {
      throw tooLarge(maxBytes);
    }
    if (Arrays.stream(request.getHeaders(HttpHeaders.EXPECT))
        .anyMatch(expect -> "100-continue".equalsIgnoreCase(expect.getValue()))) {
      trigger.sendInformation(new BasicClassicHttpResponse(100));
    }
    try {
      discard(entity.getContent(), maxBytes);
    } catch (TruncatedChunkException e) { // the client is gone, not wrong
      throw e;
    } catch (MalformedChunkCodingException | MessageConstraintException _) {
      throw new RequestParser.Refused(400, "bad request: the body's chunks are malformed");
    }
  }

  private static void discard(InputStream in, int maxBytes) throws HttpException, IOException {
    var bytes = new byte[2048];
    int total = 0;
    for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
      total += read;
      if (total > maxBytes) {
        throw tooLarge(maxBytes);
      }
    }
  }

  private static RequestParser.Refused tooLarge(int maxBytes) {
    return new RequestParser.Refused(
        413, "request body too large: at most " + maxBytes + " bytes are read");
  }

  @Override
  public void close() throws IOException {
    var holder = getSocketHolder();
    if (holder == null) {
      return;
    }
    onClosing.run();
    try (var socket = holder.getBaseSocket()) {
      flush();
      endOutput();
      discard(socket);
    } finally {
      super.close();
    }
  }

  /// Ends the sending half, so that the client knows that nothing more comes.
  void endOutput() throws IOException {
    var holder = ensureOpen();
    if (holder.getSSLSocket() != null) {
      holder.getSSLSocket().shutdownOutput(); // sends close_notify
    }
    if (!holder.getBaseSocket().isOutputShutdown()) {
      holder.getBaseSocket().shutdownOutput();
    }
  }

  /// Reads past what a client still sends, until it closes.
  static void discard(Socket socket) throws IOException {
    var in = socket.getInputStream();
    var bytes = new byte[4096];
    int left = DISCARDED_BYTES;
    for (int read = 0; read >= 0 && left > 0; left -= read) {
      read = in.read(bytes);
    }
  }

  /// The socket's input. A client that fills the buffer with further requests while one is handled
  /// is cut off, because a hang-up behind them would go unnoticed.
  private static final class BoundedAhead extends FilterInputStream {
    private final Socket socket;

    private BoundedAhead(InputStream in, Socket socket) {
      super(in);
      this.socket = socket;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) { // only when looking ahead: reading on empties the buffer
        socket.close();
        throw new IOException("more requests at once than are kept");
      }
      return super.read(bytes, offset, length);
    }
  }

  /// A socket, whose input is bounded as above.
  private static final class AheadOf extends SocketHolder {
    private AheadOf(Socket socket) {
      super(socket);
    }

    private AheadOf(SSLSocket secure, Socket plain) {
      super(secure, plain);
    }

    @Override
    protected InputStream getInputStream(Socket of) throws IOException {
      return new BoundedAhead(of.getInputStream(), getBaseSocket());
    }
  }

  /// HttpCore's HTTP/1.1, with the exporter's own error messages.
  static final class Service extends HttpService {
    private static final HttpProcessor PROCESSOR =
        new DefaultHttpProcessor(
            new HttpResponseInterceptor[] {new ResponseDate(), new ResponseContent()});

    Service(HttpServerRequestHandler handler) {
      super(PROCESSOR, handler, (_, response, _) -> !isLast(response), null);
    }

    private static boolean isLast(HttpResponse response) {
      var connection = response.getFirstHeader(HttpHeaders.CONNECTION);
      return connection != null && "close".equals(connection.getValue());
    }

    @Override
    protected void handleException(HttpException problem, ClassicHttpResponse response) {
      int status = toStatusCode(problem);
      response.setCode(status);
      response.setHeader("X-Content-Type-Options", "nosniff");
      response.setEntity(new StringEntity(text(problem, status) + '\n', ContentType.TEXT_PLAIN));
    }

    @Override
    protected int toStatusCode(Exception problem) {
      return problem instanceof RequestParser.Refused refused
          ? refused.status()
          : super.toStatusCode(problem);
    }

    /// Replaces HttpCore's own messages, which quote the request; the exporter's never do.
    private static String text(HttpException problem, int status) {
      if (problem instanceof RequestParser.Refused refused) {
        return refused.text();
      }
      return switch (status) {
        case 400 -> "bad request";
        case 431 -> "request header too large";
        case 501 -> "not implemented: only chunked and plain bodies are understood";
        case 505 -> "HTTP version not supported: only HTTP/1.0 and HTTP/1.1 are";
        default -> "internal error";
      };
    }
  }
}
