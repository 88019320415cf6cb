package io.sentryexporter.web;

import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.web.server.Request;
import io.sentryexporter.web.server.Response;
import io.sentryexporter.web.server.ResponseHeader;
import java.io.IOException;
import java.io.OutputStream;

/// Answers that are a page of metrics, in the format that the request asks for.
final class Metrics {
  private Metrics() {}

  /// Writes a page in a format.
  interface Page {
    void write(Exposition format, OutputStream out) throws IOException;
  }

  static Response response(Request request, Page page) {
    var format = Exposition.negotiate(request.headers().list("Accept").orElse(null));
    return Compression.apply(request, format.contentType(), out -> page.write(format, out))
        .with(new ResponseHeader("Vary", "Accept"));
  }
}
