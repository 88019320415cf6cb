package io.sentryexporter.server;

import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpResponseInterceptor;
import org.apache.hc.core5.http.impl.io.HttpService;
import org.apache.hc.core5.http.io.HttpServerRequestHandler;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.protocol.DefaultHttpProcessor;
import org.apache.hc.core5.http.protocol.HttpProcessor;
import org.apache.hc.core5.http.protocol.ResponseContent;
import org.apache.hc.core5.http.protocol.ResponseDate;

/// HttpCore's HTTP/1.1, with the exporter's own error messages.
final class ProtocolService extends HttpService {
  private static final HttpProcessor PROCESSOR =
      new DefaultHttpProcessor(
          new HttpResponseInterceptor[] {new ResponseDate(), new ResponseContent()});

  ProtocolService(HttpServerRequestHandler handler) {
    super(PROCESSOR, handler, (_, response, _) -> !isLast(response), null);
  }

  private static boolean isLast(HttpResponse response) {
    var connection = response.getFirstHeader(HttpHeaders.CONNECTION);
    return connection != null && "close".equals(connection.getValue());
  }

  @Override
  protected void handleException(HttpException problem, ClassicHttpResponse response) {
    int status = toStatusCode(problem);
    response.setCode(status);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setEntity(new StringEntity(text(problem, status) + '\n', ContentType.TEXT_PLAIN));
  }

  @Override
  protected int toStatusCode(Exception problem) {
    return problem instanceof RequestRefusedException refused
        ? refused.status()
        : super.toStatusCode(problem);
  }

  /// Replaces HttpCore's own messages, which quote the request; the exporter's never do.
  private static String text(HttpException problem, int status) {
    if (problem instanceof RequestRefusedException refused) {
      return refused.text();
    }
    return switch (status) {
      case 400 -> "bad request";
      case 431 -> "request header too large";
      case 501 -> "not implemented: only chunked and plain bodies are understood";
      case 505 -> "HTTP version not supported: only HTTP/1.0 and HTTP/1.1 are";
      default -> "internal error";
    };
  }
}
