package io.sentryexporter.server;

import org.apache.hc.core5.http.HttpException;

/// A request that is answered with an error before any handler sees it; the connection then closes.
final class RequestRefusedException extends HttpException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String text;

  RequestRefusedException(int status, String text) {
    super(text);
    this.status = status;
    this.text = text;
  }

  int status() {
    return status;
  }

  /// The answer to the client.
  String text() {
    return text;
  }
}
