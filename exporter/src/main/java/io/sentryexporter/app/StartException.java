package io.sentryexporter.app;

/// The exporter cannot start; the message names the cause and the fix.
public final class StartException extends Exception {
  private static final long serialVersionUID = 1L;

  StartException(String message) {
    super(message);
  }
}
