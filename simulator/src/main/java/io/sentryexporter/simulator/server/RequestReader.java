package io.sentryexporter.simulator.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sentryexporter.simulator.message.ReceivedRequest.Field;
import io.sentryexporter.simulator.message.Request;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the requests of one connection, one after the other.
final class RequestReader {
  private static final int HEAD_LIMIT_BYTES = 64 * 1024;
  private static final int BODY_LIMIT_BYTES = 1024 * 1024;

  private final InputStream in;
  private byte[] buffer = new byte[4096];
  private int start;
  private int end;

  RequestReader(InputStream in) {
    this.in = in;
  }

  /// The next request, its body skipped; null when the client has hung up.
  ///
  /// @throws ProtocolException if it is not HTTP/1.x or too long
  @Nullable Request next() throws IOException {
    var headEnd = readHead();
    if (headEnd < 0) {
      return null;
    }
    var head = new String(buffer, start, headEnd - start, ISO_8859_1);
    start = headEnd;
    var request = parse(head);
    skipBody(request);
    return request;
  }

  /// Reads until an empty line; the index after it, or -1 at the end of the stream.
  private int readHead() throws IOException {
    for (var scanned = start; ; ) {
      for (; scanned + 3 < end; scanned++) {
        if (buffer[scanned] == '\r'
            && buffer[scanned + 1] == '\n'
            && buffer[scanned + 2] == '\r'
            && buffer[scanned + 3] == '\n') {
          return scanned + 4;
        }
      }
      scanned -= makeRoom();
      var read = in.read(buffer, end, buffer.length - end);
      if (read < 0) {
        return -1;
      }
      end += read;
    }
  }

  /// Makes room for more; by how much the bytes in the buffer moved to its front.
  private int makeRoom() throws ProtocolException {
    var moved = start;
    if (moved > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= moved;
      start = 0;
    }
    if (end == buffer.length) {
      if (buffer.length >= HEAD_LIMIT_BYTES) {
        throw new ProtocolException("request head over " + HEAD_LIMIT_BYTES + " bytes");
      }
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    return moved;
  }

  private static Request parse(String head) throws ProtocolException {
    var lineEnd = head.indexOf("\r\n");
    var methodEnd = head.indexOf(' ');
    var targetEnd = head.indexOf(' ', methodEnd + 1);
    if (methodEnd <= 0 || targetEnd < 0 || targetEnd > lineEnd) {
      throw new ProtocolException("not an HTTP request line");
    }
    var version = head.substring(targetEnd + 1, lineEnd);
    if (!version.startsWith("HTTP/1.")) {
      throw new ProtocolException("not HTTP/1.x");
    }
    var headers = headers(head, lineEnd + 2);
    return new Request(
        head.substring(0, methodEnd),
        originForm(head.substring(methodEnd + 1, targetEnd)),
        headers,
        keepsAlive(version, headers));
  }

  /// The target without scheme and host, which a proxy's client sends along.
  private static String originForm(String target) throws ProtocolException {
    if (target.startsWith("/")) {
      return target;
    }
    var authority = target.indexOf("://");
    if (authority < 0) {
      throw new ProtocolException("request target is neither a path nor a URL");
    }
    var path = target.indexOf('/', authority + 3);
    return path < 0 ? "/" : target.substring(path);
  }

  private static List<Field> headers(String head, int from) throws ProtocolException {
    var headers = new ArrayList<Field>(12);
    for (var start = from; ; ) {
      var lineEnd = head.indexOf("\r\n", start);
      if (lineEnd == start) {
        return headers;
      }
      var colon = head.indexOf(':', start);
      if (colon < 0 || colon > lineEnd) {
        throw new ProtocolException("header line without a colon");
      }
      headers.add(
          new Field(head.substring(start, colon), head.substring(colon + 1, lineEnd).strip()));
      start = lineEnd + 2;
    }
  }

  private static boolean keepsAlive(String version, List<Field> headers) {
    for (var header : headers) {
      if (header.name().equalsIgnoreCase("Connection")) {
        return header.value().equalsIgnoreCase("keep-alive")
            || (!header.value().equalsIgnoreCase("close") && version.equals("HTTP/1.1"));
      }
    }
    return version.equals("HTTP/1.1");
  }

  private void skipBody(Request request) throws IOException {
    if (request.header("Transfer-Encoding") != null) {
      throw new ProtocolException("request bodies in chunks are not simulated");
    }
    var length = request.header("Content-Length");
    if (length == null) {
      return;
    }
    var remaining = bodyBytes(length);
    var buffered = Math.min(remaining, end - start);
    start += buffered;
    in.skipNBytes(remaining - buffered);
  }

  private static int bodyBytes(String length) throws ProtocolException {
    try {
      var bytes = Integer.parseInt(length);
      if (bytes >= 0 && bytes <= BODY_LIMIT_BYTES) {
        return bytes;
      }
    } catch (NumberFormatException _) {
      // refused below, as a length that is too great
    }
    throw new ProtocolException("Content-Length is not a number up to " + BODY_LIMIT_BYTES);
  }
}
