package io.sentryexporter.server;

/// An address cannot be listened on, or is not one. The message names it, the cause and the fix.
public final class ListenException extends Exception {
  private static final long serialVersionUID = 1;

  ListenException(String message) {
    super(message);
  }

  ListenException(String message, Throwable cause) {
    super(message, cause);
  }
}
