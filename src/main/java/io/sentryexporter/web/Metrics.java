package io.sentryexporter.web;

import io.sentryexporter.metrics.Exposition;
import java.util.function.Function;

/// Answers that are a page of metrics, in the format that the request asks for.
final class Metrics {
  private Metrics() {}

  static Response response(Request request, Function<Exposition, byte[]> page) {
    var accept = request.headers().all("Accept");
    var format = Exposition.negotiate(accept.isEmpty() ? null : String.join(",", accept));
    return Response.of(200, format.contentType(), page.apply(format))
        .with(new ResponseHeader("Vary", "Accept"));
  }
}
