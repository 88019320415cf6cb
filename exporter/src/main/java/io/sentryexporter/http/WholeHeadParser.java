package io.sentryexporter.http;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.jspecify.annotations.Nullable;

/// Refuses the head of an answer that is cut short or too long, and detects surplus bytes.
///
/// The library limits each head and each line by itself; here the heads before the final one count
/// too, and all lines together.
final class WholeHeadParser extends DefaultHttpResponseParser {
  static final int MAX_HEADERS = 100;

  private @Nullable SessionInputBuffer buffer;
  private HeadLines lines = new HeadLines();
  private int headers;

  WholeHeadParser(Http1Config limits) {
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
}
