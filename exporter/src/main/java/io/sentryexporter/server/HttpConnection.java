package io.sentryexporter.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sentryexporter.http.ChunkLines;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.ChunkedInputStream;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnection;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.http.io.SessionInputBuffer;

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
    bind(
        new SocketHolder(socket) {
          @Override
          protected InputStream getInputStream(Socket of) throws IOException {
            return new BoundedAhead(of);
          }
        });
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

  @Override
  public void close() throws IOException {
    var holder = getSocketHolder();
    if (holder == null) {
      return;
    }
    onClosing.run();
    try (var socket = holder.getSocket()) {
      flush();
      if (!socket.isOutputShutdown()) {
        socket.shutdownOutput();
      }
      discard(socket);
    } finally {
      super.close();
    }
  }

  private static void discard(Socket socket) throws IOException {
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

    private BoundedAhead(Socket socket) throws IOException {
      super(socket.getInputStream());
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
}
