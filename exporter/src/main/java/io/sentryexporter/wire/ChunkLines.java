package io.sentryexporter.wire;

import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.io.HttpTransportMetrics;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.util.CharArrayBuffer;

/// The input of a chunked body whose lines are exactly as RFC 9112, section 7.1, wants them.
///
/// The library takes `+3`, `-0` and ` 3` for sizes, and a line feed alone for the end of a line.
/// Where another program on the way reads them otherwise, the two do not agree where the body ends.
public final class ChunkLines implements SessionInputBuffer {
  /// Also with blanks behind, as some servers pad it.
  private static final Pattern SIZE = Pattern.compile("([0-9A-Fa-f]{1,16})[ \\t]*(?:;.*)?");

  private static final Pattern ZERO = Pattern.compile("0+");

  private final SessionInputBuffer buffer;
  private final int longestLine;
  private boolean isInTrailers;

  /// @param longestLine in bytes
  public ChunkLines(SessionInputBuffer buffer, int longestLine) {
    this.buffer = buffer;
    this.longestLine = longestLine;
  }

  @Override
  public int readLine(CharArrayBuffer line, InputStream in) throws IOException {
    line.clear();
    int next = buffer.read(in);
    if (next < 0) {
      return -1;
    }
    for (; next != '\r'; next = buffer.read(in)) {
      if (next == '\n') {
        throw new MalformedChunkCodingException("a line feed alone");
      }
      if (next < 0) {
        throw new ConnectionClosedException();
      }
      if (line.length() == longestLine) {
        throw new MessageConstraintException("a line of chunks is too long");
      }
      line.append((char) next);
    }
    if (buffer.read(in) != '\n') {
      throw new MalformedChunkCodingException("a carriage return alone");
    }
    check(line);
    return line.length();
  }

  /// An empty line ends a chunk; any other is a size, up to that of the last chunk.
  private void check(CharArrayBuffer line) throws MalformedChunkCodingException {
    if (isInTrailers || line.isEmpty()) {
      return;
    }
    var size = SIZE.matcher(line);
    if (!size.matches()) {
      throw new MalformedChunkCodingException("not a size");
    }
    isInTrailers = ZERO.matcher(size.group(1)).matches();
  }

  @Override
  public int read(InputStream in) throws IOException {
    return buffer.read(in);
  }

  @Override
  public int read(byte[] bytes, int offset, int length, InputStream in) throws IOException {
    return buffer.read(bytes, offset, length, in);
  }

  @Override
  public int read(byte[] bytes, InputStream in) throws IOException {
    return buffer.read(bytes, in);
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
