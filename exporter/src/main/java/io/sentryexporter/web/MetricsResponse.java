package io.sentryexporter.web;

import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.probe.Rendering;
import io.sentryexporter.server.Request;
import io.sentryexporter.server.Response;
import io.sentryexporter.server.Response.ResponseHeader;
import java.io.IOException;
import java.io.OutputStream;

/// Answers with a page of metrics, in the format that the request accepts.
final class MetricsResponse {
  private static final ResponseHeader VARY = new ResponseHeader("Vary", "Accept");

  private MetricsResponse() {}

  /// Writes a page in a format.
  interface Page {
    void write(Exposition format, OutputStream out) throws IOException;
  }

  static Exposition format(Request request) {
    return Exposition.negotiate(request.headers().list("Accept").orElse(null));
  }

  static Response response(Request request, Page page) {
    var format = format(request);
    return varied(Compression.apply(request, format.contentType(), out -> page.write(format, out)));
  }

  /// The same for a page whose first part others share.
  static Response response(Request request, Rendering first, Page rest) {
    var format = format(request);
    return varied(
        Compression.apply(request, format.contentType(), first, out -> rest.write(format, out)));
  }

  private static Response varied(Response response) {
    return response.with(VARY);
  }
}
