package io.sentryexporter.http;

/// A proxy named by the environment cannot be used. The text names the variable and how to write
/// it, and shows neither user nor password.
public final class ProxyException extends Exception {
  private static final long serialVersionUID = 1L;

  ProxyException(String variable) {
    super(
        variable
            + " is not the URL of an HTTP proxy; write http://host:port or https://host:port;"
            + " SOCKS is not supported");
  }
}
