package io.sentryexporter.web.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/// An answer. `Content-Length`, `Date` and `Connection` are the listener's and are not given here.
///
/// @param body what GET gets; the listener leaves it out for HEAD
/// @param unpacked bytes that GET gets where `body` is their gzip form, which the listener unpacks
///   while it sends; -1 where `body` is sent as it is
@SuppressWarnings("ArrayRecordComponent") // written as it is, never compared or changed
public record Response(int status, List<ResponseHeader> headers, byte[] body, long unpacked) {
  private static final Set<String> LISTENERS =
      Set.of("connection", "content-length", "date", "transfer-encoding");
  private static final ResponseHeader NO_SNIFFING =
      new ResponseHeader("X-Content-Type-Options", "nosniff");

  public Response {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("not a final status: " + status);
    }
    if ((status == 204 || status == 304) && body.length > 0) {
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
    this(status, headers, body, -1);
  }

  /// `body` under the given `Content-Type`.
  public static Response of(int status, String contentType, byte[] body) {
    return new Response(
        status, List.of(new ResponseHeader("Content-Type", contentType), NO_SNIFFING), body);
  }

  /// Plain text. A text for people ends with a line feed, as Go's `http.Error` writes it.
  public static Response text(int status, String text) {
    return of(status, "text/plain; charset=utf-8", text.getBytes(UTF_8));
  }

  /// This answer with one more header.
  public Response with(ResponseHeader header) {
    var all = new ArrayList<>(headers);
    all.add(header);
    return new Response(status, all, body, unpacked);
  }

  /// This answer, whose body is to be unpacked to so many bytes.
  public Response unpackedTo(long bytes) {
    return new Response(status, headers, body, bytes);
  }

  /// Whether `body` is the gzip form of what GET gets.
  boolean isPacked() {
    return unpacked >= 0;
  }

  /// What GET gets, from a packed body.
  InputStream unpacking() throws IOException {
    return new GZIPInputStream(new ByteArrayInputStream(body), 8 << 10);
  }
}
