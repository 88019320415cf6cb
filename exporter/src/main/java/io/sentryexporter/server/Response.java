package io.sentryexporter.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.wire.HttpSyntax;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// An answer. `Content-Length`, `Date` and `Connection` are the listener's and are not given here.
///
/// @param parts body for GET, one after the other; the listener leaves them out for HEAD
/// @param unpacked length of the body where `parts` are its gzip form, which the listener
///   decompresses while it sends; -1 where they are sent as they are
/// @param readTime how long the client may take to read it; null for the listener's own limit
/// @param onEnd runs when the answer has been sent, or will not be
public record Response(
    int status,
    List<ResponseHeader> headers,
    List<byte[]> parts,
    long unpacked,
    @Nullable Duration readTime,
    Runnable onEnd) {
  private static final Set<String> LISTENERS =
      Set.of("connection", "content-length", "date", "transfer-encoding");
  private static final ResponseHeader NO_SNIFFING =
      new ResponseHeader("X-Content-Type-Options", "nosniff");

  public Response {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("not a final status: " + status);
    }
    parts = List.copyOf(parts);
    if ((status == 204 || status == 304) && bytes(parts) > 0) {
      throw new IllegalArgumentException("an answer " + status + " has no body");
    }
    headers = List.copyOf(headers);
    for (var header : headers) {
      if (LISTENERS.contains(header.name().toLowerCase(Locale.ROOT))) {
        throw new IllegalArgumentException(header.name() + " is the listener's");
      }
    }
  }

  public Response(int status, List<ResponseHeader> headers, byte[] body) {
    this(status, headers, List.of(body), -1);
  }

  /// An answer with a body in parts.
  public Response(int status, List<ResponseHeader> headers, List<byte[]> parts, long unpacked) {
    this(status, headers, parts, unpacked, null, () -> {});
  }

  /// `body` under the given `Content-Type`.
  public static Response of(int status, String contentType, byte[] body) {
    return of(status, contentType, List.of(body), -1);
  }

  /// The same in parts.
  public static Response of(int status, String contentType, List<byte[]> parts, long unpacked) {
    return new Response(
        status,
        List.of(new ResponseHeader("Content-Type", contentType), NO_SNIFFING),
        parts,
        unpacked);
  }

  /// Plain text. A text for people ends with a line feed, as Go's `http.Error` writes it.
  public static Response text(int status, String text) {
    return of(status, "text/plain; charset=utf-8", text.getBytes(UTF_8));
  }

  /// Returns this answer with one more header.
  public Response with(ResponseHeader header) {
    var all = new ArrayList<>(headers);
    all.add(header);
    return new Response(status, all, parts, unpacked, readTime, onEnd);
  }

  /// Returns this answer with a header in place of those of the same name.
  Response replacing(ResponseHeader header) {
    var all = new ArrayList<>(headers);
    all.removeIf(other -> other.name().equalsIgnoreCase(header.name()));
    all.add(header);
    return new Response(status, all, parts, unpacked, readTime, onEnd);
  }

  /// Returns this answer with a body that is decompressed to this number of bytes.
  public Response unpackedTo(long bytes) {
    return new Response(status, headers, parts, bytes, readTime, onEnd);
  }

  /// Returns this answer with a time limit for the client to read it.
  public Response within(@Nullable Duration time) {
    return new Response(status, headers, parts, unpacked, time, onEnd);
  }

  /// Returns this answer with an action to run when it has been sent, or will not be.
  public Response onEnd(Runnable action) {
    return new Response(status, headers, parts, unpacked, readTime, action);
  }

  /// The parts as one.
  public byte[] body() {
    var body = new ByteArrayOutputStream();
    parts.forEach(body::writeBytes);
    return body.toByteArray();
  }

  /// Length of the body for GET.
  long length() {
    return unpacked >= 0 ? unpacked : bytes(parts);
  }

  /// The body for GET, decompressed.
  public InputStream content() throws IOException {
    InputStream all =
        new SequenceInputStream(
            Collections.enumeration(parts.stream().map(ByteArrayInputStream::new).toList()));
    return unpacked >= 0 ? new GZIPInputStream(all, 8 << 10) : all;
  }

  private static long bytes(List<byte[]> parts) {
    return parts.stream().mapToLong(part -> part.length).sum();
  }

  /// A header of an answer. One that could break out of its line cannot be made.
  public record ResponseHeader(String name, String value) {
    public ResponseHeader {
      if (!HttpSyntax.isToken(name)) {
        throw new IllegalArgumentException("not a header name: " + name);
      }
      // a header is bytes: a character beyond one has no place in it
      if (!HttpSyntax.isValue(value) || value.chars().anyMatch(c -> c > 0xff)) {
        throw new IllegalArgumentException("header " + name + " has characters no header has");
      }
    }
  }
}
