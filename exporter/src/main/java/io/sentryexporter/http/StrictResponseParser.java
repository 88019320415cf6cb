package io.sentryexporter.http;

import io.sentryexporter.wire.ChunkLines;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.io.HttpTransportMetrics;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.util.CharArrayBuffer;
import org.jspecify.annotations.Nullable;

/// Refuses the head of an answer that is cut short or too long, and detects surplus bytes.
///
/// The library limits each head and each line by itself; here the heads before the final one count
/// too, and all lines together.
final class StrictResponseParser extends DefaultHttpResponseParser {
  static final int MAX_HEADERS = 100;

  private @Nullable SessionInputBuffer buffer;
  private HeadLines lines = new HeadLines();
  private int headers;

  StrictResponseParser(Http1Config limits) {
    super(limits);
  }

  /// What is parsed next belongs to the answer of a new request.
  void begin() {
    lines = new HeadLines();
    headers = 0;
  }

  @Override
  public ClassicHttpResponse parse(SessionInputBuffer input, InputStream in)
      throws IOException, HttpException {
    buffer = input;
    var head = super.parse(lines.counted(input), in);
    headers += head == null ? 0 : head.getHeaders().length;
    if (headers > MAX_HEADERS) {
      throw new MessageConstraintException("too many headers");
    }
    return head;
  }

  /// The body after the head that was parsed, with its trailers counted as a part of the head.
  SessionInputBuffer body(SessionInputBuffer input) {
    return lines.counted(new ChunkLines(input, HeadLines.MAX_BYTES));
  }

  /// Whether bytes follow the last answer that no request accounts for.
  boolean hasUnread() {
    return buffer != null && buffer.length() > 0;
  }

  /// Whether a line has come for which the connection's buffers had to grow.
  boolean hasLongLine() {
    return lines.longest() > 8 << 10;
  }

  /// The lines of one answer, heads and trailers, counted: together they have a limit.
  ///
  /// After the first line of a head the connection must not end. The library's parser takes the end
  /// of the connection for the end of the headers: a cut Location would be followed, a lost
  /// Content-Length make the body look whole.
  static final class HeadLines {
    static final int MAX_BYTES = 64 << 10;

    private int bytes;
    private int longest;

    /// The input of a head, or of the body after it. The lines that frame the chunks of a body may
    /// be any number, so they count only until the next byte of the body comes.
    SessionInputBuffer counted(SessionInputBuffer input) {
      return new Counted(input);
    }

    /// Length of the longest line so far.
    int longest() {
      return longest;
    }

    /// Whether it begins as an alert of TLS, which is what its servers answer to plain HTTP.
    private static boolean isTls(CharArrayBuffer line) {
      return line.length() > 1 && line.charAt(0) == 0x15 && line.charAt(1) == 0x03;
    }

    /// The server speaks TLS where HTTP was expected.
    static final class TlsRecord extends IOException {
      private static final long serialVersionUID = 1;
    }

    private final class Counted implements SessionInputBuffer {
      private final SessionInputBuffer buffer;
      private final int bytesBefore = bytes;
      private boolean hasBegun;

      private Counted(SessionInputBuffer buffer) {
        this.buffer = buffer;
      }

      @Override
      public int readLine(CharArrayBuffer line, InputStream in) throws IOException {
        var length = buffer.readLine(line, in);
        if (length < 0 && hasBegun) {
          throw new ConnectionClosedException();
        }
        if (!hasBegun && isTls(line)) {
          throw new TlsRecord();
        }
        hasBegun = true;
        longest = Math.max(longest, length);
        bytes += length + 2; // the line break
        if (bytes > MAX_BYTES) {
          throw new MessageConstraintException("too many bytes");
        }
        return length;
      }

      @Override
      public int read(byte[] target, int offset, int length, InputStream in) throws IOException {
        bytes = bytesBefore;
        return buffer.read(target, offset, length, in);
      }

      @Override
      public int read(byte[] target, InputStream in) throws IOException {
        bytes = bytesBefore;
        return buffer.read(target, in);
      }

      @Override
      public int read(InputStream in) throws IOException {
        bytes = bytesBefore;
        return buffer.read(in);
      }

      @Override
      public int length() {
        return buffer.length();
      }

      @Override
      public int capacity() {
        return buffer.capacity();
      }

      @Override
      public int available() {
        return buffer.available();
      }

      @Override
      public HttpTransportMetrics getMetrics() {
        return buffer.getMetrics();
      }
    }
  }
}
