package io.sentryexporter.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/// gzip for those who accept it (RFC 9110, 12.5.3), where it is worth its time.
final class Compression {
  // Less than this fits in a packet as it is.
  private static final int WORTH_IT = 512;

  private Compression() {}

  /// The answer, packed if that is worth it; in any case with what tells caches that it may be.
  static Response apply(Request request, Response plain) {
    var response = plain.with(new ResponseHeader("Vary", "Accept-Encoding"));
    String accepted = String.join(",", request.headers().all("Accept-Encoding"));
    if (response.body().length < WORTH_IT || !acceptsGzip(accepted)) {
      return response;
    }
    var packed = new ByteArrayOutputStream(response.body().length / 3);
    try (var gzip = new FastGzip(packed)) {
      gzip.write(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail to write", e);
    }
    return new Response(response.status(), response.headers(), packed.toByteArray())
        .with(new ResponseHeader("Content-Encoding", "gzip"));
  }

  /// Whether gzip is named with a quality above 0, or anything is and gzip is not named.
  static boolean acceptsGzip(String header) {
    boolean anything = false;
    for (String element : header.toLowerCase(Locale.ROOT).split(",", -1)) {
      String[] parts = element.split(";", -1);
      String coding = parts[0].strip();
      if (coding.equals("gzip") || coding.equals("x-gzip")) {
        return quality(parts) > 0;
      }
      if (coding.equals("*")) {
        anything = quality(parts) > 0;
      }
    }
    return anything;
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

  /// The fastest level: a page is packed for each scrape anew.
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(ByteArrayOutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
