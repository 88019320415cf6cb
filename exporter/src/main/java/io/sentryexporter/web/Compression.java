package io.sentryexporter.web;

import io.sentryexporter.probe.Rendering;
import io.sentryexporter.server.Request;
import io.sentryexporter.server.Response;
import io.sentryexporter.server.Response.ResponseHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.function.Function;

/// Compresses pages with gzip for clients that accept it (RFC 9110, 12.5.3), where it is worth the
/// time.
final class Compression {
  // Shorter pages leave in one write, and arrive as soon uncompressed. Compressing one would cost
  // 7 % of a small probe.
  private static final int NOT_WORTH_IT = 3 << 10;

  // Longer pages stay compressed while they wait to be sent.
  private static final int LONGEST_PLAIN = 256 << 10;

  private static final ResponseHeader VARY = new ResponseHeader("Vary", "Accept-Encoding");
  private static final ResponseHeader GZIP = new ResponseHeader("Content-Encoding", "gzip");

  private Compression() {}

  /// Returns the answer, compressed if that is worth it; always with the header that informs caches
  /// of the choice.
  static Response apply(Request request, Response plain) {
    return apply(
        request,
        out -> out.write(plain.body()),
        body -> new Response(plain.status(), plain.headers(), body));
  }

  /// The same for a page that is written now. Unless it is short, it is never in memory as a whole;
  /// for clients that do not accept gzip it is decompressed while it is sent.
  static Response apply(Request request, String contentType, Page page) {
    return apply(request, page, body -> Response.of(200, contentType, body));
  }

  /// Writes a page.
  interface Page {
    void write(OutputStream out) throws IOException;
  }

  private static Response apply(Request request, Page page, Function<byte[], Response> form) {
    boolean packs = acceptsGzip(request);
    var buffer = new PageBuffer(packs ? NOT_WORTH_IT : LONGEST_PLAIN);
    try (buffer) {
      page.write(buffer);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail to write", e);
    }
    var response = form.apply(buffer.bytes()).with(VARY);
    if (!buffer.isPacked()) {
      return response;
    }
    return packs ? response.with(GZIP) : response.unpackedTo(buffer.length());
  }

  /// The same for a page whose first part is compressed already.
  static Response apply(Request request, String contentType, Rendering first, Page rest) {
    var plain = new ByteArrayOutputStream();
    try {
      rest.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail to write", e);
    }
    var member = GzipMember.of(first, plain.toByteArray());
    boolean packs = acceptsGzip(request);
    var response =
        Response.of(200, contentType, member.parts(), packs ? -1 : member.length()).with(VARY);
    return packs ? response.with(GZIP) : response;
  }

  private static boolean acceptsGzip(Request request) {
    return acceptsGzip(request.headers().list("Accept-Encoding").orElse(""));
  }

  /// Whether gzip, or `*` where gzip is not named, has a quality above 0 and not below that of the
  /// uncompressed page.
  static boolean acceptsGzip(String header) {
    double anything = 0;
    double plain = 0;
    Double gzip = null;
    for (String element : header.toLowerCase(Locale.ROOT).split(",", -1)) {
      String[] parts = element.split(";", -1);
      switch (parts[0].strip()) {
        case "gzip", "x-gzip" -> gzip = quality(parts);
        case "identity" -> plain = quality(parts);
        case "*" -> anything = quality(parts);
        default -> {}
      }
    }
    double packed = gzip == null ? anything : gzip;
    return packed > 0 && packed >= plain;
  }

  private static double quality(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip();
      if (parameter.startsWith("q=")) {
        try {
          return Double.parseDouble(parameter.substring(2));
        } catch (NumberFormatException _) {
          return 0;
        }
      }
    }
    return 1;
  }
}
